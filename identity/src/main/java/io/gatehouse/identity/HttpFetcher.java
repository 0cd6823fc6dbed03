// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Port: one exchange with the identity provider. */
interface HttpFetcher extends AutoCloseable {
    /**
     * Never blocks, follows no redirect, and completes within seconds on a thread of its own. Exceptionally, with an
     * {@link java.io.IOException}, where there is no whole answer of bounded size.
     */
    CompletionStage<Answer> fetch(Request request);

    @Override
    void close();

    /**
     * A GET, or a POST of a form.
     *
     * @param authorization the header's value
     * @param form an encoded form; stays the caller's, who may clear it once the answer has come
     */
    record Request(URI uri, @Nullable String authorization, byte @Nullable [] form) {
        static Request get(URI uri) {
            return new Request(uri, null, null);
        }

        @Override
        public String toString() {
            return (form == null ? "GET " : "POST ") + uri;
        }
    }

    /**
     * What came.
     *
     * @param retryAfter what the header of that name said; null where there was none in seconds
     */
    record Answer(int status, byte[] body, @Nullable Duration retryAfter) {
        /** The body may hold tokens. */
        @Override
        public String toString() {
            return "Answer[" + status + "]";
        }
    }
}

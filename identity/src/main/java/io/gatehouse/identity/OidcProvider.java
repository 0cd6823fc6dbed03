// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What an identity provider has published: its discovery document, and below that its keys. Both are kept for a day when it is gone. Keys
 * are asked for at most once in 30 seconds, whatever tokens come; the document, without which there are none, once in 5.
 *
 * <p>A key that was withdrawn must not let anybody in, so keys of more than five minutes ago are not judged by while the provider can be
 * asked. Nothing depends on the age of the document like that: it says where keys are, and not which.
 */
final class OidcProvider {
    private static final Duration A_DAY = Duration.ofHours(24);
    private static final Refreshing.Rhythm DOCUMENT =
            new Refreshing.Rhythm(Duration.ofSeconds(5), Duration.ofHours(1), A_DAY, A_DAY);
    private static final Refreshing.Rhythm KEYS =
            new Refreshing.Rhythm(Duration.ofSeconds(30), Duration.ofMinutes(4), Duration.ofMinutes(5), A_DAY);
    private static final JsonMapper JSON = new JsonMapper();

    private final URI issuer;
    private final HttpFetcher fetcher;
    private final Refreshing<ProviderMetadata> metadata;
    private final Refreshing<KeySet> keys;

    /** @param nanoTime a monotonic clock */
    OidcProvider(URI issuer, HttpFetcher fetcher, LongSupplier nanoTime) {
        this.issuer = issuer;
        this.fetcher = fetcher;
        this.metadata = new Refreshing<>("discovery document of " + issuer, this::fetchMetadata, DOCUMENT, nanoTime);
        this.keys = new Refreshing<>("keys of " + issuer, this::fetchKeys, KEYS, nanoTime);
    }

    /** Those that are known; null before the first, or after an outage of a day. */
    @Nullable
    KeySet keys() {
        return keys.current();
    }

    /**
     * Completes, always normally, when {@link #keys} are as new as they can be had: at once but for the first caller after a silence, and
     * those that come while his question is under way.
     */
    CompletionStage<Void> newestKeys() {
        return keys.isOverdue() ? refreshKeys() : CompletableFuture.completedStage(null);
    }

    /** Completes, always normally, when it is worth looking at {@link #keys} again; at once where they were fetched a moment ago. */
    CompletionStage<Void> refreshKeys() {
        return metadata.current() != null
                ? keys.refresh()
                : metadata.refresh()
                        .thenCompose(done ->
                                metadata.current() != null ? keys.refresh() : CompletableFuture.completedStage(null));
    }

    /** The document, asked for if it is not known yet; empty where there is none. */
    CompletionStage<Optional<ProviderMetadata>> metadata() {
        ProviderMetadata known = metadata.current();
        return known != null
                ? CompletableFuture.completedStage(Optional.of(known))
                : metadata.refresh().thenApply(done -> Optional.ofNullable(metadata.current()));
    }

    private CompletionStage<ProviderMetadata> fetchMetadata() {
        return json(ProviderMetadata.location(issuer), document -> ProviderMetadata.parse(document, issuer));
    }

    private CompletionStage<KeySet> fetchKeys() {
        ProviderMetadata known = metadata.current();
        return known == null
                ? CompletableFuture.failedFuture(new IOException("there is no discovery document"))
                : json(known.keys(), KeySet::parse);
    }

    private <T> CompletionStage<T> json(URI uri, Reading<T> reading) {
        return fetcher.fetch(HttpFetcher.Request.get(uri)).thenCompose(answer -> {
            try {
                // A redirect too: it could lead anywhere.
                if (answer.status() != 200) {
                    throw new IOException(uri + " answers with status " + answer.status());
                }
                return CompletableFuture.completedFuture(reading.read(JSON.readTree(answer.body())));
            } catch (JsonProcessingException e) {
                // Its message would quote what came.
                return CompletableFuture.failedFuture(new IOException(uri + " answers with no JSON"));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    private interface Reading<T> {
        T read(JsonNode document) throws IOException;
    }
}

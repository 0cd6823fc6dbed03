// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** {@link HttpFetcher} with Java's own client, on virtual threads. */
final class JdkHttpFetcher implements HttpFetcher {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int LARGEST_BODY = 1024 * 1024;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client;
    private final Duration deadline;

    /**
     * @param tls null for Java's own trust
     * @param deadline for an answer with its whole body
     */
    JdkHttpFetcher(@Nullable SSLContext tls, Duration deadline) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .executor(threads)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1);
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
        this.deadline = deadline;
    }

    @Override
    public CompletionStage<Answer> fetch(Request request) {
        // On a thread of ours, since the client may look up a name, or fail, before it returns.
        try {
            return CompletableFuture.supplyAsync(() -> send(request), threads).thenCompose(answer -> answer);
        } catch (RejectedExecutionException closed) {
            return CompletableFuture.failedFuture(new IOException("closed"));
        }
    }

    private CompletableFuture<Answer> send(Request request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri()).header("Accept", "application/json");
        if (request.authorization() != null) {
            builder.header("Authorization", request.authorization());
        }
        if (request.form() != null) {
            builder.header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofByteArray(request.form()));
        }
        CompletableFuture<HttpResponse<byte[]>> sent = client.sendAsync(builder.build(), head -> new BoundedBody());
        // The client's own limit ends with the head. A copy, as what is cancelled must be the client's.
        return sent.copy()
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .whenCompleteAsync((response, failure) -> sent.cancel(true), threads)
                .thenApply(response -> new Answer(response.statusCode(), response.body(), retryAfter(response)));
    }

    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("[0-9]{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .orElse(null);
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdown();
    }

    /** Takes a body up to {@value #LARGEST_BODY} bytes. */
    private static final class BoundedBody implements BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (received.size() + buffer.remaining() > LARGEST_BODY) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    body.completeExceptionally(new IOException("an answer of more than " + LARGEST_BODY + " bytes"));
                    return;
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                received.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(received.toByteArray());
        }
    }
}

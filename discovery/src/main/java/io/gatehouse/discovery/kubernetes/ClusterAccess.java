// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How the API server of a cluster is reached, and as whom. Nothing is taken from the environment, system properties or files that are not
 * named here.
 */
public sealed interface ClusterAccess {
    /** Of one answer; a list of ten thousand pods comes in pages. */
    int REQUEST_TIMEOUT_MILLIS = 10_000;

    int CONNECT_TIMEOUT_MILLIS = 5_000;

    /** Doubled up to 32 times while the API server is away. */
    int RECONNECT_MILLIS = 500;

    /**
     * As a kubeconfig file says.
     *
     * @param context null for its current one
     */
    record Kubeconfig(Path file, @Nullable String context) implements ClusterAccess {}

    /**
     * As the service account of the pod that we run in.
     *
     * @param apiServer its URL
     * @param account the folder with the account's {@code token}, which is renewed there, and {@code ca.crt}
     */
    record ServiceAccount(String apiServer, Path account) implements ClusterAccess {}

    /**
     * A client of that cluster; it connects when it is used.
     *
     * @throws UnusableException where a file cannot be read or makes no sense
     */
    default KubernetesClient client() throws UnusableException {
        try {
            Config config = config();
            config.setConnectionTimeout(CONNECT_TIMEOUT_MILLIS);
            config.setRequestTimeout(REQUEST_TIMEOUT_MILLIS);
            config.setWatchReconnectInterval(RECONNECT_MILLIS);
            // The one connection of HTTP/2 may stay stuck for a minute after the API server has hung.
            config.setHttp2Disable(true);
            // Whoever asks decides when to ask again.
            config.setRequestRetryBackoffLimit(0);
            return new KubernetesClientBuilder().withConfig(config).build();
        } catch (RuntimeException unusable) {
            throw new UnusableException(reason(unusable), unusable);
        }
    }

    /** fabric8 says that an error has occurred, and its cause says which. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof NoSuchFileException missing
                ? missing.getFile() + " is not there"
                : String.valueOf(cause.getMessage());
    }

    private Config config() {
        return switch (this) {
            case Kubeconfig(Path file, String context) -> {
                if (!Files.isReadable(file)) {
                    throw new IllegalArgumentException(file + " cannot be read");
                }
                Config config = context == null
                        ? Config.fromKubeconfig(file.toFile())
                        : Config.fromKubeconfig(context, file.toFile());
                if (context != null
                        && (config.getCurrentContext() == null
                                || !context.equals(config.getCurrentContext().getName()))) {
                    throw new IllegalArgumentException(file + " has no context " + context);
                }
                yield config;
            }
            case ServiceAccount(String apiServer, Path account) -> {
                Path token = account.resolve("token");
                if (!Files.isReadable(token)) {
                    throw new IllegalArgumentException(token + " cannot be read");
                }
                yield new ConfigBuilder(Config.empty())
                        .withMasterUrl(apiServer)
                        .withCaCertFile(account.resolve("ca.crt").toString())
                        .withOauthTokenProvider(() -> token(token))
                        .build();
            }
        };
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Says in its message which file cannot be used, and why. */
    final class UnusableException extends Exception {
        UnusableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster says of the pod of one driver. Names and users are the word of whoever submitted the application; reasons are what
 * people may read ({@link ApplicationLife}).
 *
 * @param uid never that of another pod, in any cluster
 * @param created when the cluster took the pod in
 * @param applicationId valid by {@link AppIds}; null where the pod does not say
 * @param applicationName empty where the pod does not say, as is {@code user}
 * @param departure why it will have gone, when it goes
 */
public record DriverPod(
        String uid,
        String namespace,
        String name,
        Instant created,
        @Nullable String applicationId,
        String applicationName,
        String user,
        State state,
        String departure) {

    /** Where in its life the driver's container is; sidecars do not count. */
    public sealed interface State {}

    /** It does not run yet. */
    public record Pending(String reason) implements State {}

    /**
     * It runs.
     *
     * @param address the pod's first, in digits
     * @param port where its UI should listen
     * @param ownNetwork whether the address is nobody else's; a pod on the network of its node shares that with others
     * @param otherAddresses the pod's in other families, where the cluster has IPv4 and IPv6
     */
    public record Up(String address, int port, boolean ownNetwork, List<String> otherAddresses) implements State {
        public Up {
            otherAddresses = List.copyOf(otherAddresses);
        }

        /** With one address. */
        public Up(String address, int port, boolean ownNetwork) {
            this(address, port, ownNetwork, List.of());
        }
    }

    /**
     * It has ended.
     *
     * @param failure what went wrong; null where nothing did
     */
    public record Over(Instant since, @Nullable String failure) implements State {}

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import io.gatehouse.discovery.DriverPod;
import io.gatehouse.discovery.PodFeed;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Addresses of pods in which drivers in client mode may run, such as notebooks. What runs in them no pod says; the History Server names
 * hosts, and these are the ones that may be believed.
 */
final class ClientModePods implements PodFeed.Listener, Predicate<InetAddress> {
    private final Map<String, Set<InetAddress>> byUid = new ConcurrentHashMap<>();

    @Override
    public boolean test(InetAddress address) {
        return byUid.values().stream().anyMatch(addresses -> addresses.contains(address));
    }

    @Override
    public void changed(DriverPod pod) {
        // A pod on the network of its node has the address of everybody there.
        if (pod.state() instanceof DriverPod.Up up && up.ownNetwork()) {
            byUid.put(
                    pod.uid(),
                    Stream.concat(Stream.of(up.address()), up.otherAddresses().stream())
                            .map(InetAddress::ofLiteral)
                            .collect(Collectors.toUnmodifiableSet()));
        } else {
            byUid.remove(pod.uid());
        }
    }

    @Override
    public void deleted(String uid) {
        byUid.remove(uid);
    }

    @Override
    public void listed() {
        // Who is not known yet is asked for again.
    }

    @Override
    public void troubled(String trouble) {
        throw new IllegalStateException("told by looking only");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery.kubernetes;

import io.gatehouse.discovery.DriverPod;
import io.gatehouse.discovery.PodFeed;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Addresses of pods in which drivers in client mode may run, such as notebooks. What runs in them no pod says; the History Server names
 * hosts, and these are the ones that may be believed.
 */
final class ClientModePods implements PodFeed.Listener, Predicate<InetAddress> {
    private final Map<String, InetAddress> byUid = new ConcurrentHashMap<>();

    @Override
    public boolean test(InetAddress address) {
        return byUid.containsValue(address);
    }

    @Override
    public void changed(DriverPod pod) {
        // A pod on the network of its node has the address of everybody there.
        if (pod.state() instanceof DriverPod.Up up && up.ownNetwork()) {
            byUid.put(pod.uid(), InetAddress.ofLiteral(up.address()));
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

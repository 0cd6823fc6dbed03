// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import io.netty.channel.unix.FileDescriptor;
import java.net.InetSocketAddress;

/**
 * A listening socket as it passes from one process to the next.
 *
 * @param name of the listener
 * @param address as the configuration of the old process writes it, with the real port
 * @param descriptor in the old process the listener's own, which stays its property; in the new one a copy that belongs to
 *     whoever claims it
 */
public record ListeningSocket(String name, InetSocketAddress address, FileDescriptor descriptor) {
    /** Whether a listener that is to listen on {@code wanted} may go on with it; port 0 takes any. */
    boolean serves(InetSocketAddress wanted) {
        return address.getAddress().equals(wanted.getAddress())
                && (wanted.getPort() == 0 || wanted.getPort() == address.getPort());
    }
}

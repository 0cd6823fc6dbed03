// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;

/** Who may be at the other end: the user of this process, or root, by what the kernel says (SO_PEERCRED). */
final class PeerCheck {
    private static final int ROOT = 0;

    private final int uid;

    PeerCheck(int uid) {
        this.uid = uid;
    }

    boolean mayBe(int peer) {
        return peer == uid || peer == ROOT;
    }

    static PeerCredentials of(Channel channel) throws IOException {
        return ((EpollDomainSocketChannel) channel).peerCredentials();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the connections to one {@link TakeoverSocket} share: there is one successor at a time, and at most one ever gets
 * through. Called on the socket's event loop.
 */
final class Successors {
    private final PeerCheck peers;
    private final TakeoverPatience patience;
    private final Supplier<List<ListeningSocket>> sockets;
    private final Consumer<Handover> ready;
    private @Nullable SuccessorHandler present;
    private boolean handedOver;
    private boolean ended;

    Successors(
            PeerCheck peers,
            TakeoverPatience patience,
            Supplier<List<ListeningSocket>> sockets,
            Consumer<Handover> ready) {
        this.peers = peers;
        this.patience = patience;
        this.sockets = sockets;
        this.ready = ready;
    }

    PeerCheck peers() {
        return peers;
    }

    TakeoverPatience patience() {
        return patience;
    }

    List<ListeningSocket> sockets() {
        return sockets.get();
    }

    /** Makes this one the successor, or says why it cannot be. */
    @Nullable
    String begin(SuccessorHandler successor) {
        if (handedOver || ended) {
            return "this process is ending already";
        }
        if (present != null) {
            return "another takeover is under way";
        }
        present = successor;
        return null;
    }

    /** It is ready: nobody else can be it any more. */
    void ready(Handover handover) {
        handedOver = true;
        ready.accept(handover);
    }

    /** This process stops. Returns whether it does so because a successor was ready; otherwise there will be none. */
    boolean end() {
        ended = true;
        if (!handedOver && present != null) {
            present.refuse("this process is ending");
        }
        return handedOver;
    }

    /** Its connection is closed, whatever for. */
    void gone(SuccessorHandler successor) {
        if (present == successor) {
            present = null;
        }
    }
}

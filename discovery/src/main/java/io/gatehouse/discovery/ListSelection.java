// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries stand in one answer that has what runs and what History Servers list: every application once. Those that run come
 * first, as their drivers tell them. Two kinds come last, where no History Server has said more of them: an application in a later
 * attempt, whose older ones only History Servers know, and one whose driver tells nothing.
 *
 * <p>One that the request's dates leave out is not put in, and what a History Server says of it passes: it may have older attempts.
 */
final class ListSelection {
    private final AppDirectory running;
    private final ListRequest request;
    private final Set<String> last = new LinkedHashSet<>();
    private int taken;

    ListSelection(AppDirectory running, ListRequest request) {
        this.running = running;
        this.request = request;
    }

    /** The entries that come before all others; called once, and first. */
    List<byte[]> first() {
        List<byte[]> entries = new ArrayList<>();
        for (Application application : running.applications()) {
            AppListing listing = application.shown();
            if (!request.includes(listing)) {
                continue;
            }
            if (application.listing() == null || isLaterAttempt(listing)) {
                last.add(application.id());
            } else if (!isFull()) {
                entries.add(taken(listing));
            }
        }
        return entries;
    }

    private static boolean isLaterAttempt(AppListing listing) {
        return listing.attemptId() != null && !listing.attemptId().equals("1");
    }

    private byte[] taken(AppListing listing) {
        taken++;
        return request.entry(listing);
    }

    /** Whether an entry of a History Server belongs in. {@code id}: null where it has none. */
    boolean takes(@Nullable String id) {
        if (isFull()) {
            return false;
        }
        Application application = id == null ? null : running.find(id);
        if (application != null && request.includes(application.shown()) && !last.remove(application.id())) {
            // It stands there as its driver tells it.
            return false;
        }
        taken++;
        return true;
    }

    /** The entries that come behind all others; called once, and last. */
    List<byte[]> last() {
        List<byte[]> entries = new ArrayList<>();
        for (String id : last) {
            Application application = running.find(id);
            if (application != null && !isFull()) {
                entries.add(taken(application.shown()));
            }
        }
        return entries;
    }

    /** Whether no other belongs in, whichever it is. */
    boolean isFull() {
        return taken >= request.limit();
    }

    /** How many belong in so far. */
    int taken() {
        return taken;
    }
}

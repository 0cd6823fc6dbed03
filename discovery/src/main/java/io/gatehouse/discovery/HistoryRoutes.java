// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.RouteDecision;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which History Server a request goes to. Where there is one, that one; where there are several, what belongs to an application goes
 * to the one that has it, and what all of them have alike to any that answers.
 *
 * <p>Each of several has its pages below a root of its own, {@code /history-servers/<name>}: so links in them, to their version's
 * scripts for instance, lead back to it ({@code docs/adr/0008}).
 */
final class HistoryRoutes {
    private final HandOver.HistoryFinder finder;
    private final HistoryIndex index;

    HistoryRoutes(HandOver.HistoryFinder finder, HistoryIndex index) {
        this.finder = finder;
        this.index = index;
    }

    /**
     * To any of them, for what is no application's.
     *
     * @param what of a server is asked for
     * @param named the one in whose name it was asked, null where it was in none
     */
    RouteDecision toAny(
            Function<HistoryTarget, RouteDecision.Forward> what, @Nullable HistoryServer named, UiTargets now) {
        HistoryServers servers = now.rules().history();
        if (servers.isEmpty()) {
            return none();
        }
        return what.apply(now.history(named == null ? index.anyOf(servers) : named));
    }

    /** To the one that has an application; {@code id} is not checked yet. */
    RouteDecision toServerOf(String id, Function<HistoryTarget, RouteDecision.Forward> what, UiTargets now) {
        HistoryServers servers = now.rules().history();
        if (servers.isEmpty()) {
            return none();
        }
        HistoryServer known = servers.areSeveral() ? index.serverOf(servers, id) : servers.first();
        if (known != null) {
            return what.apply(now.history(known));
        }
        if (!AppIds.isValid(id)) {
            return UiDecisions.unknown("This is no application's id.");
        }
        return UiDecisions.later(finder.find(servers, id).thenApply(answer -> found(answer, what, now)));
    }

    private static RouteDecision found(
            HistoryAnswer answer, Function<HistoryTarget, RouteDecision.Forward> what, UiTargets now) {
        HistoryServer server = answer.server();
        if (server != null) {
            return what.apply(now.history(server));
        }
        return answer.state() instanceof HistoryState.Unreachable
                ? new RouteDecision.Refuse(
                        UiRoutes.HISTORY,
                        ErrorType.DESTINATION_UNAVAILABLE,
                        "None of the History Servers that answer has an application of this id; not all of them answer.")
                : UiDecisions.unknown("No History Server has an application of this id.");
    }

    private static RouteDecision none() {
        return UiDecisions.unknown("No History Server is configured; only running applications are shown.");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Routes to the pages and the REST API of one application: its driver's while it runs, the History Server's afterwards. */
final class ApplicationRoutes {
    private final Consumer<String> missed;
    private final HandOver handOver;
    private final HistoryRoutes history;

    /** {@code missed}: told the id of an application that somebody wants and that is not known to run, or does not answer; never blocks. */
    ApplicationRoutes(Consumer<String> missed, HandOver handOver, HistoryRoutes history) {
        this.missed = missed;
        this.handOver = handOver;
        this.history = history;
    }

    /** The one link for the whole life of an application: to where its page is now. */
    RouteDecision permanent(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, UiRouter.PERMANENT_PREFIX.length());
        if (!AppIds.isValid(parts.id())) {
            return UiDecisions.unknown("This is no application's id.");
        }
        PageLink link = PageLink.of(head, parts);
        if (!link.isRead()) {
            return UiDecisions.onlyRead(UiRoutes.REDIRECT, "A permanent link is only read.");
        }
        Application application = now.directory().find(parts.id());
        if (application == null) {
            missed.accept(parts.id());
            return handOver.leave(link, now);
        }
        String rest = restInLiveUi(parts.rest(), application);
        return rest == null
                ? UiDecisions.redirect(head, UiRouter.HISTORY_PREFIX + application.id() + "/" + parts.rest(), now)
                : toLive(head, application, rest, now);
    }

    private static RouteDecision toLive(RequestHead head, Application application, String rest, UiTargets now) {
        String ui = now.rules().proxyBase() + "/" + application.id() + "/";
        return UiDecisions.redirect(head, ui + (rest.isEmpty() ? "jobs/" : rest), now);
    }

    /** A {@link io.gatehouse.proxy.Fallback} of live UIs. */
    @Nullable
    LocalResponse driverGone(RequestHead request, ErrorType error, UiRouting rules) {
        return handOver.driverGone(request, error, rules, missed);
    }

    RouteDecision live(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, now.rules().proxyBase().length() + 1);
        Application application = now.directory().find(parts.id());
        if (application == null) {
            boolean valid = AppIds.isValid(parts.id());
            if (valid) {
                missed.accept(parts.id());
                PageLink link = PageLink.of(head, parts);
                if (link.isRead() && !(now.directory().life(parts.id()) instanceof ApplicationLife.Unknown)) {
                    return handOver.leave(link, now);
                }
            }
            if (!valid || now.rules().history().isEmpty()) {
                return UiDecisions.unknown("No running application has this id.");
            }
            return UiDecisions.redirect(head, UiRouter.HISTORY_PREFIX + parts.id() + "/" + parts.rest(), now);
        }
        return parts.hasSlash() ? now.live(application, parts.rest()) : UiDecisions.redirect(head, path + "/", now);
    }

    /** Links of applications that take themselves to be behind a cluster manager, and of pages of such managers. */
    static RouteDecision proxied(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, UiRouting.BARE_PROXY.length() + 1);
        return AppIds.isValid(parts.id())
                ? UiDecisions.redirect(head, now.rules().proxyBase() + "/" + parts.id() + "/" + parts.rest(), now)
                : UiDecisions.unknown("This is no application's id.");
    }

    RouteDecision history(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, UiRouter.HISTORY_PREFIX.length());
        Application application = now.directory().find(parts.id());
        if (application != null) {
            String rest = restInLiveUi(parts.rest(), application);
            if (rest != null) {
                return toLive(head, application, rest, now);
            }
        }
        RouteDecision notYet = handOver.historyPage(head, parts, now);
        if (notYet != null) {
            return notYet;
        }
        return parts.id().isEmpty()
                ? history.toAny(target -> target.page(UiRoutes.HISTORY), null, now)
                : history.toServerOf(parts.id(), target -> target.page(UiRoutes.HISTORY), now);
    }

    /** The path in the live UI for a path in the History Server; null where that names an older attempt. */
    private static @Nullable String restInLiveUi(String rest, Application application) {
        if (!PathParts.startsWithNumber(rest)) {
            return rest;
        }
        int slash = rest.indexOf('/');
        String first = slash < 0 ? rest : rest.substring(0, slash);
        AppListing listing = application.listing();
        boolean newest = listing != null && first.equals(listing.attemptId());
        return newest ? rest.substring(slash < 0 ? rest.length() : slash + 1) : null;
    }

    RouteDecision api(String path, UiTargets now) {
        PathParts parts = PathParts.after(path, UiRouter.APPLICATIONS.length() + 1);
        Application application = now.directory().find(parts.id());
        if (application != null) {
            String rest = restInLiveUi(parts.rest(), application);
            // The event log is the History Server's, even of an application that still writes it.
            if (rest != null && !rest.equals("logs") && !rest.equals("logs/")) {
                return now.api(application);
            }
        }
        return history.toServerOf(parts.id(), target -> target.plain(UiRoutes.API), now);
    }
}

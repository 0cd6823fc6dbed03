// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;

/** Routes to the pages and the REST API of one application: its driver's while it runs, the History Server's afterwards. */
final class ApplicationRoutes {
    private final Runnable unknownAppAskedFor;

    /** {@code unknownAppAskedFor}: told when somebody wants an application that is not known to run; never blocks. */
    ApplicationRoutes(Runnable unknownAppAskedFor) {
        this.unknownAppAskedFor = unknownAppAskedFor;
    }

    RouteDecision live(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, now.rules().proxyBase().length() + 1);
        Application application = now.directory().find(parts.id());
        if (application == null) {
            boolean valid = AppIds.isValid(parts.id());
            if (valid) {
                unknownAppAskedFor.run();
            }
            if (!valid || now.rules().history() == null) {
                return UiDecisions.unknown("No running application has this id.");
            }
            return UiDecisions.redirect(head, UiRouter.HISTORY_PREFIX + parts.id() + "/" + parts.rest(), now);
        }
        return parts.hasSlash() ? now.live(application, parts.rest()) : UiDecisions.redirect(head, path + "/", now);
    }

    RouteDecision history(RequestHead head, String path, UiTargets now) {
        PathParts parts = PathParts.after(path, UiRouter.HISTORY_PREFIX.length());
        Application application = now.directory().find(parts.id());
        if (application != null) {
            String rest = restInLiveUi(parts.rest(), application);
            if (rest != null) {
                String ui = now.rules().proxyBase() + "/" + application.id() + "/";
                return UiDecisions.redirect(head, ui + (rest.isEmpty() ? "jobs/" : rest), now);
            }
        }
        return UiDecisions.toHistory(UiRoutes.HISTORY, now);
    }

    /** The path in the live UI for a path in the History Server; null where that names an older attempt. */
    private static @Nullable String restInLiveUi(String rest, Application application) {
        int slash = rest.indexOf('/');
        String first = slash < 0 ? rest : rest.substring(0, slash);
        if (first.isEmpty() || !first.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return rest;
        }
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
        return UiDecisions.toHistory(UiRoutes.API, now);
    }
}

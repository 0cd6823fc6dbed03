// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Who may kill jobs and stages, and how. A kill is a POST; where an older Spark has a link in its place, whoever follows it
 * gets a page of ours that posts. Each kill that is passed on or refused leaves a line in the log of this class.
 */
final class Kills {
    private static final Logger AUDIT = LoggerFactory.getLogger(Kills.class);

    private Kills() {}

    /**
     * The last word on a request: what routing came to, unless its path kills.
     *
     * @param path the request's, with the base path where it came with one
     * @param decision what routing came to
     */
    static RouteDecision decide(
            RequestHead head,
            String path,
            ClientInfo client,
            Principal viewer,
            UiSafety safety,
            UiTargets now,
            RouteDecision decision) {
        String below = now.rules().below(path);
        if (!KillPath.matches(below)) {
            return decision;
        }
        boolean asks = head.method().isSafe();
        // What is decided later may come to a server as well.
        if (!(decision instanceof RouteDecision.Forward || decision instanceof RouteDecision.Deferred)) {
            return asks ? byLink() : decision;
        }
        Application application = application(below, now);
        String objection = objection(application, viewer, safety);
        if (objection != null) {
            audit("refused", head, client, viewer, application)
                    .addKeyValue("reason", objection)
                    .log("kill refused");
            return refuse(ErrorType.HTTP_REQUEST_DENIED, objection);
        }
        if (asks) {
            return application == null ? byLink() : page(head, below, client, now, application);
        }
        audit("passed on", head, client, viewer, application).log("kill passed on");
        return decision;
    }

    /** Why this viewer may not kill that; null where he may. */
    private static @Nullable String objection(@Nullable Application application, Principal viewer, UiSafety safety) {
        if (safety.kill() == UiSafety.Kill.EVERYBODY) {
            return null;
        }
        if (safety.kill() == UiSafety.Kill.NOBODY) {
            return "Nobody may kill jobs from here (ui.kill).";
        }
        if (viewer.name().isEmpty()) {
            return "Only owners and admins may kill jobs, and it is not known who you are: a proxy in ui.trustedProxies has"
                    + " to say so in ui.viewerHeader.";
        }
        if (safety.admins().contains(viewer.name())) {
            return null;
        }
        AppListing listing = application == null ? null : application.listing();
        return listing != null && viewer.name().equals(listing.sparkUser())
                ? null
                : "Only the user whom the application runs as, and admins, may kill its jobs.";
    }

    private static RouteDecision page(
            RequestHead head, String path, ClientInfo client, UiTargets now, Application application) {
        String ui = now.rules().proxyBase() + "/" + application.id() + "/";
        KillPath.Link link = path.startsWith(ui) ? KillPath.link(path.substring(ui.length() - 1), head.query()) : null;
        if (link == null) {
            return byLink();
        }
        return head.method() == Method.GET
                ? new RouteDecision.Answer(
                        UiRoutes.KILL,
                        KillPage.of(application, link, now.rules().prefixOf(application.id()), head, client))
                : wrongMethod("GET, POST");
    }

    /** The application below whose UI or REST API the path lies. */
    private static @Nullable Application application(String path, UiTargets now) {
        String base = now.rules().proxyBase() + "/";
        if (path.startsWith(base)) {
            return now.directory().find(PathParts.after(path, base.length()).id());
        }
        int api = UiRouter.APPLICATIONS.length() + 1;
        return path.startsWith(UiRouter.APPLICATIONS + "/")
                ? now.directory().find(PathParts.after(path, api).id())
                : null;
    }

    private static RouteDecision byLink() {
        return wrongMethod("POST");
    }

    private static RouteDecision wrongMethod(String allow) {
        return RouteDecision.Refuse.method(
                UiRoutes.KILL, allow, "A job is killed with POST, from the page that shows it.");
    }

    private static RouteDecision refuse(ErrorType error, String detail) {
        return new RouteDecision.Refuse(UiRoutes.KILL, error, detail);
    }

    private static LoggingEventBuilder audit(
            String outcome, RequestHead head, ClientInfo client, Principal viewer, @Nullable Application application) {
        return AUDIT.atInfo()
                .addKeyValue("audit", "kill")
                .addKeyValue("outcome", outcome)
                .addKeyValue("viewer", viewer.name())
                .addKeyValue("client", client.address().getHostAddress())
                .addKeyValue("application", application == null ? "" : application.id())
                .addKeyValue("method", head.method())
                .addKeyValue("path", head.path())
                .addKeyValue("query", KillPath.sayable(head.query()));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

/** The names of the ui door's routes, as they stand in the access log and in the metrics' {@code route} label. */
final class UiRoutes {
    /** The UI of a running application. */
    static final String LIVE = "ui-live";
    /** The History Server's pages of a finished application. */
    static final String HISTORY = "ui-history";
    /** The History Server's first page. */
    static final String HOME = "ui-home";
    /** Scripts and styles of the History Server. */
    static final String STATIC = "ui-static";
    /** Spark's REST API, but for the list. */
    static final String API = "ui-api";
    /** The list of applications. */
    static final String LIST = "ui-list";
    /** Probes of the old proxy. */
    static final String HEALTH = "ui-health";
    /** Our page before a kill, and refused kills. */
    static final String KILL = "ui-kill";
    /** Requests of nobody known, where upstreams act in the viewer's name. */
    static final String NAMELESS = "ui-nameless";
    /** Redirects between the two kinds of page. */
    static final String REDIRECT = "ui-redirect";
    /** Our list of all applications. */
    static final String APPS = "ui-apps";
    /** Events that tell when it changes; each exchange lasts as long as somebody looks. */
    static final String APPS_EVENTS = "ui-apps-events";
    /** Our page while something else is not there yet. */
    static final String WAITING = "ui-waiting";
    /** Everything that is nowhere. */
    static final String UNKNOWN = "ui-unknown";

    private UiRoutes() {}
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.RequestHead;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leads from an application's live UI to its history without an error in between, path and query kept: until the History
 * Server has the log of what ended a moment ago, a page of ours stands there and goes on by itself.
 *
 * <p>All decisions come from two things: what discovery knows ({@link ApplicationLife}) and what the History Server knows
 * ({@link HistoryState}); see {@link #decide}.
 */
final class HandOver {
    /** How long a log that is there is waited for to be whole. One of a driver that was killed never will be. */
    static final Duration UNTIL_WHOLE = Duration.ofMinutes(2);

    /** How long a log is waited for to appear. An application without event log has none. */
    static final Duration UNTIL_THERE = Duration.ofMinutes(5);

    /** How long is waited where a login keeps us from seeing what the History Server has. */
    static final Duration UNTIL_TRIED = Duration.ofSeconds(15);

    /** What happens to a connection when nobody is there any more. A UI that is slow, or talks nonsense, is there. */
    private static final Set<ErrorType> NOBODY_THERE = EnumSet.of(
            ErrorType.CONNECTION_REFUSED,
            ErrorType.CONNECTION_TERMINATED,
            ErrorType.CONNECTION_TIMEOUT,
            ErrorType.DESTINATION_IP_UNROUTABLE,
            ErrorType.DNS_ERROR);

    private final HistoryFinder finder;
    private final InstantSource clock;

    /** Port: asks the History Servers, one at least, for one application; never completes exceptionally. */
    @FunctionalInterface
    interface HistoryFinder {
        CompletableFuture<HistoryAnswer> find(HistoryServers servers, String id);
    }

    HandOver(HistoryFinder finder, InstantSource clock) {
        this.finder = finder;
        this.clock = clock;
    }

    HistoryFinder finder() {
        return finder;
    }

    /** For a page of an application that does not run: as soon as the History Server has been asked. */
    RouteDecision leave(PageLink link, UiTargets now) {
        ApplicationLife life = now.directory().life(link.id());
        if (life instanceof ApplicationLife.Coming coming) {
            return wait(link, WaitingPage.coming(link.id(), coming), now);
        }
        HistoryServers history = now.rules().history();
        if (!history.isEmpty() && isFile(link.rest())) {
            return UiDecisions.redirect(link.method(), link.query(), "/" + link.rest(), now);
        }
        return history.isEmpty()
                ? UiDecisions.unknown(withoutHistory(life, now))
                : UiDecisions.later(
                        finder.find(history, link.id()).thenApply(answer -> decide(link, life, answer.state(), now)));
    }

    /**
     * For a page of the History Server: null where it may be asked for it at once, which is always but for a person who would
     * see an error because the application has not begun, or ended only a moment ago.
     */
    @Nullable
    RouteDecision historyPage(RequestHead head, PathParts parts, UiTargets now) {
        HistoryServers history = now.rules().history();
        if (!PageLink.isForPage(head)) {
            return null;
        }
        if (now.directory().life(parts.id()) instanceof ApplicationLife.Coming coming) {
            return wait(PageLink.of(head, parts), WaitingPage.coming(parts.id(), coming), now);
        }
        if (history.isEmpty()
                || !(now.directory().life(parts.id()) instanceof ApplicationLife.Over over)
                || !isYounger(over, UNTIL_THERE, clock.instant())) {
            return null;
        }
        PageLink link = PageLink.of(head, parts);
        return UiDecisions.later(finder.find(history, parts.id())
                .thenApply(answer -> answer.server() != null && isThere(answer.state())
                        ? now.history(answer.server()).page(UiRoutes.HISTORY)
                        : wait(link, WaitingPage.over(link.id(), over, answer.state(), clock.instant()), now)));
    }

    private static boolean isThere(HistoryState entry) {
        return !(entry instanceof HistoryState.Unknown) && !(entry instanceof HistoryState.Unreachable);
    }

    /** The judgement: a function of what is known, and of the time. */
    private RouteDecision decide(PageLink link, ApplicationLife life, HistoryState entry, UiTargets now) {
        return switch (entry) {
            case HistoryState.Finished(String attempt, long _) -> toHistory(link, attempt, now);
            case HistoryState.Unfinished(String attempt) ->
                waitsFor(life, UNTIL_WHOLE) ? over(link, life, entry, now) : toHistory(link, attempt, now);
            case HistoryState.Hidden _ ->
                waitsFor(life, UNTIL_TRIED) ? over(link, life, entry, now) : toHistory(link, null, now);
            case HistoryState.Unknown _ ->
                waitsFor(life, UNTIL_THERE) ? over(link, life, entry, now) : UiDecisions.unknown(nowhere(life, now));
            case HistoryState.Unreachable _ ->
                waitsFor(life, UNTIL_THERE)
                        ? over(link, life, entry, now)
                        : new RouteDecision.Refuse(
                                UiRoutes.WAITING,
                                ErrorType.DESTINATION_UNAVAILABLE,
                                "It does not run here, and the History Server does not answer at the moment.");
        };
    }

    private boolean waitsFor(ApplicationLife life, Duration patience) {
        return life instanceof ApplicationLife.Over over && isYounger(over, patience, clock.instant());
    }

    /** Whether a log without an end may get one: one of a driver that ended longer ago was not ended by it. */
    static boolean mayBecomeWhole(ApplicationLife.Over over, Instant now) {
        return isYounger(over, UNTIL_WHOLE, now);
    }

    /** Whether a log that nobody has seen may still appear. */
    static boolean mayAppear(ApplicationLife.Over over, Instant now) {
        return isYounger(over, UNTIL_THERE, now);
    }

    private static boolean isYounger(ApplicationLife.Over over, Duration age, Instant now) {
        return over.since().plus(age).isAfter(now);
    }

    private RouteDecision over(PageLink link, ApplicationLife life, HistoryState entry, UiTargets now) {
        return wait(link, WaitingPage.over(link.id(), (ApplicationLife.Over) life, entry, clock.instant()), now);
    }

    /** A page for people; programs are told to come back. */
    private static RouteDecision wait(PageLink link, WaitingPage page, UiTargets now) {
        return link.byPerson()
                ? new RouteDecision.Answer(
                        UiRoutes.WAITING, page.response(now.rules()).with("Cache-Control", "no-store"))
                : new RouteDecision.Refuse(UiRoutes.WAITING, ErrorType.DESTINATION_UNAVAILABLE, page.sentence());
    }

    /** The same page of the History Server: below the newest attempt, where attempts are numbered and the link names none. */
    private static RouteDecision toHistory(PageLink link, @Nullable String attempt, UiTargets now) {
        boolean named = attempt == null || PathParts.startsWithNumber(link.rest());
        String path = UiRouter.HISTORY_PREFIX + link.id() + "/" + (named ? "" : attempt + "/") + link.rest();
        return UiDecisions.redirect(link.method(), link.query(), path, now);
    }

    /**
     * Answers in place of a driver that is not there any more, before discovery has noticed; a
     * {@link io.gatehouse.proxy.Fallback} of live UIs.
     */
    @Nullable
    LocalResponse driverGone(RequestHead request, ErrorType error, UiRouting rules, Consumer<String> lookSoon) {
        if (!NOBODY_THERE.contains(error)) {
            return null;
        }
        PathParts asked = askedOf(request, rules);
        lookSoon.accept(asked.id());
        return PageLink.isForPage(request)
                ? WaitingPage.driverGone().response(rules)
                : fileElsewhere(asked.rest(), rules);
    }

    /**
     * A driver may go while a browser has its page and not yet the page's scripts and styles. The History Server has files of the
     * same names, mostly of the same Spark; with any of them the page looks better than with none.
     */
    private static @Nullable LocalResponse fileElsewhere(String rest, UiRouting rules) {
        return !rules.history().isEmpty() && isFile(rest)
                ? LocalResponse.redirect(302, rules.basePath() + "/" + rest).with("Cache-Control", "no-store")
                : null;
    }

    /** What of a live UI was asked for: the path is the same where it has a host of its own. */
    private static PathParts askedOf(RequestHead request, UiRouting rules) {
        String path = rules.below(request.path());
        String uis = rules.proxyBase() + "/";
        return path.startsWith(uis) ? PathParts.after(path, uis.length()) : new PathParts("", false, "");
    }

    private static boolean isFile(String rest) {
        return rest.startsWith("static/");
    }

    private String nowhere(ApplicationLife life, UiTargets now) {
        String looked = "Looked for among the " + now.directory().size()
                + " running applications that discovery knows, and in the History Server.";
        return life instanceof ApplicationLife.Over over
                ? WaitingPage.story(over, clock.instant())
                        + " The History Server has no log of it: was spark.eventLog.enabled set, and"
                        + " spark.eventLog.dir the folder that the History Server reads? "
                        + looked
                : "No application of this id is known. " + looked;
    }

    private String withoutHistory(ApplicationLife life, UiTargets now) {
        return life instanceof ApplicationLife.Over over
                ? WaitingPage.story(over, clock.instant()) + " Without a History Server nothing of it is left to show."
                : "No running application has this id. Looked for among the "
                        + now.directory().size() + " that discovery knows; no History Server is configured.";
    }
}

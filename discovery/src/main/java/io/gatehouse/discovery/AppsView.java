// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * One page of our list: what runs from the directory, the rest from the History Server's snapshot. Work and memory of a request
 * are bounded: one walk over the snapshot, and no more rows held than stand on the pages up to this one, {@value #DEEPEST} at
 * most.
 *
 * @param rows of this page
 * @param total rows that match, on all pages
 * @param page of those there are; not what was asked for where there are fewer
 * @param pages 1 at least
 */
record AppsView(List<ListedApplication> rows, int total, int page, int pages) {
    static final int PAGE_SIZE = 50;
    /** Whoever wants to see more narrows the search: nobody turns two hundred pages. */
    static final int DEEPEST = 200 * PAGE_SIZE;

    /** {@code now}: for which ends are so young that their logs may still become whole. */
    static AppsView of(AppDirectory directory, HistorySnapshot history, AppsQuery query, Instant now) {
        List<ListedApplication> running =
                directory.applications().stream().map(AppsView::running).toList();
        int wanted = Math.min(query.page() * PAGE_SIZE, DEEPEST);
        // The last of those that are kept is the first to go.
        PriorityQueue<ListedApplication> kept =
                new PriorityQueue<>(query.order().reversed());
        int total = 0;
        for (ListedApplication row : running) {
            total += keep(row, query, wanted, kept);
        }
        for (ListedApplication row : history.rows()) {
            ApplicationLife life = directory.life(row.id());
            if (!(life instanceof ApplicationLife.Running)) {
                total += keep(inHistory(row, life, history, now), query, wanted, kept);
            }
        }
        int pages = Math.clamp((total + PAGE_SIZE - 1) / PAGE_SIZE, 1, DEEPEST / PAGE_SIZE);
        int page = Math.min(query.page(), pages);
        List<ListedApplication> sorted = new ArrayList<>(kept);
        sorted.sort(query.order());
        int first = Math.min((page - 1) * PAGE_SIZE, sorted.size());
        return new AppsView(
                List.copyOf(sorted.subList(first, Math.min(first + PAGE_SIZE, sorted.size()))), total, page, pages);
    }

    private static int keep(ListedApplication row, AppsQuery query, int wanted, PriorityQueue<ListedApplication> kept) {
        if (!query.matches(row)) {
            return 0;
        }
        kept.add(row);
        if (kept.size() > wanted) {
            kept.poll();
        }
        return 1;
    }

    private static ListedApplication inHistory(
            ListedApplication row, ApplicationLife life, HistorySnapshot history, Instant now) {
        if (row.state() != ListedApplication.State.UNKNOWN) {
            return row;
        }
        if (life instanceof ApplicationLife.Over over) {
            return row.as(
                    HandOver.mayBecomeWhole(over, now)
                            ? ListedApplication.State.FINALISING
                            : ListedApplication.State.ZOMBIE);
        }
        long written = history.written(row.id());
        boolean silent = written >= 0
                && Instant.ofEpochMilli(written).plus(ListedApplication.SILENCE).isBefore(now);
        return silent ? row.as(ListedApplication.State.ZOMBIE) : row;
    }

    /** What a driver says of itself; its id alone where it says nothing. */
    private static ListedApplication running(Application application) {
        AppListing listing = application.listing();
        ListedApplication.State state = ListedApplication.State.RUNNING;
        if (listing == null) {
            return new ListedApplication(application.id(), "", "", state, -1, -1, null);
        }
        return new ListedApplication(
                application.id(),
                listing.name(),
                listing.sparkUser(),
                state,
                listing.newestStarted(),
                -1,
                listing.attemptId());
    }
}

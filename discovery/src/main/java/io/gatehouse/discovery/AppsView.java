// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * One page of our list: what discovery knows from the directory, the rest from the History Server's snapshot. Work and memory of a request
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
        AppsRows rows = new AppsRows(history, now);
        Page page = new Page(query);
        directory.applications().forEach(application -> page.add(AppsRows.running(application)));
        Set<String> listed = new HashSet<>();
        for (ListedApplication row : history.rows()) {
            ApplicationLife life = directory.life(row.id());
            if (!(life instanceof ApplicationLife.Running)) {
                page.add(rows.listed(row, life));
            }
            if (!(life instanceof ApplicationLife.Unknown)) {
                listed.add(row.id());
            }
        }
        for (AbsentApplication application : directory.absent()) {
            if (!listed.contains(application.id())) {
                page.add(rows.absent(application));
            }
        }
        return page.view();
    }

    /** The rows of the wanted page and of those before it. */
    private static final class Page {
        private final AppsQuery query;
        private final int wanted;
        /** The last of those that are kept is the first to go. */
        private final PriorityQueue<ListedApplication> kept;

        private int total;

        Page(AppsQuery query) {
            this.query = query;
            this.wanted = Math.min(query.page() * PAGE_SIZE, DEEPEST);
            this.kept = new PriorityQueue<>(query.order().reversed());
        }

        void add(ListedApplication row) {
            if (query.matches(row)) {
                total++;
                kept.add(row);
                if (kept.size() > wanted) {
                    kept.poll();
                }
            }
        }

        AppsView view() {
            int pages = Math.clamp((total + PAGE_SIZE - 1) / PAGE_SIZE, 1, DEEPEST / PAGE_SIZE);
            int number = Math.min(query.page(), pages);
            List<ListedApplication> sorted = new ArrayList<>(kept);
            sorted.sort(query.order());
            int first = Math.min((number - 1) * PAGE_SIZE, sorted.size());
            int end = Math.min(first + PAGE_SIZE, sorted.size());
            return new AppsView(List.copyOf(sorted.subList(first, end)), total, number, pages);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request for {@code /api/v1/applications} asks for, by the rules of Spark's {@code ApplicationListResource}. The History
 * Server applies them to its own entries; here they are applied to what runs.
 *
 * @param includesFinished whether finished applications belong into the answer
 * @param includesRunning whether running ones do: their status was asked for, and {@code maxEndDate} has not passed
 * @param forHomePage whether the History Server's own first page asks: it wants completed applications only, and gets the
 *     running ones beside them
 * @param limit the most entries, over both kinds
 * @param namesEveryFinished whether no finished application is left out but by {@code limit}
 * @param startedFrom {@code minDate}; one attempt of an application must have begun then or later, and not later than
 * @param startedUntil {@code maxDate}, both in milliseconds since 1970
 */
record ListRequest(
        boolean includesFinished,
        boolean includesRunning,
        boolean forHomePage,
        int limit,
        boolean namesEveryFinished,
        long startedFrom,
        long startedUntil) {
    private static final Set<String> STATUSES = Set.of("running", "completed", "");
    private static final List<String> DATES = List.of("minDate", "maxDate", "minEndDate", "maxEndDate");
    private static final String FIRST_DATE = "2010-01-01";
    private static final String LAST_DATE = "3000-01-01";
    private static final int LONGEST_REPEATED = 64;

    /**
     * @param now for {@code maxEndDate}, which leaves out everything that still runs once it has passed
     * @throws InvalidListRequestException where Spark would refuse the request
     */
    static ListRequest of(RequestHead head, Instant now) throws InvalidListRequestException {
        QueryParameters query = QueryParameters.of(head.query());
        List<String> statuses = statuses(query);
        long startedFrom = date(query, "minDate", FIRST_DATE);
        long startedUntil = date(query, "maxDate", LAST_DATE);
        // Of an end that a running application does not have; read because a wrong one is an error.
        date(query, "minEndDate", FIRST_DATE);
        boolean mayStillRun = date(query, "maxEndDate", LAST_DATE) > now.toEpochMilli();
        int limit = limit(query.first("limit"));

        boolean page = "xmlhttprequest".equalsIgnoreCase(head.value(HeaderName.X_REQUESTED_WITH))
                && statuses.equals(List.of("completed"));
        boolean running = mayStillRun && (statuses.isEmpty() || statuses.contains("running") || page);
        boolean finished = statuses.isEmpty() || statuses.contains("completed");
        boolean every = finished && DATES.stream().noneMatch(name -> isGiven(query, name));
        return new ListRequest(finished, running, page, limit, every, startedFrom, startedUntil);
    }

    /**
     * In small letters ({@code ApplicationStatus.fromString} takes them in any case). An empty one counts, and means neither
     * kind.
     */
    private static List<String> statuses(QueryParameters query) throws InvalidListRequestException {
        List<String> statuses = new ArrayList<>();
        for (String value : query.all("status")) {
            String status = value.toLowerCase(Locale.ROOT);
            if (!STATUSES.contains(status)) {
                throw notFound("status", value);
            }
            statuses.add(status);
        }
        return statuses;
    }

    private static long date(QueryParameters query, String name, String otherwise) throws InvalidListRequestException {
        String first = query.first(name);
        String value = first == null || first.isEmpty() ? otherwise : first;
        try {
            return SparkDate.parse(value);
        } catch (ParseException wrong) {
            throw new InvalidListRequestException(400, "Couldn't parse date: " + repeated(value));
        }
    }

    private static boolean isGiven(QueryParameters query, String name) {
        String value = query.first(name);
        return value != null && !value.isEmpty();
    }

    /** Negative ones ask for nothing, as Scala's {@code take} has it. */
    private static int limit(@Nullable String value) throws InvalidListRequestException {
        if (value == null || value.isEmpty()) {
            return Integer.MAX_VALUE;
        }
        try {
            return Math.max(0, Integer.parseInt(value));
        } catch (NumberFormatException wrong) {
            throw notFound("limit", value);
        }
    }

    /** As JAX-RS has it for a parameter that cannot be converted. */
    private static InvalidListRequestException notFound(String name, String value) {
        return new InvalidListRequestException(404, "Not a value of " + name + ": " + repeated(value));
    }

    /** Of what a client sent, so much that it sees what is meant. */
    private static String repeated(String value) {
        return value.length() > LONGEST_REPEATED ? value.substring(0, LONGEST_REPEATED) + "…" : value;
    }

    /** Whether a running application belongs into this answer; one that does not say when it began does. */
    boolean includes(AppListing listing) {
        List<Long> started = listing.started();
        return includesRunning
                && (started.isEmpty()
                        || started.stream().anyMatch(start -> start >= startedFrom && start <= startedUntil));
    }

    /** The entry of an application in this answer. */
    byte[] entry(AppListing listing) {
        return forHomePage ? listing.pageJson() : listing.json();
    }
}

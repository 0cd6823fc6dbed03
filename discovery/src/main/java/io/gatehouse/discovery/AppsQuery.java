// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody wants to see of our list, as it stands in the query of its URL; whatever is missing or makes no sense is as the
 * default.
 *
 * @param text to be found in id or name, in any case; {@code ""} for all
 * @param state the word of a {@link ListedApplication.State}; {@code ""} for all
 * @param user exactly; {@code ""} for all
 * @param page from 1 on
 */
record AppsQuery(String text, String state, String user, Sort sort, boolean descending, int page) {
    private static final int LONGEST = 200;
    private static final int LAST_PAGE = 1_000_000;

    /** A column to sort by. */
    enum Sort {
        ID(Comparator.comparing(ListedApplication::id)),
        NAME(Comparator.comparing(ListedApplication::name, String.CASE_INSENSITIVE_ORDER)),
        USER(Comparator.comparing(ListedApplication::user, String.CASE_INSENSITIVE_ORDER)),
        STATE(Comparator.comparing(ListedApplication::state)),
        STARTED(Comparator.comparingLong(ListedApplication::started));

        @SuppressWarnings("ImmutableEnumChecker") // has no state
        private final Comparator<ListedApplication> order;

        Sort(Comparator<ListedApplication> order) {
            this.order = order;
        }

        /** As it stands in the URL. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code query}: without {@code ?}. */
    static AppsQuery of(String query) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        String sort = fields.getOrDefault("sort", "-started");
        boolean descending = sort.startsWith("-");
        String column = descending ? sort.substring(1) : sort;
        Optional<Sort> known = Arrays.stream(Sort.values())
                .filter(candidate -> candidate.word().equals(column))
                .findFirst();
        String state = fields.getOrDefault("state", "");
        boolean knownState = Arrays.stream(ListedApplication.State.values())
                .anyMatch(candidate -> candidate.word().equals(state));
        return new AppsQuery(
                cut(fields.getOrDefault("q", "").strip()),
                knownState ? state : "",
                cut(fields.getOrDefault("user", "").strip()),
                known.orElse(Sort.STARTED),
                known.isEmpty() || descending,
                page(fields.getOrDefault("page", "1")));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException brokenEscape) {
            return "";
        }
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }

    private static int page(String digits) {
        try {
            return Math.clamp(Long.parseLong(digits), 1, LAST_PAGE);
        } catch (NumberFormatException none) {
            return 1;
        }
    }

    boolean matches(ListedApplication row) {
        return (state.isEmpty() || row.state().word().equals(state))
                && (user.isEmpty() || row.user().equals(user))
                && (text.isEmpty() || contains(row.id()) || contains(row.name()));
    }

    /** Without a copy in lower case of a hundred thousand names. */
    private boolean contains(String where) {
        for (int i = 0; i + text.length() <= where.length(); i++) {
            if (where.regionMatches(true, i, text, 0, text.length())) {
                return true;
            }
        }
        return false;
    }

    /** The same order for the same rows, however often it is asked. */
    Comparator<ListedApplication> order() {
        Comparator<ListedApplication> wanted = descending ? sort.order.reversed() : sort.order;
        return wanted.thenComparing(ListedApplication::id, Comparator.reverseOrder());
    }

    /** The query of the URL of the same list on another page. */
    String withPage(int other) {
        return query(sort, descending, other);
    }

    /** The same list sorted by a column, on its first page; by the one it is sorted by already the other way round. */
    String sortedBy(Sort column) {
        boolean otherWay = column == sort ? !descending : column == Sort.STARTED;
        return query(column, otherWay, 1);
    }

    private String query(Sort column, boolean down, int number) {
        return "q=" + encoded(text) + "&state=" + state + "&user=" + encoded(user) + "&sort=" + (down ? "-" : "")
                + column.word() + "&page=" + number;
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.Locale;

/**
 * Reads {@code Accept} (RFC 9110 section 12.5.1) for the one choice that we offer: an error as a page for people, or as a
 * problem document for programs. Used for our own answers only.
 *
 * <p>Each form gets the weight of the most specific range that covers it, {@code text/html} before {@code text/*} before
 * {@code *}{@code /*}. The page is chosen where it weighs more, or as much and was named more exactly: browsers name it. A
 * range that breaks the grammar is as good as not there. The field is bounded by the limits on heads, and is read once.
 */
final class AcceptField {
    private static final int THOUSAND = 1000;
    private static final int MAX_DECIMALS = 3;

    private final String text;
    private int at;
    private int htmlExactness = -1;
    private int htmlWeight;
    private int problemExactness = -1;
    private int problemWeight;

    private AcceptField(String text) {
        this.text = text;
    }

    /** Whether the client wants the page. Without the field, or where anything will do, it does not. */
    static boolean prefersPage(RequestHead head) {
        StringBuilder all = new StringBuilder();
        for (int field = 0; field < head.fieldCount(); field++) {
            if (head.name(field) == HeaderName.ACCEPT) {
                all.append(all.isEmpty() ? "" : ",").append(head.value(field));
            }
        }
        return prefersPage(all.toString());
    }

    /** {@code accept}: all values of the field, joined with commas. */
    static boolean prefersPage(String accept) {
        AcceptField field = new AcceptField(accept);
        while (field.at < accept.length()) {
            field.range();
        }
        return field.htmlWeight > field.problemWeight
                || (field.htmlWeight > 0
                        && field.htmlWeight == field.problemWeight
                        && field.htmlExactness > field.problemExactness);
    }

    /** One element of the list, and the comma behind it. */
    private void range() {
        String type = token().strip().toLowerCase(Locale.ROOT);
        int weight = THOUSAND;
        while (at < text.length() && text.charAt(at) == ';') {
            at++;
            String parameter = token().strip();
            if (parameter.regionMatches(true, 0, "q=", 0, 2)) {
                weight = weight(parameter.substring(2));
            }
        }
        at++;
        if (weight >= 0) {
            take(type, weight);
        }
    }

    /** Up to the next semicolon or comma outside of a quoted string. */
    private String token() {
        int start = at;
        boolean quoted = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quoted && c == '\\') {
                at++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ';' || c == ',')) {
                break;
            }
            at++;
        }
        at = Math.min(at, text.length());
        return text.substring(start, at);
    }

    private void take(String type, int weight) {
        int html = exactness(type, "text/html", "text/*");
        if (html > htmlExactness) {
            htmlExactness = html;
            htmlWeight = weight;
        }
        // A program that asks for JSON reads a problem document: it is JSON.
        int problem = Math.max(
                exactness(type, "application/problem+json", "application/*"),
                exactness(type, "application/json", "application/*"));
        if (problem > problemExactness || (problem >= 0 && problem == problemExactness && weight > problemWeight)) {
            problemExactness = problem;
            problemWeight = weight;
        }
    }

    /** How closely a range covers a type: 2 by name, 1 by its kind, 0 as everything is, -1 not at all. */
    private static int exactness(String range, String type, String kind) {
        if (range.equals(type)) {
            return 2;
        }
        return range.equals(kind) ? 1 : range.equals("*/*") ? 0 : -1;
    }

    /** A weight in thousandths (RFC 9110 section 12.4.2); -1 where it is none. */
    private static int weight(String digits) {
        int length = digits.length();
        boolean number = length >= 1
                && length <= 2 + MAX_DECIMALS
                && (digits.charAt(0) == '0' || digits.charAt(0) == '1')
                && (length == 1 || digits.charAt(1) == '.');
        int weight = number ? THOUSAND * (digits.charAt(0) - '0') : -1;
        int place = THOUSAND;
        for (int i = 2; number && i < length; i++) {
            place /= 10;
            char c = digits.charAt(i);
            number = c >= '0' && c <= '9';
            weight += place * (c - '0');
        }
        return number && weight <= THOUSAND ? weight : -1;
    }
}

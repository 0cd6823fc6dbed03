// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.MessageHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What clients get in every response besides what its upstream says. Who shows pages of many owners at one site decides for
 * all of them what browsers may do there.
 */
public final class ResponseRules {
    /** Responses pass as they come. */
    public static final ResponseRules NONE = new ResponseRules(false, List.of(), "");

    private static final String NO_SNIFF = "X-Content-Type-Options";
    /** Which other sites may read the responses is not for an upstream to say. */
    private static final byte[] CORS = ascii("access-control-");
    /**
     * What browsers take for a word about the whole host, and mostly remember: what they store of it, where they report to, that it has
     * TLS, where else it is, how far a worker's scope reaches.
     */
    private static final List<byte[]> OF_THE_WHOLE_HOST = Stream.of(
                    "accept-ch",
                    "alt-svc",
                    "clear-site-data",
                    "nel",
                    "report-to",
                    "reporting-endpoints",
                    "service-worker-allowed",
                    "strict-transport-security")
            .map(ResponseRules::ascii)
            .toList();

    private final boolean inForce;
    private final List<LocalResponse.Field> fields;
    private final byte[][] replaced;
    private final byte[] lines;
    private final byte[] policyLine;

    private ResponseRules(boolean inForce, List<LocalResponse.Field> fields, String policy) {
        this.inForce = inForce;
        this.fields = fields;
        List<LocalResponse.Field> all = inForce ? withNoSniff(fields) : List.of();
        this.replaced = all.stream()
                .map(field -> ascii(field.name().toLowerCase(Locale.ROOT)))
                .toArray(byte[][]::new);
        this.lines = ascii(all.stream().map(ResponseRules::line).collect(Collectors.joining()));
        this.policyLine = policy.isEmpty()
                ? new byte[0]
                : ascii(line(new LocalResponse.Field("Content-Security-Policy", policy)));
    }

    /**
     * No guessing of types, no word of upstreams about other sites ({@code Access-Control-*}) or about the host that they share
     * ({@code Clear-Site-Data}, {@code Strict-Transport-Security} and the like), and what is configured.
     *
     * @param fields in every response, in place of upstreams' own of the same name
     * @param policy the {@code Content-Security-Policy} of responses that have none; empty for none
     */
    public static ResponseRules of(List<LocalResponse.Field> fields, String policy) {
        return new ResponseRules(true, List.copyOf(fields), policy);
    }

    /** Whether an upstream's field stays behind. */
    public boolean replaces(MessageHead head, int field) {
        if (!inForce) {
            return false;
        }
        for (byte[] name : replaced) {
            if (head.nameIs(field, name)) {
                return true;
            }
        }
        return head.name(field) == HeaderName.OTHER
                && (head.nameStartsWith(field, CORS) || isOfTheWholeHost(head, field));
    }

    private static boolean isOfTheWholeHost(MessageHead head, int field) {
        for (byte[] name : OF_THE_WHOLE_HOST) {
            if (head.nameIs(field, name)) {
                return true;
            }
        }
        return false;
    }

    /** Those that are configured, for responses that are ours. */
    public List<LocalResponse.Field> fields() {
        return fields;
    }

    /** Complete field lines for every upstream's response; not to be changed. */
    public byte[] lines() {
        return lines;
    }

    /** The complete field line for those without a policy of their own; may be empty, and is not to be changed. */
    public byte[] policyLine() {
        return policyLine;
    }

    private static List<LocalResponse.Field> withNoSniff(List<LocalResponse.Field> fields) {
        List<LocalResponse.Field> all = new ArrayList<>(fields);
        all.add(new LocalResponse.Field(NO_SNIFF, "nosniff"));
        return all;
    }

    private static String line(LocalResponse.Field field) {
        return field.name() + ": " + field.value() + "\r\n";
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

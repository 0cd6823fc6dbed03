// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.Credentials;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The rules for the keys of the ui door that keep the platform's cookies and fields from applications. */
final class UiPlatform {
    /** A token (RFC 9110 section 5.6.2) of at least one character, but for the asterisk, which stands at the end. */
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9!#$%&'+.^_`|~-]{1,128}[*]?");

    private static final Pattern FIELD = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern VALUE = Pattern.compile("[ -~]*");

    /** Fields of responses that have a meaning here, or a key of their own. */
    private static final List<String> OURS = List.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "content-security-policy",
            "content-type",
            "date",
            "keep-alive",
            "location",
            "proxy-status",
            "set-cookie",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-content-type-options");

    /**
     * Fields of requests without which HTTP or Spark does not work: framing and connection (RFC 9112), the content, negotiation, ranges,
     * conditions, WebSockets, and what tells a request of another site. Those that begin like them are the platform's all the same.
     */
    private static final List<String> NEEDED = List.of(
            "accept",
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "cookie",
            "expect",
            "host",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "keep-alive",
            "origin",
            "range",
            "referer",
            "sec-fetch-site",
            "sec-websocket-extensions",
            "sec-websocket-key",
            "sec-websocket-protocol",
            "sec-websocket-version",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private UiPlatform() {}

    static void check(
            Credentials.Cookies cookies, List<String> platformCookies, List<String> platformHeaders, Checks checks) {
        checks.that(
                cookies != Credentials.Cookies.UNCHANGED,
                "cookies",
                "with 'unchanged' an application could set cookies for the whole site",
                "write scoped or shared");
        for (String name : platformCookies) {
            names("platformCookies", name, "_oauth2_proxy*", checks);
        }
        for (String name : platformHeaders) {
            List<String> taken =
                    NEEDED.stream().filter(field -> takes(name, field)).toList();
            names("platformHeaders", name, "X-Auth-Request-*", checks)
                    .that(
                            taken.isEmpty(),
                            "platformHeaders",
                            "'" + name + "' would take away " + String.join(", ", taken)
                                    + ", without which HTTP or Spark does not work",
                            "write the platform's own fields, such as X-Auth-Request-*");
        }
    }

    /** Whether a name, or the beginning of names with an asterisk behind it, says that a field goes to no application. */
    private static boolean takes(String name, String field) {
        return name.endsWith("*")
                ? field.regionMatches(true, 0, name, 0, name.length() - 1)
                : field.equalsIgnoreCase(name);
    }

    static void check(String policy, Map<String, String> responseHeaders, Checks checks) {
        checks.that(
                VALUE.matcher(policy).matches(),
                "contentSecurityPolicy",
                "it holds a control character or one beyond ASCII",
                "write it in one line");
        responseHeaders.forEach((name, value) -> checks.that(
                        FIELD.matcher(name).matches() && OURS.stream().noneMatch(name::equalsIgnoreCase),
                        "responseHeaders",
                        "'" + name + "' is not the name of a field, or of one that Gatehouse writes itself",
                        "leave it out")
                .that(
                        !name.toLowerCase(Locale.ROOT).startsWith("access-control-"),
                        "responseHeaders",
                        "'" + name + "' says which other sites may read a response",
                        "write ui.cors")
                .that(
                        VALUE.matcher(value).matches(),
                        "responseHeaders",
                        "the value of '" + name + "' holds a control character or one beyond ASCII",
                        "write visible ASCII in one line"));
    }

    private static Checks names(String key, String name, String example, Checks checks) {
        return checks.that(
                NAMES.matcher(name).matches(),
                key,
                "'" + name + "' is not a name, nor the beginning of names with * behind it",
                "write names such as " + example);
    }
}

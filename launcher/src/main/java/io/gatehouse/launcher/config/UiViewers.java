// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.discovery.UiSafety;
import io.gatehouse.proxy.forwarding.ViewerHeader;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for the keys of the ui door that are about who is viewing. */
final class UiViewers {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /** Fields that say something else; what is told in them cannot be a name. */
    private static final Set<String> TAKEN = Set.of(
            "authorization",
            "connection",
            "content-length",
            "content-type",
            "cookie",
            "forwarded",
            "host",
            "origin",
            "referer",
            "transfer-encoding",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-prefix",
            "x-forwarded-proto",
            "x-request-id");

    private UiViewers() {}

    static void check(
            @Nullable String viewerHeader,
            boolean nobodyIsTrusted,
            boolean impersonate,
            UiSafety.Kill kill,
            List<String> admins,
            Checks checks) {
        if (viewerHeader != null) {
            checks.that(
                            TOKEN.matcher(viewerHeader).matches()
                                    && !TAKEN.contains(viewerHeader.toLowerCase(Locale.ROOT)),
                            "viewerHeader",
                            "'" + viewerHeader + "' is not a field that a user's name could stand in",
                            "write the field that your proxy sets, such as X-Forwarded-User")
                    .that(
                            !nobodyIsTrusted,
                            "viewerHeader",
                            "nobody's word counts: ui.trustedProxies is empty",
                            "name the networks of the proxies that set it");
        } else {
            String remedy = "set ui.viewerHeader and ui.trustedProxies";
            checks.that(!impersonate, "impersonate", "nobody says who is viewing", remedy)
                    .that(kill != UiSafety.Kill.OWNERS, "kill", "nobody says who is viewing", remedy);
        }
        for (String admin : admins) {
            checks.that(
                    ViewerHeader.isName(admin),
                    "admins",
                    "'" + admin + "' is not a name that a viewer can have",
                    "use up to 128 letters, digits, '.', '_', '@', '+' and '-', a letter, digit or '_' first");
        }
    }
}

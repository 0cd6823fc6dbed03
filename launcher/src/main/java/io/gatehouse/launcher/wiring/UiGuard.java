// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import io.gatehouse.discovery.UiSafety;
import io.gatehouse.launcher.config.UiConfig;
import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.CorsRules;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.ResponseRules;
import io.gatehouse.proxy.forwarding.ViewerHeader;
import io.gatehouse.proxy.http1.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who is viewing, what he may do and what passes on from him, by the configuration in force. Event loops ask, reloads change it. */
final class UiGuard implements Authenticator {
    /** In whose name Spark takes a request (its {@code HttpSecurityFilter}). */
    private static final String DO_AS = "doAs";

    /** oauth2-proxy's, in front of most installations that sign people in. */
    private static final String SIGN_IN_COOKIES = "_oauth2_proxy*";

    /** What the usual proxies say of the user, tokens among it; they say {@code X-Forwarded-*} too, which never passes. */
    private static final List<String> SIGN_IN_FIELDS = List.of(
            "Cf-Access-*",
            "Remote-Email",
            "Remote-Groups",
            "Remote-Name",
            "Remote-User",
            "X-Amzn-Oidc-*",
            "X-Auth-Request-*",
            "X-Authentik-*",
            "X-Goog-Iap-*",
            "X-Ms-Client-Principal*",
            "X-Ms-Token-*",
            "X-Pomerium-*");

    private volatile Authenticator viewer = Authenticator.ANYONE;
    private volatile UiSafety safety = UiSafety.OPEN;

    UiGuard(UiConfig ui) {
        use(ui);
    }

    /** Takes the keys over, at the start and on reload. */
    void use(UiConfig ui) {
        String header = ui.viewerHeader();
        viewer = header == null
                ? Authenticator.ANYONE
                : new ViewerHeader(header, ProxyOptionsMapping.trustedProxies(ui));
        safety = new UiSafety(ui.kill(), Set.copyOf(ui.admins()), ui.impersonate(), cors(ui));
    }

    private static CorsRules cors(UiConfig ui) {
        return ui.cors() == null ? CorsRules.NONE : ui.cors().rules();
    }

    UiSafety safety() {
        return safety;
    }

    /** What passes between the clients of the ui door and its upstreams. */
    static Boundary boundary(UiConfig ui) {
        List<String> hidden = new ArrayList<>(SIGN_IN_FIELDS);
        hidden.addAll(ui.platformHeaders());
        if (ui.viewerHeader() != null) {
            hidden.add(ui.viewerHeader());
        }
        List<String> cookies = new ArrayList<>(ui.platformCookies());
        cookies.add(SIGN_IN_COOKIES);
        return Boundary.OPEN
                .withUserParameter(DO_AS, ui.impersonate())
                .withHiddenFields(hidden)
                .withCredentials(new Credentials(ui.cookies(), cookies, ui.passAuthorization(), ui.basePath()))
                .withCors(cors(ui))
                .withResponses(ResponseRules.of(
                        ui.responseHeaders().entrySet().stream()
                                .map(field -> new LocalResponse.Field(field.getKey(), field.getValue()))
                                .toList(),
                        ui.contentSecurityPolicy()));
    }

    @Override
    public Decision authenticate(RequestHead head, ClientInfo client) {
        return viewer.authenticate(head, client);
    }
}

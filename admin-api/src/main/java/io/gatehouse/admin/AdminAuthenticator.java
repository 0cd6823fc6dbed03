// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Probes and metrics answer everybody who reaches the port. Admin calls need the bearer token; where none is configured,
 * they answer loopback peers of a listener on loopback, and never a browser: pages of other sites can reach a loopback port
 * too. On any other listener a loopback peer says nothing: the sidecar of a service mesh connects from there for everybody.
 */
public final class AdminAuthenticator implements Authenticator {
    static final String ADMIN_PREFIX = "/admin/";
    private static final String BEARER = "Bearer ";

    private final Supplier<Optional<String>> token;
    private final boolean onLoopback;

    /**
     * @param token the token in force, empty where none is configured; asked on an event loop, for every admin call
     * @param onLoopback whether the listener's own address is a loopback address
     */
    public AdminAuthenticator(Supplier<Optional<String>> token, boolean onLoopback) {
        this.token = token;
        this.onLoopback = onLoopback;
    }

    @Override
    public Decision authenticate(RequestHead head, ClientInfo client) {
        if (!head.path().startsWith(ADMIN_PREFIX)) {
            return new Decision.Granted(Principal.ANONYMOUS);
        }
        return token.get()
                .map(expected -> byToken(head, expected.getBytes(StandardCharsets.UTF_8)))
                .orElseGet(() -> byAddress(head, client));
    }

    private static Decision byToken(RequestHead head, byte[] expected) {
        String authorization = head.value(HeaderName.AUTHORIZATION);
        boolean right = authorization != null
                && authorization.startsWith(BEARER)
                && MessageDigest.isEqual(
                        expected, authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8));
        return right
                ? new Decision.Granted(new Principal("admin"))
                : new Decision.Denied(
                        Problems.problem(401, "Send the token of management.tokenFile as Authorization: Bearer.")
                                .with("WWW-Authenticate", "Bearer realm=\"gatehouse\""));
    }

    private Decision byAddress(RequestHead head, ClientInfo client) {
        if (!onLoopback) {
            return new Decision.Denied(Problems.problem(
                    403, "Admin calls need management.tokenFile where management.address is not a loopback address."));
        }
        boolean browser = head.find(HeaderName.ORIGIN) >= 0 || head.find(HeaderName.SEC_FETCH_SITE) >= 0;
        return client.address().isLoopbackAddress() && !browser
                ? new Decision.Granted(new Principal("loopback"))
                : new Decision.Denied(Problems.problem(
                        403, "Admin calls answer loopback peers only; configure management.tokenFile for others."));
    }
}

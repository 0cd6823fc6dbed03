// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Probes and metrics answer everybody who reaches the port. Admin calls need the bearer token; where none is configured,
 * they answer loopback peers, and never a browser: pages of other sites can reach a loopback port too.
 */
public final class AdminAuthenticator implements Authenticator {
    static final String ADMIN_PREFIX = "/admin/";
    private static final String BEARER = "Bearer ";

    private final Optional<byte[]> token;

    /** {@code token}: empty for loopback peers only. */
    public AdminAuthenticator(Optional<String> token) {
        this.token = token.map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Decision authenticate(RequestHead head, InetAddress peer) {
        if (!head.path().startsWith(ADMIN_PREFIX)) {
            return new Decision.Granted(Principal.ANONYMOUS);
        }
        return token.map(expected -> byToken(head, expected)).orElseGet(() -> byAddress(head, peer));
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

    private static Decision byAddress(RequestHead head, InetAddress peer) {
        boolean browser = head.find(HeaderName.ORIGIN) >= 0 || head.find(HeaderName.SEC_FETCH_SITE) >= 0;
        return peer.isLoopbackAddress() && !browser
                ? new Decision.Granted(new Principal("loopback"))
                : new Decision.Denied(Problems.problem(
                        403, "Admin calls answer loopback peers only; configure management.tokenFile for others."));
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.forwarding;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.TrustedProxies;
import io.gatehouse.proxy.http1.RequestHead;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Takes the viewer's name from a field that a trusted proxy sets once it has signed somebody in ({@code X-Forwarded-User},
 * {@code X-Auth-Request-User}). What another peer writes there, what breaks the grammar, and what comes twice, names nobody.
 */
public final class ViewerHeader implements Authenticator {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@+-]{0,127}");

    private final byte[] field;
    private final TrustedProxies trusted;

    /**
     * @param field its name, in any case
     * @param trusted whose word counts
     */
    public ViewerHeader(String field, TrustedProxies trusted) {
        this.field = field.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        this.trusted = trusted;
    }

    /** Whether the text may be a viewer's name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    @Override
    public Decision authenticate(RequestHead head, ClientInfo client) {
        int only = only(head);
        if (only < 0 || !trusted.trust(peer(client))) {
            return Decision.NOBODY;
        }
        String name = head.value(only);
        return isName(name) ? new Decision.Granted(new Principal(name)) : Decision.NOBODY;
    }

    /** The field where it is there once; -1 otherwise. */
    private int only(RequestHead head) {
        int found = -1;
        for (int i = 0; i < head.fieldCount(); i++) {
            if (head.nameIs(i, field)) {
                if (found >= 0) {
                    return -1;
                }
                found = i;
            }
        }
        return found;
    }

    /** The peer of the connection: where nobody is spoken for, that is the client. */
    private static InetAddress peer(ClientInfo client) {
        List<InetAddress> proxies = client.forwarding().proxies();
        return proxies.isEmpty() ? client.address() : proxies.getLast();
    }
}

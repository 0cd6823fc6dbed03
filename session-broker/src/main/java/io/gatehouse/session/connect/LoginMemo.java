// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static java.util.Objects.requireNonNull;

import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.proxy.login.Logins;
import io.gatehouse.proxy.login.MalformedCredentialException;
import io.gatehouse.session.connect.Fingerprints.Fingerprint;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Whose the last credential of a connection was, shown from one address, as behind a proxy there are several. PySpark sends the same
 * one with every call, hundreds of them for one query; only the first asks, and those that come before its answer wait for it. The
 * credential itself is not kept: a connection lasts for hours, and passwords are not to be found in heap dumps. On the connection's event
 * loop only.
 */
final class LoginMemo {
    private final Logins logins;
    private final InstantSource clock;
    private final Fingerprints fingerprints;
    private @Nullable Fingerprint shown;
    private @Nullable InetAddress from;
    private @Nullable CompletableFuture<Login> login;
    private long version;

    LoginMemo(Logins logins, InstantSource clock, Fingerprints fingerprints) {
        this.logins = logins;
        this.clock = clock;
        this.fingerprints = fingerprints;
    }

    /** Whose it is. Complete already where that is known. */
    CompletionStage<Login> login(Shown now, InetAddress client) {
        if (now.isNothing()) {
            return logins.login(new Credential.Name(""), client)
                    .thenApply(answer ->
                            answer instanceof Login.Refused ? new Login.Refused(Refusals.NO_CREDENTIAL) : answer);
        }
        Fingerprint fingerprint = fingerprints.of(now);
        CompletableFuture<Login> known = login;
        if (known != null && fingerprint.equals(shown) && client.equals(from) && isGood(known)) {
            return known;
        }
        try {
            // Read before the question: what changes while it is under way counts as later.
            long before = logins.version();
            CompletableFuture<Login> asked =
                    logins.login(now.credential(), client).toCompletableFuture();
            version = before;
            shown = fingerprint;
            from = client;
            login = asked;
            return asked;
        } catch (MalformedCredentialException e) {
            return CompletableFuture.completedFuture(new Login.Refused(requireNonNull(e.getMessage())));
        }
    }

    /** Whether it is under way, or was granted and still is; what was refused may be right the next time. */
    private boolean isGood(CompletableFuture<Login> known) {
        return !known.isDone()
                || (version == logins.version()
                        && known.getNow(null) instanceof Login.Granted granted
                        && clock.instant().isBefore(granted.validUntil()));
    }
}

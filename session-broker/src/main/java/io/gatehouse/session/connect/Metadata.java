// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.netty.util.AsciiString;
import java.util.Set;

/** Names of metadata that mean something to us. */
final class Metadata {
    static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");
    /** What JVM clients send instead, up to Spark 4.2 (apache/spark#56586). */
    static final AsciiString AUTHENTICATION = AsciiString.cached("authentication");

    static final AsciiString USERNAME = AsciiString.cached("x-spark-username");
    static final AsciiString PASSWORD = AsciiString.cached("x-spark-password");
    static final AsciiString POOL = AsciiString.cached("x-gatehouse-pool");

    /** What no server gets: credentials of the user's, and what is between clients, proxies and us. */
    static final Set<AsciiString> WITHHELD = Set.of(
            AUTHORIZATION,
            AUTHENTICATION,
            USERNAME,
            PASSWORD,
            POOL,
            AsciiString.cached("proxy-authorization"),
            AsciiString.cached("proxy-authenticate"),
            AsciiString.cached("cookie"),
            AsciiString.cached("x-api-key"),
            AsciiString.cached("x-auth-token"),
            AsciiString.cached("x-access-token"),
            AsciiString.cached("x-id-token"),
            AsciiString.cached("x-amzn-oidc-data"),
            AsciiString.cached("x-amzn-oidc-accesstoken"),
            AsciiString.cached("x-goog-iap-jwt-assertion"),
            AsciiString.cached("forwarded"),
            AsciiString.cached("x-forwarded-for"),
            AsciiString.cached("x-forwarded-host"),
            AsciiString.cached("x-forwarded-port"),
            AsciiString.cached("x-forwarded-proto"),
            AsciiString.cached("x-forwarded-prefix"),
            AsciiString.cached("x-forwarded-server"),
            AsciiString.cached("x-forwarded-user"),
            AsciiString.cached("x-forwarded-email"),
            AsciiString.cached("x-forwarded-groups"),
            AsciiString.cached("x-forwarded-preferred-username"),
            AsciiString.cached("x-forwarded-access-token"),
            AsciiString.cached("x-forwarded-client-cert"),
            AsciiString.cached("x-real-ip"));

    private Metadata() {}
}

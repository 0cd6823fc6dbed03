// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.ErrorType;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the exceptions of BoringSSL and of the JDK's TLS say; both have one type for nearly everything. */
public final class TlsFailures {
    private static final int LONGEST_REASON = 200;
    /** No cause of theirs is deeper; an exception may even be its own. */
    private static final int DEEPEST = 8;

    private TlsFailures() {}

    /** Whether this is about TLS at all: what the handlers of TLS throw, Netty wraps; a defect of ours as well. */
    static boolean isTls(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return cause instanceof DecoderException || cause instanceof SSLException;
    }

    /** What a handler threw, without Netty's wrapping. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof DecoderException && cause != null ? cause : failure;
    }

    /** The RFC 9209 name of what went wrong with an upstream. */
    public static ErrorType classify(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof SslHandshakeTimeoutException) {
                return ErrorType.CONNECTION_TIMEOUT;
            }
            if (cause instanceof GeneralSecurityException) {
                return ErrorType.TLS_CERTIFICATE_ERROR;
            }
            if (isAlert(cause.getMessage())) {
                return ErrorType.TLS_ALERT_RECEIVED;
            }
            cause = cause.getCause();
        }
        return ErrorType.TLS_PROTOCOL_ERROR;
    }

    /** The JDK writes {@code Received fatal alert: …}, BoringSSL {@code …:TLSV1_ALERT_UNKNOWN_CA}. */
    private static boolean isAlert(@Nullable String message) {
        return message != null
                && (message.contains("_ALERT_")
                        || message.toLowerCase(Locale.ROOT).contains("received fatal alert"));
    }

    /** For logs: what the innermost exception says, in one short line; no byte of a peer's. */
    public static String reason(@Nullable Throwable failure) {
        String reason = "unknown";
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof NotSslRecordException) {
                // Its message holds the bytes that came, and nobody knows what they are.
                return "not a record of TLS";
            }
            reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            cause = cause.getCause();
        }
        return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
    }
}

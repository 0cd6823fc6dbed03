// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import io.gatehouse.proxy.grpc.CallHead;
import io.gatehouse.proxy.login.Credential;
import io.gatehouse.proxy.login.Credentials;
import io.gatehouse.proxy.login.MalformedCredentialException;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows to say who it is, in any of the forms that Spark's clients can send: {@code authorization} (PySpark's
 * {@code token=}), {@code authentication}, two entries of metadata with a name and a password, and as a last resort the user's id in the
 * message, which may be a name or {@code base64(user:password)}.
 *
 * @param kind where it stands, so that the same text in two places is not taken for the same
 * @param text as it came, with a password or a token in it
 */
record Shown(Kind kind, String text) {
    /** Where it stands. */
    enum Kind {
        AUTHORIZATION,
        NAME_AND_PASSWORD,
        USER_ID
    }

    /** No field of metadata has one in it. */
    private static final char SEPARATOR = '\n';

    /** What stands in the metadata; null where nothing does. */
    static @Nullable Shown in(CallHead head) {
        CharSequence authorization = head.metadata(Metadata.AUTHORIZATION);
        if (authorization == null) {
            authorization = head.metadata(Metadata.AUTHENTICATION);
        }
        if (authorization != null) {
            return new Shown(Kind.AUTHORIZATION, authorization.toString());
        }
        CharSequence user = head.metadata(Metadata.USERNAME);
        if (user == null) {
            return null;
        }
        CharSequence password = head.metadata(Metadata.PASSWORD);
        return new Shown(Kind.NAME_AND_PASSWORD, user.toString() + SEPARATOR + (password == null ? "" : password));
    }

    /** What stands in the message. */
    static Shown inMessage(String userId) {
        return new Shown(Kind.USER_ID, userId);
    }

    /**
     * The credential, made anew for whoever owns it.
     *
     * @throws MalformedCredentialException if the text is none; its message is for the user
     */
    Credential credential() throws MalformedCredentialException {
        return switch (kind) {
            case AUTHORIZATION -> Credentials.authorization(text);
            case NAME_AND_PASSWORD -> {
                int end = text.indexOf(SEPARATOR);
                yield Credentials.password(text.substring(0, end), text.substring(end + 1));
            }
            case USER_ID -> Credentials.userId(text);
        };
    }

    /** Whether the client shows nothing at all. */
    boolean isNothing() {
        return kind == Kind.USER_ID && text.isEmpty();
    }

    @Override
    public String toString() {
        return "Shown[" + kind + "]";
    }
}

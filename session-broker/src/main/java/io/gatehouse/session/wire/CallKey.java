// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

/**
 * What the first bytes of a call say of itself. All of it is the client's word.
 *
 * @param sessionId a UUID, as the client spells it; Spark tells spellings apart
 * @param userId whom the message says it is from, which may be a credential; empty for nobody
 * @param observed whether the client has seen an answer of this session
 * @param whole whether that is all of the message; of a large one only the beginning is looked at, and more may stand behind it
 * @param newSessionId of a clone, not looked at yet; empty where the server shall choose
 * @param allowReconnect of a release: the session may be made anew under its id
 */
public record CallKey(
        String sessionId, String userId, boolean observed, boolean whole, String newSessionId, boolean allowReconnect) {
    /** Whether the client has seen an answer of this session, as far as can be told. */
    public boolean mayHaveObserved() {
        return observed || !whole;
    }

    /** The same once it is known who calls: nobody needs the client's word any more, and it may be a password. */
    public CallKey withoutUserId() {
        return userId.isEmpty() ? this : new CallKey(sessionId, "", observed, whole, newSessionId, allowReconnect);
    }

    /** The user's id may be a password. */
    @Override
    public String toString() {
        return "CallKey[" + sessionId + "]";
    }
}

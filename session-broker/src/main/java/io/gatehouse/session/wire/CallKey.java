// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

/**
 * What the first bytes of a call say of itself. All of it is the client's word.
 *
 * @param sessionId a UUID, as the client spells it; Spark tells spellings apart
 * @param userId whom the message says it is from, which may be a credential; empty for nobody
 * @param observed whether the client has seen an answer of this session
 * @param newSessionId of a clone, not looked at yet; empty where the server shall choose
 * @param allowReconnect of a release: the session may be made anew under its id
 */
public record CallKey(String sessionId, String userId, boolean observed, String newSessionId, boolean allowReconnect) {
    /** The user's id may be a password. */
    @Override
    public String toString() {
        return "CallKey[" + sessionId + "]";
    }
}

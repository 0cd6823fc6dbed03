// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.LocalResponse;

/** A request for the list that Spark would refuse. */
final class InvalidListRequestException extends Exception {
    private final transient LocalResponse answer;

    /**
     * @param status what Spark answers
     * @param message what it says; may hold what the client sent
     */
    InvalidListRequestException(int status, String message) {
        super(message, null, false, false);
        this.answer = LocalResponse.text(status, message);
    }

    /** As Spark would answer. */
    LocalResponse answer() {
        return answer;
    }
}

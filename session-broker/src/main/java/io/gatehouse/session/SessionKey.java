// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

/**
 * Which session. The server knows it by user and id; one id of two users is two sessions, and so are two spellings.
 *
 * @param pool whose servers it may be on
 * @param user the verified name, by the letter
 * @param sessionId as the client spells it
 */
public record SessionKey(String pool, String user, String sessionId) {}

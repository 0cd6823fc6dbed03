// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.Login;

/** What users are told. None of it says whether a user exists, or which key would have been right. */
final class Refusals {
    static final Login.Refused WRONG_PASSWORD = new Login.Refused(
            "User name or password are wrong. Check both; after ten wrong attempts in a minute one has to wait.");
    static final Login.Refused NO_PASSWORDS =
            new Login.Refused("Passwords are not accepted here. Send a token of the identity provider, or an API key.");
    static final Login.Refused NAME_ONLY = new Login.Refused(
            "A user name alone proves nothing. Send a token or a password, with Spark Connect as ;token= in the sc:// URL.");
    static final Login.Refused UNKNOWN_BEARER = new Login.Refused(
            "This token is no valid API key, no JWT and no base64 of user:password. Check what was copied.");
    static final Login.Refused NO_TOKENS = new Login.Refused(
            "Tokens of an identity provider are not accepted here. Send user and password, or an API key.");
    static final Login.Refused TOKEN_EXPIRED =
            new Login.Refused("This token has expired. Get a new one from the identity provider.");
    static final Login.Refused TOKEN_REFUSED = new Login.Refused(
            "This token is not valid here. Get one from the identity provider that Gatehouse is configured for, for its client.");
    static final Login.Refused NOT_FROM_HERE =
            new Login.Refused("Without proof only clients on Gatehouse's own machine are let in.");
    static final Login.Unavailable NO_ANSWER =
            new Login.Unavailable("The identity provider does not answer. Try again in a moment.");
    static final Login.Unavailable CLIENT_REFUSED = new Login.Unavailable(
            "The identity provider refuses Gatehouse itself. Its administrator finds the reason in Gatehouse's log.");
    static final Login.Unavailable CLOSED = new Login.Unavailable("Gatehouse is shutting down. Try again in a moment.");
    static final Login.Unavailable FAILED = new Login.Unavailable(
            "Gatehouse could not check who is calling. Its administrator finds the reason in the log.");

    private Refusals() {}
}

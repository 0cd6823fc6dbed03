// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.MessageHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * What passes between the clients of a listener and its upstreams, beside what HTTP itself demands. One object for all requests;
 * everything that does not depend on a request is made here once.
 */
public final class Boundary {
    /** Everything passes as it came. */
    public static final Boundary OPEN =
            new Boundary(new byte[0], false, new byte[0][], Credentials.OPEN, ResponseRules.NONE, CorsRules.NONE);

    private final byte[] userParameter;
    private final boolean tellsUser;
    private final byte[][] hiddenFields;
    private final Credentials credentials;
    private final ResponseRules responses;
    private final CorsRules cors;

    private Boundary(
            byte[] userParameter,
            boolean tellsUser,
            byte[][] hiddenFields,
            Credentials credentials,
            ResponseRules responses,
            CorsRules cors) {
        this.userParameter = userParameter;
        this.tellsUser = tellsUser;
        this.hiddenFields = hiddenFields;
        this.credentials = credentials;
        this.responses = responses;
        this.cors = cors;
    }

    /**
     * Keeps a query parameter for this proxy alone: clients' own is dropped, in whatever encoding its name comes.
     *
     * @param name by which upstreams take a user's name from the query; letters only
     * @param told whether they get the name of who is calling in it; a request of nobody in particular goes without
     */
    public Boundary withUserParameter(String name, boolean told) {
        if (!name.matches("[A-Za-z]+")) {
            throw new IllegalArgumentException("not a parameter of letters: " + name);
        }
        return new Boundary(ascii(name), told, hiddenFields, credentials, responses, cors);
    }

    /**
     * Never passes on these fields of requests: what proxies in front say of the user to this one.
     *
     * @param names in any case; with {@code *} at the end, all that begin so
     */
    public Boundary withHiddenFields(List<String> names) {
        byte[][] lowerCase =
                names.stream().map(name -> ascii(name.toLowerCase(Locale.ROOT))).toArray(byte[][]::new);
        return new Boundary(userParameter, tellsUser, lowerCase, credentials, responses, cors);
    }

    /** Says which credentials pass. */
    public Boundary withCredentials(Credentials newCredentials) {
        return new Boundary(userParameter, tellsUser, hiddenFields, newCredentials, responses, cors);
    }

    /** Says what clients get besides what upstreams say. */
    public Boundary withResponses(ResponseRules newResponses) {
        return new Boundary(userParameter, tellsUser, hiddenFields, credentials, newResponses, cors);
    }

    /** Says which other sites read responses. */
    public Boundary withCors(CorsRules newCors) {
        return new Boundary(userParameter, tellsUser, hiddenFields, credentials, responses, newCors);
    }

    /** The name of the parameter, empty where there is none; not to be changed. */
    public byte[] userParameter() {
        return userParameter;
    }

    public boolean tellsUser() {
        return tellsUser;
    }

    /** Whether the field stays behind. */
    public boolean hides(MessageHead head, int field) {
        for (byte[] name : hiddenFields) {
            int last = name.length - 1;
            boolean hidden = name[last] == '*' ? head.nameStartsWith(field, name, last) : head.nameIs(field, name);
            if (hidden) {
                return true;
            }
        }
        return false;
    }

    public Credentials credentials() {
        return credentials;
    }

    public ResponseRules responses() {
        return responses;
    }

    public CorsRules cors() {
        return cors;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

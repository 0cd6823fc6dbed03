// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What passes between the clients of a listener and its upstreams, beside what HTTP itself demands. One object for all requests;
 * everything that does not depend on a request is made here once.
 */
public final class Boundary {
    /** Everything passes as it came. */
    public static final Boundary OPEN = new Boundary("", false, "");

    private final byte[] userParameter;
    private final boolean tellsUser;
    private final byte[] viewerField;

    private Boundary(String userParameter, boolean tellsUser, String viewerField) {
        this.userParameter = ascii(userParameter);
        this.tellsUser = tellsUser;
        this.viewerField = ascii(viewerField.toLowerCase(Locale.ROOT));
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
        return new Boundary(name, told, text(viewerField));
    }

    /** Never passes on the field in which trusted proxies name the user; {@code ""} where there is none. */
    public Boundary withViewerField(String name) {
        return new Boundary(text(userParameter), tellsUser, name);
    }

    /** The name of the parameter, empty where there is none; not to be changed. */
    public byte[] userParameter() {
        return userParameter;
    }

    public boolean tellsUser() {
        return tellsUser;
    }

    /** In lower case, empty where there is none; not to be changed. */
    public byte[] viewerField() {
        return viewerField;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Whose an upstream is, as far as cookies and credentials go: one application's, or the platform's. Cookies that one owner's
 * upstream sets go back to that owner alone, which shows in their names: a browser sends no more of a cookie than name and value.
 */
public final class UpstreamOwner {
    /** What the names of all cookies begin with that belong to one owner; no owner's name has a tilde in it. */
    static final String MARK = "gh~";

    /** Browsers take a cookie of such a name only from the host itself, over TLS, for all its paths (RFC 6265bis section 4.1.3.2). */
    static final String HOST_MARK = "__Host-";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]*");

    private static final byte[] ALL_PATHS = ascii("/");

    private final byte[] cookiePrefix;
    private final byte[] hostCookiePrefix;
    private final byte[] cookiePath;
    private final boolean platform;
    private final boolean ownHost;

    private UpstreamOwner(String name, String path, boolean platform, boolean ownHost) {
        if (!NAME.matcher(name).matches() || !ForwardTarget.isPrefix(path)) {
            throw new IllegalArgumentException("not an owner: " + name + " below " + path);
        }
        this.cookiePrefix = ascii(MARK + name + "~");
        this.hostCookiePrefix = ascii(HOST_MARK + MARK + name + "~");
        this.cookiePath = ascii(path + "/");
        this.platform = platform;
        this.ownHost = ownHost;
    }

    /** A driver runs its user's code. {@code prefix}: the public one of its UI. */
    public static UpstreamOwner application(String id, String prefix) {
        return new UpstreamOwner(id, prefix, false, false);
    }

    /**
     * One whose UI is at a host where nothing else is. Pages of neighbouring hosts can set cookies for the domain above; with TLS
     * its own are told from those by {@link #HOST_MARK}.
     */
    public static UpstreamOwner applicationOnOwnHost(String id, String prefix) {
        return new UpstreamOwner(id, prefix, false, true);
    }

    /** A History Server. {@code prefix}: below which it appears. */
    public static UpstreamOwner platform(String prefix) {
        return new UpstreamOwner("", prefix, true, false);
    }

    /**
     * One of several History Servers. No application has its name for cookies: ids begin with a letter or a digit.
     *
     * @param name of letters, digits, {@code .}, {@code _} and {@code -}
     * @param prefix below which all of them appear: each one's cookies go along with what is asked of all
     */
    public static UpstreamOwner platform(String name, String prefix) {
        return new UpstreamOwner("_" + name, prefix, true, false);
    }

    /**
     * What browsers see before the name of each of its cookies; not to be changed.
     *
     * @param secure whether the browser speaks TLS
     */
    public byte[] cookiePrefix(boolean secure) {
        return ownHost && secure ? hostCookiePrefix : cookiePrefix;
    }

    /** Where its cookies count, with a slash at the end; not to be changed. */
    public byte[] cookiePath(boolean secure) {
        return ownHost && secure ? ALL_PATHS : cookiePath;
    }

    /** Whether those who run Gatehouse run it too. */
    public boolean isPlatform() {
        return platform;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

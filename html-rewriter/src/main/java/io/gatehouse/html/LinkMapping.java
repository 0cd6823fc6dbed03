// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which links of a page are wrong for its reader, and what they should be: the path of a server that stands below a prefix
 * without knowing it, or knowing a wrong one.
 *
 * <p>A link to {@code /jobs/}, to {@code http://upstream:4040/jobs/} or to {@code <root>/jobs/} becomes {@code <prefix>/jobs/}; one
 * that is below the prefix already stays, as do relative ones and those to other hosts. Where root and prefix begin with each other, the
 * longer that a link begins with counts. Immutable.
 */
public final class LinkMapping {
    /** What a link begins with is decided by its first bytes; none of the texts below is longer. */
    static final int LONGEST = 1024;

    private static final int NO_SCHEME = 0;

    private final String prefix;
    private final String root;
    private final List<UrlHost> hosts;
    private final byte[] prefixBytes;
    private final byte[] prefixAndSlash;
    /** Null where the root is a path. */
    private final @Nullable UrlHost rootHost;

    private final byte[] rootPath;

    private LinkMapping(String prefix, String root, List<UrlHost> hosts) {
        this.prefix = prefix;
        this.root = root;
        this.hosts = hosts;
        this.prefixBytes = ascii(prefix);
        this.prefixAndSlash = ascii(prefix + "/");
        int host = root.indexOf("://") + 3;
        int path = host < 3 ? 0 : root.indexOf('/', host);
        this.rootHost = host < 3 ? null : UrlHost.of(root.substring(host, path < 0 ? root.length() : path));
        this.rootPath = ascii(path < 0 ? "" : root.substring(path));
    }

    /**
     * For a server that stands below a prefix.
     *
     * @param prefix what the server's paths begin with for the reader, {@code /sparkui/app-1} for instance; {@code ""} for nothing
     * @param hosts what the server calls itself in links, each a name or address with its port, which may be left out where it is the
     *     scheme's own
     */
    public static LinkMapping below(String prefix, List<String> hosts) {
        return new LinkMapping(
                checked(prefix), "", hosts.stream().map(UrlHost::of).toList());
    }

    /**
     * The same for a server that puts {@code root} before its links.
     *
     * @param root a path, or a URL of the scheme {@code http} or {@code https}, without a slash at its end; {@code ""} for nothing
     */
    public LinkMapping withRoot(String root) {
        boolean rooted =
                root.isEmpty() || root.startsWith("/") || root.startsWith("http://") || root.startsWith("https://");
        if (!rooted) {
            throw new IllegalArgumentException("neither a path nor a URL: " + root);
        }
        return new LinkMapping(prefix, checked(root), hosts);
    }

    /** What the server's paths begin with for the reader. */
    public String prefix() {
        return prefix;
    }

    /** What the server itself puts before its links. */
    public String root() {
        return root;
    }

    /** Whether nothing has to be changed in a page whose links all begin with {@link #root}. */
    boolean isIdentity() {
        return root.equals(prefix);
    }

    /** Not to be changed. */
    byte[] prefixBytes() {
        return prefixBytes;
    }

    /** The same and a slash; not to be changed. */
    byte[] prefixAndSlash() {
        return prefixAndSlash;
    }

    /**
     * How much of a path that Spark's scripts put behind the root is the root already, or the prefix.
     *
     * @return the bytes of {@code [from, to)} that are too many
     */
    int surplus(byte[] in, int from, int to, UrlCursor cursor) {
        cursor.begin(in, from, to, false);
        int path = cursor.index();
        skipLongest(true, cursor);
        return cursor.index() == path ? 0 : cursor.index() - from;
    }

    /**
     * Decides on the URL in {@code [from, to)}, or of which the first bytes are there.
     *
     * @param cursor for the use of this call
     * @param html whether it stands in an attribute, where character references count
     * @param edit gets what is to be done
     * @return whether anything is
     */
    boolean map(byte[] in, int from, int to, boolean html, UrlCursor cursor, LinkEdit edit) {
        cursor.begin(in, from, to, html);
        int start = cursor.index();
        int schemesPort = skipScheme(cursor);
        if (schemesPort == NO_SCHEME) {
            cursor.returnTo(start);
        }
        if (cursor.isAtSlash()) {
            int path = cursor.index();
            cursor.advance();
            if (cursor.isAtSlash()) {
                cursor.advance();
                return mapWithHost(start, schemesPort, cursor, edit);
            }
            cursor.returnTo(path);
            return schemesPort == NO_SCHEME && mapPath(start, rootHost == null, cursor, edit);
        }
        return false;
    }

    /** Skips {@code http:} or {@code https:}, and returns the port that goes without saying then. */
    private static int skipScheme(UrlCursor cursor) {
        if (!cursor.skip("http")) {
            return NO_SCHEME;
        }
        boolean secure = cursor.skip("s");
        return !cursor.skip(":") ? NO_SCHEME : secure ? 443 : 80;
    }

    private boolean mapWithHost(int start, int schemesPort, UrlCursor cursor, LinkEdit edit) {
        int host = cursor.index();
        if (rootHost != null && rootHost.skip(cursor, schemesPort)) {
            int path = cursor.index();
            boolean rooted = skipPath(rootPath, cursor);
            cursor.returnTo(path);
            return rooted && mapPath(start, true, cursor, edit);
        }
        for (UrlHost own : hosts) {
            cursor.returnTo(host);
            if (own.skip(cursor, schemesPort)) {
                return mapPath(start, rootHost == null, cursor, edit);
            }
        }
        return false;
    }

    /**
     * At a path's first slash, or at the end of a URL without one.
     *
     * @param start from where on the prefix replaces what is there
     * @param rooted whether a path may begin with the root
     */
    private boolean mapPath(int start, boolean rooted, UrlCursor cursor, LinkEdit edit) {
        int path = cursor.index();
        boolean right = skipLongest(rooted, cursor);
        return !(right && start == path) && replace(start, cursor, edit);
    }

    /**
     * Leaves the cursor behind the prefix or the root, whichever of those that the path begins with is longer; at the path where it begins
     * with neither.
     *
     * @return whether it is the prefix
     */
    private boolean skipLongest(boolean rooted, UrlCursor cursor) {
        int path = cursor.index();
        int behindPrefix = prefixBytes.length > 0 && skipPath(prefixBytes, cursor) ? cursor.index() : path;
        cursor.returnTo(path);
        int behindRoot = rooted && rootPath.length > 0 && skipPath(rootPath, cursor) ? cursor.index() : path;
        cursor.returnTo(Math.max(behindPrefix, behindRoot));
        return behindPrefix > path && behindPrefix >= behindRoot;
    }

    /** Puts the prefix in the place of everything from {@code start} to the cursor. */
    private boolean replace(int start, UrlCursor cursor, LinkEdit edit) {
        edit.from = start;
        edit.to = cursor.index();
        edit.slash = !cursor.isAtSlash();
        return prefixBytes.length > 0 || edit.slash || (edit.to > start && !namesHost(cursor));
    }

    /** Whether the path at the cursor would name a host if nothing stood before it. */
    private static boolean namesHost(UrlCursor cursor) {
        cursor.advance();
        return cursor.isAtSlash();
    }

    /** Whether the path at the cursor is {@code begin} or lies below it; leaves the cursor behind it. */
    private static boolean skipPath(byte[] begin, UrlCursor cursor) {
        for (byte b : begin) {
            if (cursor.current() != b) {
                return false;
            }
            cursor.advance();
        }
        return cursor.isAtSlash() || cursor.isAtPathEnd();
    }

    private static String checked(String text) {
        if (text.length() > LONGEST || text.endsWith("/") || !text.chars().allMatch(LinkMapping::isPlain)) {
            throw new IllegalArgumentException("not the beginning of a link: " + text);
        }
        return text;
    }

    /** What needs no escaping in an attribute or a script's string. */
    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "/._~-:%+@[]!$*,=".indexOf(c) >= 0;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

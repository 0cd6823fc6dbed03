// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which links of a page are wrong for its reader, and what they should be: the path of a server that stands below a prefix
 * without knowing it, or knowing a wrong one.
 *
 * <p>A link to {@code /jobs/}, to {@code http://upstream:4040/jobs/} or to {@code <root>/jobs/} becomes {@code <prefix>/jobs/}; one
 * that is below the prefix already stays, as do relative ones and those to other hosts. Immutable.
 */
public final class LinkMapping {
    /** What a link begins with is decided by its first bytes; none of the texts below is longer. */
    static final int LONGEST = 1024;

    private final String prefix;
    private final String root;
    private final List<String> hosts;
    private final byte[] prefixBytes;
    private final byte[] prefixAndSlash;
    /** Scheme-less host of the root, in lower case; null where the root is a path. */
    private final @Nullable String rootHost;

    private final byte[] rootPath;

    private LinkMapping(String prefix, String root, List<String> hosts) {
        this.prefix = prefix;
        this.root = root;
        this.hosts = hosts;
        this.prefixBytes = ascii(prefix);
        this.prefixAndSlash = ascii(prefix + "/");
        int host = root.indexOf("://") + 3;
        int path = host < 3 ? 0 : root.indexOf('/', host);
        this.rootHost = host < 3
                ? null
                : root.substring(host, path < 0 ? root.length() : path).toLowerCase(Locale.ROOT);
        this.rootPath = ascii(path < 0 ? "" : root.substring(path));
    }

    /**
     * For a server that stands below a prefix.
     *
     * @param prefix what the server's paths begin with for the reader, {@code /sparkui/app-1} for instance; {@code ""} for nothing
     * @param hosts what the server calls itself in links, each a name or address with the port that is not the scheme's own
     */
    public static LinkMapping below(String prefix, List<String> hosts) {
        return new LinkMapping(
                checked(prefix),
                "",
                hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList());
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
        for (byte[] begin : List.of(prefixBytes, rootPath)) {
            cursor.begin(in, from, to, false);
            if (begin.length > 0 && startsWith(begin, cursor)) {
                return cursor.index() - from;
            }
        }
        return 0;
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
        boolean absolute = skipScheme(cursor);
        if (!absolute) {
            cursor.returnTo(start);
        }
        if (isSlash(cursor.current())) {
            int path = cursor.index();
            cursor.advance();
            if (isSlash(cursor.current())) {
                cursor.advance();
                return mapWithHost(start, cursor, edit);
            }
            cursor.returnTo(path);
            return !absolute && mapPath(start, rootHost == null, cursor, edit);
        }
        return false;
    }

    /** Skips {@code http:} or {@code https:}. */
    private static boolean skipScheme(UrlCursor cursor) {
        if (!skip("http", cursor)) {
            return false;
        }
        if (fold(cursor.current()) == 's') {
            cursor.advance();
        }
        return skip(":", cursor);
    }

    private boolean mapWithHost(int start, UrlCursor cursor, LinkEdit edit) {
        int host = cursor.index();
        if (rootHost != null && skipHost(rootHost, cursor)) {
            return startsWith(rootPath, cursor) && replace(start, cursor, edit);
        }
        for (String own : hosts) {
            cursor.returnTo(host);
            if (skipHost(own, cursor)) {
                return mapPath(start, rootHost == null, cursor, edit);
            }
        }
        return false;
    }

    private static boolean skipHost(String host, UrlCursor cursor) {
        return skip(host, cursor) && (isSlash(cursor.current()) || endsPath(cursor.current()));
    }

    /**
     * At a path's first slash, or at the end of a URL without one.
     *
     * @param start from where on the prefix replaces what is there
     * @param rooted whether a path may begin with the root
     */
    private boolean mapPath(int start, boolean rooted, UrlCursor cursor, LinkEdit edit) {
        int path = cursor.index();
        if (prefixBytes.length > 0 && startsWith(prefixBytes, cursor)) {
            return start != path && replace(start, cursor, edit);
        }
        cursor.returnTo(path);
        if (!(rooted && rootPath.length > 0 && startsWith(rootPath, cursor))) {
            cursor.returnTo(path);
        }
        return replace(start, cursor, edit);
    }

    /** Puts the prefix in the place of everything from {@code start} to the cursor. */
    private boolean replace(int start, UrlCursor cursor, LinkEdit edit) {
        edit.from = start;
        edit.to = cursor.index();
        edit.slash = !isSlash(cursor.current());
        return edit.to > start || edit.slash || prefixBytes.length > 0;
    }

    /** Whether the path at the cursor is {@code begin} or lies below it; leaves the cursor behind it. */
    private static boolean startsWith(byte[] begin, UrlCursor cursor) {
        for (byte b : begin) {
            if (cursor.current() != b) {
                return false;
            }
            cursor.advance();
        }
        return isSlash(cursor.current()) || endsPath(cursor.current());
    }

    /** Skips {@code text}, which is in lower case. */
    private static boolean skip(String text, UrlCursor cursor) {
        for (int i = 0; i < text.length(); i++) {
            if (fold(cursor.current()) != text.charAt(i)) {
                return false;
            }
            cursor.advance();
        }
        return true;
    }

    private static int fold(int c) {
        return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
    }

    /** Browsers take a backslash for a slash in such URLs. */
    private static boolean isSlash(int c) {
        return c == '/' || c == '\\';
    }

    private static boolean endsPath(int c) {
        return c == UrlCursor.END || c == '?' || c == '#';
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

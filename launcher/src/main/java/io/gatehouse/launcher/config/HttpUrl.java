// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The address of an HTTP server that Gatehouse forwards to, taken apart and checked.
 *
 * @param secure whether it is {@code https}
 * @param host a host name or an address literal; an IPv6 literal stands without its brackets
 * @param port 1..65535; 80, or 443 with TLS, when the URL names none
 * @param path the prefix that the server is mounted at: empty, or starting with a slash and without one at its end
 */
public record HttpUrl(boolean secure, String host, int port, String path) {
    private static final String FORM = "write it as http://host:port or https://host:port/path";
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)*");

    /**
     * Reads {@code http[s]://host[:port][/path]}. Parts that would be dropped in silence (user, query, fragment) are refused.
     *
     * @throws InvalidValueException when the text is no such URL
     */
    public static HttpUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // Only the reason is repeated: the text may hold a password.
            throw new InvalidValueException("not a URL (" + e.getReason() + ")", FORM);
        }
        String scheme = uri.getScheme();
        if (scheme == null || uri.getRawAuthority() == null) {
            throw new InvalidValueException("not a complete URL", FORM);
        }
        boolean secure = scheme.toLowerCase(Locale.ROOT).equals("https");
        if (!secure && !scheme.toLowerCase(Locale.ROOT).equals("http")) {
            throw new InvalidValueException("scheme '" + scheme + "' is not supported", FORM);
        }
        if (uri.getRawUserInfo() != null || uri.getRawAuthority().contains("@")) {
            throw new InvalidValueException("the URL holds a user or password", "write it without the part before @");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new InvalidValueException("the URL has a query or a fragment", "end it with the path");
        }
        String host = uri.getHost();
        if (host == null) {
            throw new InvalidValueException(
                    "'" + uri.getRawAuthority() + "' is not a host name with an optional port",
                    "write letters, digits, dots and hyphens, such as http://history-server:18080");
        }
        return new HttpUrl(
                secure, unbracketed(host), checkedPort(uri, secure ? 443 : 80), checkedPath(uri.getRawPath()));
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int checkedPort(URI uri, int defaultPort) {
        int port = uri.getPort() == -1 ? defaultPort : uri.getPort();
        if (port < 1 || port > 65535) {
            throw new InvalidValueException("port " + port + " is outside 1..65535", "write the server's own port");
        }
        return port;
    }

    private static String checkedPath(String rawPath) {
        String path = rawPath.endsWith("/") ? rawPath.substring(0, rawPath.length() - 1) : rawPath;
        if (!PATH.matcher(path).matches() || (path + "/").contains("/./") || (path + "/").contains("/../")) {
            throw new InvalidValueException(
                    "path '" + rawPath + "' has an empty, relative or encoded segment",
                    "use letters, digits, '.', '_', '~' and '-' between single slashes");
        }
        return path;
    }

    /** Host and port, an IPv6 literal with its brackets. */
    String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The URL as {@link #parse} reads it, with its port always written out. */
    @Override
    public String toString() {
        return (secure ? "https://" : "http://") + authority() + path;
    }
}

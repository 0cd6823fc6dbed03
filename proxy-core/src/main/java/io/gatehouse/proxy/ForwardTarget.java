// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where and how requests of one route to one upstream, or any of a group, are forwarded. Made once per application or History Server, so that
 * a request costs no more than a reference to it.
 */
public final class ForwardTarget {
    private static final byte[] NOTHING = new byte[0];

    private final String route;
    private final UpstreamGroup group;
    private final byte[] pathPrefix;
    private final byte[] publicPrefix;
    private final byte[] extraFields;
    private final @Nullable ResponseFilter filter;
    private final @Nullable Fallback fallback;

    private ForwardTarget(
            String route,
            UpstreamGroup group,
            byte[] pathPrefix,
            byte[] publicPrefix,
            byte[] extraFields,
            @Nullable ResponseFilter filter,
            @Nullable Fallback fallback) {
        this.route = route;
        this.group = group;
        this.pathPrefix = pathPrefix;
        this.publicPrefix = publicPrefix;
        this.extraFields = extraFields;
        this.filter = filter;
        this.fallback = fallback;
    }

    /** Requests go to {@code upstream} with the path they came with. */
    public static ForwardTarget to(String route, Upstream upstream) {
        return to(route, UpstreamGroup.of(upstream));
    }

    /** Requests go to any of {@code group} with the path they came with. */
    public static ForwardTarget to(String route, UpstreamGroup group) {
        return new ForwardTarget(route, group, NOTHING, NOTHING, NOTHING, null, null);
    }

    /**
     * Adds a base path of the upstream's own.
     *
     * @param pathPrefix put before the path that is left after stripping; {@code ""} or {@code /path} without a slash at
     *     its end
     */
    public ForwardTarget withPathPrefix(String pathPrefix) {
        return new ForwardTarget(route, group, ascii(checked(pathPrefix)), publicPrefix, extraFields, filter, fallback);
    }

    /**
     * Says below which path the upstream appears to the client.
     *
     * @param publicPrefix what the public URL has before the upstream's own paths: sent as {@code X-Forwarded-Context},
     *     which Spark honours ({@code UIUtils.uiRoot}), and put before the path of a {@code Location}
     */
    public ForwardTarget withPublicPrefix(String publicPrefix) {
        return withPublicPrefix(publicPrefix, true);
    }

    /**
     * The same for an upstream that may know its prefix already.
     *
     * @param announced whether {@code X-Forwarded-Context} is sent; not to a driver that was started with a prefix of its own
     *     ({@code spark.ui.reverseProxy})
     */
    public ForwardTarget withPublicPrefix(String publicPrefix, boolean announced) {
        byte[] fields =
                announced && !publicPrefix.isEmpty() ? ascii("X-Forwarded-Context: " + publicPrefix + "\r\n") : NOTHING;
        return new ForwardTarget(route, group, pathPrefix, ascii(checked(publicPrefix)), fields, filter, fallback);
    }

    /** Lets {@code filter} look at each response; the request then asks for an unencoded body. */
    public ForwardTarget withFilter(ResponseFilter filter) {
        return new ForwardTarget(route, group, pathPrefix, publicPrefix, extraFields, filter, fallback);
    }

    /** Lets {@code fallback} answer, on the event loop, where the upstream gives no response at all, whatever was asked. */
    public ForwardTarget withFallback(Supplier<LocalResponse> fallback) {
        return withFallback((_, _) -> fallback.get());
    }

    /** Lets {@code fallback} answer where the upstream gives no response at all. */
    public ForwardTarget withFallback(Fallback fallback) {
        return new ForwardTarget(route, group, pathPrefix, publicPrefix, extraFields, filter, fallback);
    }

    public String route() {
        return route;
    }

    /** Who may get the requests. */
    public UpstreamGroup group() {
        return group;
    }

    /** The upstream whose authority stands for all of the group: in a Host that the client did not send, in a Location. */
    public Upstream upstream() {
        return group.first();
    }

    /** Not to be changed. */
    public byte[] pathPrefix() {
        return pathPrefix;
    }

    /** Not to be changed. */
    public byte[] publicPrefix() {
        return publicPrefix;
    }

    /** Complete field lines that every forwarded request gets; not to be changed. */
    public byte[] extraFields() {
        return extraFields;
    }

    public @Nullable ResponseFilter filter() {
        return filter;
    }

    public @Nullable Fallback fallback() {
        return fallback;
    }

    /** A target may be made for each request, of what came with it. */
    private static String checked(String prefix) {
        if (!isPrefix(prefix)) {
            throw new IllegalArgumentException("not a path prefix: " + prefix);
        }
        return prefix;
    }

    /** Whether the text is {@code ""}, or segments of unreserved characters with a slash before each and none at the end. */
    public static boolean isPrefix(String prefix) {
        for (int i = 0; i < prefix.length(); i++) {
            char c = prefix.charAt(i);
            boolean segment = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "._~-".indexOf(c) >= 0;
            boolean separator = c == '/' && i + 1 < prefix.length() && prefix.charAt(i + 1) != '/';
            if (i == 0 ? !separator : !segment && !separator) {
                return false;
            }
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

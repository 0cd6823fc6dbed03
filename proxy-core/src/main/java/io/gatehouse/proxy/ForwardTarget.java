// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where and how requests of one route to one upstream, or any of a group, are forwarded. Made once per application or History Server, so that
 * a request costs no more than a reference to it. Immutable: each {@code with…} makes another one.
 */
public final class ForwardTarget {
    private static final byte[] NOTHING = new byte[0];

    private final String route;
    private final UpstreamGroup group;
    // Set on a copy before anybody else has it, and never again.
    private byte[] pathPrefix;
    private byte[] publicPrefix;
    private byte[] extraFields;
    private byte[] ownRoot;
    private byte[] policyLine;
    private byte[] responseLine;
    private @Nullable ResponseFilter filter;
    private @Nullable Fallback fallback;
    private boolean fallingBackOnGatewayErrors;
    private @Nullable UpstreamOwner owner;
    private @Nullable OwnAuthorization authorization;
    private long patienceNanos;
    private boolean plainBody;

    private ForwardTarget(String route, UpstreamGroup group) {
        this.route = route;
        this.group = group;
        this.pathPrefix = NOTHING;
        this.publicPrefix = NOTHING;
        this.extraFields = NOTHING;
        this.ownRoot = NOTHING;
        this.policyLine = NOTHING;
        this.responseLine = NOTHING;
    }

    private ForwardTarget(ForwardTarget other) {
        this.route = other.route;
        this.group = other.group;
        this.pathPrefix = other.pathPrefix;
        this.publicPrefix = other.publicPrefix;
        this.extraFields = other.extraFields;
        this.ownRoot = other.ownRoot;
        this.policyLine = other.policyLine;
        this.responseLine = other.responseLine;
        this.filter = other.filter;
        this.fallback = other.fallback;
        this.fallingBackOnGatewayErrors = other.fallingBackOnGatewayErrors;
        this.owner = other.owner;
        this.authorization = other.authorization;
        this.patienceNanos = other.patienceNanos;
        this.plainBody = other.plainBody;
    }

    /** Requests go to {@code upstream} with the path they came with. */
    public static ForwardTarget to(String route, Upstream upstream) {
        return to(route, UpstreamGroup.of(upstream));
    }

    /** Requests go to any of {@code group} with the path they came with. */
    public static ForwardTarget to(String route, UpstreamGroup group) {
        return new ForwardTarget(route, group);
    }

    /**
     * Adds a base path of the upstream's own.
     *
     * @param pathPrefix put before the path that is left after stripping; {@code ""} or {@code /path} without a slash at
     *     its end
     */
    public ForwardTarget withPathPrefix(String pathPrefix) {
        ForwardTarget target = new ForwardTarget(this);
        target.pathPrefix = ascii(checked(pathPrefix));
        return target;
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
        ForwardTarget target = new ForwardTarget(this);
        target.publicPrefix = ascii(checked(publicPrefix));
        target.extraFields =
                announced && !publicPrefix.isEmpty() ? ascii("X-Forwarded-Context: " + publicPrefix + "\r\n") : NOTHING;
        return target;
    }

    /**
     * Says what the upstream puts before its links in spite of {@link #withPublicPrefix}: a {@code Location} that begins so gets the
     * public prefix instead.
     *
     * @param root a path, or a URL that ends in one ({@code spark.ui.proxyBase}, {@code spark.ui.proxyRedirectUri}, {@code
     *     spark.ui.reverseProxyUrl}), without a slash at its end; {@code ""} for nothing
     */
    public ForwardTarget withOwnRoot(String root) {
        ForwardTarget target = new ForwardTarget(this);
        target.ownRoot = ascii(root);
        return target;
    }

    /** Says what browsers may do with responses, whatever the upstream says: a {@code Content-Security-Policy}. */
    public ForwardTarget withContentSecurityPolicy(String policy) {
        ForwardTarget target = new ForwardTarget(this);
        target.policyLine = line(new LocalResponse.Field("Content-Security-Policy", policy));
        return target;
    }

    /** Says something of our own in responses, beside whatever the upstream says. */
    public ForwardTarget withResponseField(LocalResponse.Field field) {
        ForwardTarget target = new ForwardTarget(this);
        target.responseLine = line(field);
        return target;
    }

    /** Lets {@code filter} look at each response; the request then asks for an unencoded body. */
    public ForwardTarget withFilter(ResponseFilter newFilter) {
        ForwardTarget target = new ForwardTarget(this);
        target.filter = newFilter;
        return target;
    }

    /** Lets {@code newFallback} answer, on the event loop, where the upstream gives no response at all, whatever was asked. */
    public ForwardTarget withFallback(Supplier<LocalResponse> newFallback) {
        return withFallback((_, _) -> newFallback.get());
    }

    /** Lets {@code newFallback} answer where the upstream gives no response at all. */
    public ForwardTarget withFallback(Fallback newFallback) {
        ForwardTarget target = new ForwardTarget(this);
        target.fallback = newFallback;
        return target;
    }

    /**
     * Lets the fallback answer in place of 502, 503 and 504 too: what stands before a server that is down, an ingress or a
     * service mesh, says so by these.
     */
    public ForwardTarget withFallbackOnGatewayErrors() {
        ForwardTarget target = new ForwardTarget(this);
        target.fallingBackOnGatewayErrors = true;
        return target;
    }

    /** Says whose cookies and credentials the upstream's are; without it, they are nobody's. */
    public ForwardTarget ownedBy(UpstreamOwner newOwner) {
        ForwardTarget target = new ForwardTarget(this);
        target.owner = newOwner;
        return target;
    }

    /** Shows the upstream credentials of ours, in place of whatever {@code Authorization} a client sends; null for none. */
    public ForwardTarget withAuthorization(@Nullable OwnAuthorization newAuthorization) {
        ForwardTarget target = new ForwardTarget(this);
        target.authorization = newAuthorization;
        return target;
    }

    /**
     * Waits for the head of a response for no longer than that, from the end of the request, where the time that is set for all
     * upstreams is longer.
     */
    public ForwardTarget withPatience(Duration patience) {
        ForwardTarget target = new ForwardTarget(this);
        target.patienceNanos = patience.toNanos();
        return target;
    }

    /** Asks for an unencoded body, as {@link #withFilter} does. */
    public ForwardTarget withPlainBody() {
        ForwardTarget target = new ForwardTarget(this);
        target.plainBody = true;
        return target;
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

    /** Not to be changed. */
    public byte[] ownRoot() {
        return ownRoot;
    }

    /** The complete line of the policy that takes the place of the upstream's; empty for none, and not to be changed. */
    public byte[] policyLine() {
        return policyLine;
    }

    /** A complete line of ours for responses; empty for none, and not to be changed. */
    public byte[] responseLine() {
        return responseLine;
    }

    public @Nullable ResponseFilter filter() {
        return filter;
    }

    /** Whose cookies and credentials it may have; null where that is not known. */
    public @Nullable UpstreamOwner owner() {
        return owner;
    }

    /** What it is shown by us; null where clients speak for themselves. */
    public @Nullable OwnAuthorization authorization() {
        return authorization;
    }

    /** How long the head of a response is waited for at most; 0 for as long as for any upstream's. */
    public long patienceNanos() {
        return patienceNanos;
    }

    /** Whether somebody here reads the body of a response, so that it must not come encoded. */
    public boolean readsBody() {
        return plainBody || filter != null;
    }

    public @Nullable Fallback fallback() {
        return fallback;
    }

    /** Whether {@link #fallback} answers in place of a response with that status. */
    public boolean fallsBackOn(int status) {
        return fallingBackOnGatewayErrors && fallback != null && status >= 502 && status <= 504;
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

    private static byte[] line(LocalResponse.Field field) {
        return ascii(field.name() + ": " + field.value() + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

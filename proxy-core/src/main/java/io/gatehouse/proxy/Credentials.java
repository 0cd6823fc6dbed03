// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of a viewer's credentials reach which upstream.
 *
 * @param cookies what becomes of cookies
 * @param platformCookies names of cookies that no upstream gets or sets, {@code *} at the end for any ending; for
 *     {@link Cookies#SHARED}, as no other lets foreign cookies through
 * @param authorization who gets {@code Authorization}
 * @param sharedPath the path of shared cookies without its last slash
 */
public record Credentials(Cookies cookies, List<String> platformCookies, Audience authorization, String sharedPath) {
    /** Everything passes, everywhere. */
    public static final Credentials OPEN = new Credentials(Cookies.UNCHANGED, List.of(), Audience.EVERYBODY, "");

    /** What becomes of cookies on their way. */
    public enum Cookies {
        /** They pass as they come. */
        UNCHANGED,
        /** Each goes to the owner that set it, and to nobody else. */
        SCOPED,
        /** All owners share them, but for the platform's. */
        SHARED
    }

    /** Who gets something. */
    public enum Audience {
        NOBODY,
        /** Upstreams that are the platform's. */
        PLATFORM,
        EVERYBODY
    }

    public Credentials {
        platformCookies = List.copyOf(platformCookies);
        if (!ForwardTarget.isPrefix(sharedPath)) {
            throw new IllegalArgumentException("not a path: " + sharedPath);
        }
    }

    /** Whether {@code Authorization} goes to an upstream; one without an owner counts as an application's. */
    public boolean authorizes(@Nullable UpstreamOwner owner) {
        return authorization == Audience.EVERYBODY
                || (authorization == Audience.PLATFORM && owner != null && owner.isPlatform());
    }

    /** Whether a cookie of that name is none of the upstreams' where they share theirs. */
    public boolean isPlatformCookie(byte[] bytes, int start, int end) {
        String name = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        // What one owner had for itself while cookies were scoped is nobody else's now.
        return name.startsWith(UpstreamOwner.MARK)
                || name.startsWith(UpstreamOwner.HOST_MARK + UpstreamOwner.MARK)
                || platformCookies.stream().anyMatch(pattern -> matches(pattern, name));
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}

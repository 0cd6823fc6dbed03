// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hosts of their own for applications: {@code <label>.<domain>} shows the UI of one application, and nothing else. Browsers keep
 * what different hosts sent apart, so that one user's driver cannot act in a page of another's, or of the platform.
 *
 * <p>The label is the id where that can be one (RFC 1123: lower-case letters, digits and hyphens, 63 at most). Any other id has
 * what is left of it, and a hash: {@code application-1700000000000-0001-x0123456789abcdef}. Nobody finds
 * two ids of one label: those take 64 bits of SHA-256 to agree.
 *
 * @param domain in lower case
 * @param mainHost of everything else, in lower case; neither below {@code domain} nor the same: applications can set cookies for it
 */
public record ApplicationHosts(String domain, String mainHost) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    /** Labels that say how they are to be read (RFC 5891 section 4.2.3.1), and those with a hash of ours. */
    private static final Pattern RESERVED = Pattern.compile("..--.*|.*-x[0-9a-f]{16}");

    private static final Pattern OTHER_CHARACTERS = Pattern.compile("[^a-z0-9]+");
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");
    private static final int READABLE = 44;
    private static final int HASH_BYTES = 8;

    public ApplicationHosts {
        if (!isHostName(domain) || !isHostName(mainHost) || isWithin(mainHost, domain)) {
            throw new IllegalArgumentException("not a domain beside a host: " + domain + ", " + mainHost);
        }
    }

    /** Whether the text is a name of labels in lower case, short enough for one more before it. */
    public static boolean isHostName(String name) {
        int longest = 253 - 64;
        if (name.length() > longest) {
            return false;
        }
        for (String label : name.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                return false;
            }
        }
        return true;
    }

    /** Whether cookies that are set for {@code domain} count for the host. */
    public static boolean isWithin(String host, String domain) {
        return host.equals(domain) || host.endsWith("." + domain);
    }

    /** Whether an id is its own label. */
    static boolean isLabel(String id) {
        return LABEL.matcher(id).matches() && !RESERVED.matcher(id).matches();
    }

    /** The label of an application; {@code id} is valid by {@link AppIds}. */
    static String label(String id) {
        if (isLabel(id)) {
            return id;
        }
        String readable = OTHER_CHARACTERS.matcher(id.toLowerCase(Locale.ROOT)).replaceAll("-");
        String cut = readable.substring(0, Math.min(readable.length(), READABLE));
        return (cut.endsWith("-") ? cut.substring(0, cut.length() - 1) : cut) + "-x" + hash(id);
    }

    private static String hash(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The host of an application, without a port. */
    String hostOf(String id) {
        return label(id) + "." + domain;
    }

    /**
     * What stands before the domain in a Host; null where it is not below the domain, and so the main host's or nobody's.
     *
     * @param host as a client sent it, with a port or without, in any case; null where it sent none
     */
    @Nullable
    String labelIn(@Nullable String host) {
        if (host == null) {
            return null;
        }
        String name = host.substring(0, host.length() - port(host).length()).toLowerCase(Locale.ROOT);
        // A name with a dot at its end is the same name, and another origin.
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return plain.endsWith("." + domain) ? plain.substring(0, plain.length() - domain.length() - 1) : null;
    }

    /** The port of a Host with the colon before it; empty where there is none. */
    static String port(String host) {
        Matcher port = PORT.matcher(host);
        return port.find() ? port.group() : "";
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * API keys, each a line {@code name:sha256hex[:group,group]}; {@link NewApiKey} makes them. A fast hash will do, since a key is 256 random
 * bits that nobody guesses. Several keys may have the same name, so that one can be replaced while the other still works. Immutable.
 */
final class ApiKeys {
    static final ApiKeys NONE = new ApiKeys(Map.of());
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");

    /** What is looked up is a hash, which no caller can bring closer to another byte by byte; {@link Digest} compares in constant time. */
    private final Map<Digest, Principal> owners;

    private ApiKeys(Map<Digest, Principal> owners) {
        this.owners = owners;
    }

    /**
     * Reads the whole.
     *
     * @throws IdentityFileException at the first line that is wrong
     */
    static ApiKeys parse(String content) throws IdentityFileException {
        Map<Digest, Principal> owners = new HashMap<>();
        for (FileLine line : FileLine.of(content)) {
            List<String> parts = line.parts("name:sha256[:group,group]");
            if (!SHA_256.matcher(parts.get(1)).matches()) {
                throw IdentityFileException.at(line.number(), "not a SHA-256 of 64 hexadecimal digits");
            }
            Digest digest = new Digest(HexFormat.of().parseHex(parts.get(1)));
            if (owners.put(digest, new Principal(line.name(parts.getFirst()), line.groups(parts))) != null) {
                throw IdentityFileException.at(line.number(), "this key has a line already");
            }
        }
        return new ApiKeys(owners);
    }

    /** Whose key that is. */
    Optional<Principal> owner(String key) {
        return owners.isEmpty() ? Optional.empty() : Optional.ofNullable(owners.get(digest(key)));
    }

    static Digest digest(String key) {
        try {
            return new Digest(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}

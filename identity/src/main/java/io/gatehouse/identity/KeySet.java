// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signing keys of an identity provider at one time: a JSON Web Key Set (RFC 7517) without what is not for signatures. */
record KeySet(List<VerificationKey> keys) {
    private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);
    /** Providers have two or three. */
    private static final int MOST_KEYS = 100;

    KeySet {
        keys = List.copyOf(keys);
    }

    /**
     * Reads a set. A key of an unknown kind, for encryption, or broken is passed over, as RFC 7517 §5 asks.
     *
     * @throws IOException if it is no set, or has not one key for signatures: such an answer replaces no good one
     */
    static KeySet parse(JsonNode set) throws IOException {
        List<VerificationKey> keys = new ArrayList<>();
        for (JsonNode jwk : set.path("keys")) {
            try {
                JsonWebKey.read(jwk).ifPresent(keys::add);
            } catch (IllegalArgumentException broken) {
                LOG.atDebug().setCause(broken).log("a key of the identity provider cannot be used");
            }
            if (keys.size() > MOST_KEYS) {
                throw new IOException("more than " + MOST_KEYS + " keys");
            }
        }
        if (keys.isEmpty()) {
            throw new IOException("no usable key for signatures in the key set");
        }
        return new KeySet(keys);
    }

    /**
     * The key of a token's header. The id is compared and nothing else: no path, no address, no query.
     *
     * @param id null where the header has none; that is good only where there is no choice
     */
    @Nullable
    VerificationKey find(@Nullable String id, String algorithm) {
        if (id == null) {
            return keys.size() == 1 ? keys.getFirst() : null;
        }
        VerificationKey found = null;
        for (VerificationKey key : keys) {
            // Keys of different types may share an id (RFC 7517 §4.5).
            if (id.equals(key.id()) && (found == null || key.algorithms().contains(algorithm))) {
                found = key;
            }
        }
        return found;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.auth0.jwt.interfaces.Claim;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.proxy.Principal;
import io.gatehouse.proxy.login.UserNames;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which claims of a token say who that is.
 *
 * @param user a claim that holds a string: {@code preferred_username}, {@code email}, {@code sub}, …
 * @param groups a claim that holds a list of strings or one string; or a path to it with dots, {@code realm_access.roles}
 */
record TokenClaims(String user, String groups) {
    /**
     * Whose token it is, if it can be believed.
     *
     * @throws TokenRefusedException if it names nobody
     */
    Principal principal(DecodedJWT jwt) throws TokenRefusedException {
        JsonNode name = json(jwt, user);
        if (name == null || !name.isTextual() || !UserNames.isValid(name.textValue())) {
            throw new TokenRefusedException("claim " + user + " is no user's name");
        }
        // Whoever may write any address into his own profile would else be whom he likes.
        JsonNode verified = json(jwt, "email_verified");
        if (user.equals("email") && verified != null && !verified.asBoolean()) {
            throw new TokenRefusedException("the e-mail address is not verified");
        }
        return new Principal(name.textValue(), groups(jwt));
    }

    private Set<String> groups(DecodedJWT jwt) {
        JsonNode node = json(jwt, groups);
        if (node == null) {
            String[] path = groups.split("\\.");
            node = json(jwt, path[0]);
            for (int i = 1; i < path.length && node != null; i++) {
                node = node.get(path[i]);
            }
        }
        Set<String> found = new LinkedHashSet<>();
        if (node != null && node.isTextual()) {
            found.add(node.textValue());
        } else if (node != null && node.isArray()) {
            node.forEach(group -> {
                if (group.isTextual()) {
                    found.add(group.textValue());
                }
            });
        }
        return found;
    }

    private static @Nullable JsonNode json(DecodedJWT jwt, String name) {
        Claim claim = jwt.getClaim(name);
        return claim.isMissing() || claim.isNull() ? null : claim.as(JsonNode.class);
    }
}

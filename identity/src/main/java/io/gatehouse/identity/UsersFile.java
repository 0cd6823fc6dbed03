// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.gatehouse.proxy.Principal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Users, each a line {@code user:bcrypt[:group,group]} as {@code htpasswd -B} writes it; empty lines and those that begin with # are
 * passed over. Immutable: a changed file is another one of these.
 */
final class UsersFile {
    /** More than 15 would take seconds for each login. */
    private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$(0[4-9]|1[0-5])\\$[./A-Za-z0-9]{53}");
    /** Takes $2a$, $2b$ and $2y$ for the same, which they are but for bugs of old; cuts off at 72 bytes, as htpasswd does. */
    private static final BCrypt.Verifyer BCRYPT =
            BCrypt.verifyer(BCrypt.Version.VERSION_2A, LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A));

    private final Map<String, User> users;
    private final List<User> all;

    private UsersFile(Map<String, User> users) {
        this.users = users;
        all = List.copyOf(users.values());
    }

    /**
     * Reads the whole.
     *
     * @throws IdentityFileException at the first line that is wrong, or if there is no user at all
     */
    static UsersFile parse(String content) throws IdentityFileException {
        Map<String, User> users = new LinkedHashMap<>();
        for (FileLine line : FileLine.of(content)) {
            List<String> parts = line.parts("user:bcrypt[:group,group]");
            Matcher hash = HASH.matcher(parts.get(1));
            if (!hash.matches()) {
                throw IdentityFileException.at(
                        line.number(),
                        "not a bcrypt hash with a cost of 4 to 15; make one with htpasswd -nB, or Gatehouse's own command");
            }
            User user = new User(
                    new Principal(line.name(parts.getFirst()), line.groups(parts)),
                    parts.get(1).getBytes(StandardCharsets.US_ASCII));
            if (users.put(user.principal().name(), user) != null) {
                throw IdentityFileException.at(line.number(), "this user has a line already");
            }
        }
        if (users.isEmpty()) {
            throw new IdentityFileException("there is no user in it");
        }
        return new UsersFile(users);
    }

    boolean knows(String user) {
        return users.containsKey(user);
    }

    /**
     * Who that is, if the password is right. Costs as much for a user that does not exist: the password is then compared with some
     * other's, always the same one's, and the outcome dropped.
     */
    Optional<Principal> verify(String name, byte[] password) {
        User user = users.get(name);
        User compared = user != null ? user : all.get(Math.floorMod(name.hashCode(), all.size()));
        boolean right = BCRYPT.verify(password, compared.hash()).verified;
        return right && user != null ? Optional.of(user.principal()) : Optional.empty();
    }

    Set<String> names() {
        return users.keySet();
    }

    private record User(Principal principal, byte[] hash) {
        @Override
        public String toString() {
            return principal.name();
        }
    }
}

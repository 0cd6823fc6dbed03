// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersFileTest {
    private static final HashPassword HASHING = new HashPassword(new SecureRandom(), 4);

    @Test
    void usersHaveAPasswordAndGroups() throws Exception {
        // Given
        UsersFile users = UsersFile.parse("# people\r\n\r\n"
                + line("alice", "alice-pw", "analysts", "admins")
                + "\r\n"
                + line("corp\\Übel@x", "größe:1")
                + "\n");
        // When / Then
        assertThat(users.verify("alice", bytes("alice-pw")))
                .hasValueSatisfying(alice -> assertThat(alice.groups()).isEqualTo(Set.of("analysts", "admins")));
        assertThat(users.verify("corp\\Übel@x", bytes("größe:1")))
                .hasValueSatisfying(user -> assertThat(user.groups()).isEmpty());
        assertThat(users.verify("alice", bytes("alice-pW"))).isEmpty();
        assertThat(users.verify("alice", bytes("größe:1"))).isEmpty();
        // Whatever password an unknown user's is compared with, it opens nothing.
        assertThat(users.verify("bob", bytes("alice-pw"))).isEmpty();
        assertThat(users.verify("bob", bytes("größe:1"))).isEmpty();
        assertThat(users.names()).containsExactly("alice", "corp\\Übel@x");
    }

    /** The hash is of libxcrypt, which htpasswd uses too. */
    @ParameterizedTest
    @ValueSource(strings = {"2a", "2b", "2y"})
    void allThreeKindsOfBcryptAreTheSame(String kind) throws Exception {
        UsersFile users =
                UsersFile.parse("alice:$%s$05$abcdefghijklmnopqrstuudzcnPe8Qf7LOdoSaE7dv6Iq8KmwHoEW".formatted(kind));
        assertThat(users.verify("alice", bytes("größe:gatehouse"))).isPresent();
        assertThat(users.verify("alice", bytes("größe:gatehous"))).isEmpty();
    }

    @Test
    void aLongPasswordCountsAsFarAsBcryptLooks() throws Exception {
        UsersFile users = UsersFile.parse(line("alice", "x".repeat(72)));
        assertThat(users.verify("alice", bytes("x".repeat(80)))).isPresent();
        assertThat(users.verify("alice", bytes("x".repeat(71)))).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> line("alice", "x".repeat(73)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "alice:secret",
                "alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
                "alice:$apr1$lZL6V/ci$eIMz/iKDkbtys/uU7LEK00",
                "alice:$2y$03$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuabcdefghijkl",
                "alice:$2y$31$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuabcdefghijkl",
                "alice:$2y$10$tooShort",
                ":$2y$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuabcdefghijkl",
                "a:b:c:d"
            })
    void aWrongLineIsNamedAndNotQuoted(String line) {
        assertThatExceptionOfType(IdentityFileException.class)
                .isThrownBy(() -> UsersFile.parse("# one\n" + line("bob", "pw") + "\n" + line))
                .withMessageStartingWith("line 3: ")
                .withMessageNotContainingAny("secret", "{SHA}", "tooShort", "abcdefg");
    }

    @Test
    void aUserTwiceAndNobodyAreErrors() {
        assertThatExceptionOfType(IdentityFileException.class)
                .isThrownBy(() -> UsersFile.parse(line("bob", "a") + "\n" + line("bob", "b")))
                .withMessageStartingWith("line 2: ");
        assertThatExceptionOfType(IdentityFileException.class).isThrownBy(() -> UsersFile.parse("# none yet\n"));
    }

    @Test
    void namesThatCannotStandInALineAreRefusedWhenOneIsMade() {
        for (String name : List.of("", "a:b", "#a", " a", "a\n")) {
            assertThatIllegalArgumentException().isThrownBy(() -> line(name, "pw"));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> line("alice", "pw", "a,b"));
        assertThatIllegalArgumentException().isThrownBy(() -> line("alice", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> new HashPassword(new SecureRandom(), 16));
    }

    /** Who is there cannot be told by the time it takes: over and over in turn, so that other load meets both. */
    @Test
    void anUnknownUserTakesAsLongAsAKnownOne() throws Exception {
        UsersFile users =
                UsersFile.parse(new HashPassword(new SecureRandom(), 8).line("alice", bytes("pw"), List.of()));
        long[] known = new long[21];
        long[] unknown = new long[21];
        for (int i = 0; i < known.length; i++) {
            known[i] = nanos(users, "alice");
            unknown[i] = nanos(users, "mallory");
        }
        Arrays.sort(known);
        Arrays.sort(unknown);
        assertThat((double) unknown[10] / known[10]).isBetween(0.5, 2.0);
    }

    private static long nanos(UsersFile users, String user) {
        long began = System.nanoTime();
        assertThat(users.verify(user, bytes("wrong"))).isEmpty();
        return System.nanoTime() - began;
    }

    private static String line(String user, String password, String... groups) {
        return HASHING.line(user, bytes(password), List.of(groups));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

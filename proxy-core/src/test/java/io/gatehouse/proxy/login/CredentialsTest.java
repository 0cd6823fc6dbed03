// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
    @ParameterizedTest
    @ValueSource(strings = {"Basic", "basic", "BASIC", "Basic  "})
    void basicIsUserAndPassword(String scheme) throws Exception {
        // "al?>" gives a '/' in one alphabet and a '_' in the other.
        assertPassword(Credentials.authorization(scheme + " " + std("alice:p?>:w")), "alice", "p?>:w");
    }

    @Test
    void aPasswordMayHoldColonsAndAUserNameAnyText() throws Exception {
        assertPassword(Credentials.authorization("Basic " + std("corp\\Алиса Ü@x:a:b:c")), "corp\\Алиса Ü@x", "a:b:c");
        assertPassword(Credentials.authorization("Basic " + std("alice:")), "alice", "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "YWxpY2U6cD8+",
                "YWxpY2U6cD8-",
                "YWxpY2U6cHc=",
                "YWxpY2U6cHc",
                "YWxpY2U6cA==",
                "YWxpY2U6cA=",
                "YWxpY2U6cA"
            })
    void eitherAlphabetAndAnyPaddingWillDo(String encoded) {
        assertThat(Credentials.userAndPassword(encoded)).hasValueSatisfying(credential -> {
            assertThat(credential.user()).isEqualTo("alice");
            assertThat(new String(credential.password(), StandardCharsets.UTF_8))
                    .isIn("p?>", "pw", "p");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic ",
                "Basic ?",
                "Basic YWxpY2U=",
                "Digest YWxpY2U6cHc=",
                "Negotiate",
                "Bearer",
                "Bearer ",
                "Bearer a b",
                "Bearer täken",
                "Bearer a\tb"
            })
    void whatIsNeitherBasicNorBearerIsRefused(String header) {
        assertThatExceptionOfType(MalformedCredentialException.class)
                .isThrownBy(() -> Credentials.authorization(header));
    }

    @Test
    void controlCharactersAndBrokenUtf8AreRefused() {
        for (String text : new String[] {"al\nice:pw", "alice:p\rw", "alice:p\0w", "\u0085:pw", ":pw", " :pw"}) {
            assertThat(Credentials.userAndPassword(std(text))).as(text).isEmpty();
        }
        byte[] overlong = {'a', ':', (byte) 0xc0, (byte) 0x80};
        byte[] latin1 = {'a', ':', (byte) 0xe9};
        byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80, ':', 'x'};
        for (byte[] bytes : new byte[][] {overlong, latin1, surrogate}) {
            assertThat(Credentials.userAndPassword(Base64.getEncoder().encodeToString(bytes)))
                    .isEmpty();
        }
    }

    @Test
    void namesPasswordsAndTokensHaveALongest() {
        assertThat(Credentials.userAndPassword(std("Ü".repeat(256) + ":pw"))).isPresent();
        assertThat(Credentials.userAndPassword(std("Ü".repeat(257) + ":pw"))).isEmpty();
        assertThat(Credentials.userAndPassword(std("a:" + "x".repeat(1024)))).isPresent();
        assertThat(Credentials.userAndPassword(std("a:" + "x".repeat(1025)))).isEmpty();
        assertThatExceptionOfType(MalformedCredentialException.class)
                .isThrownBy(() -> Credentials.bearer("x".repeat(16 * 1024 + 1)));
    }

    @ParameterizedTest
    @CsvSource({"alice,alice", "Zm9v,Zm9v", "corp\\alice,corp\\alice", "ünal@example.com,ünal@example.com"})
    void aUserIdIsANameWhereItIsNotUserAndPassword(String userId, String name) throws Exception {
        assertThat(Credentials.userId(userId)).isEqualTo(new Credential.Name(name));
    }

    @Test
    void aUserIdMayBeUserAndPassword() throws Exception {
        assertPassword(Credentials.userId("YWxpY2U6cHc"), "alice", "pw");
        assertThatExceptionOfType(MalformedCredentialException.class).isThrownBy(() -> Credentials.userId("a\nb"));
        assertThatExceptionOfType(MalformedCredentialException.class).isThrownBy(() -> Credentials.userId(""));
    }

    @Test
    void twoFieldsAreUserAndPassword() throws Exception {
        assertPassword(Credentials.password("alice", "p:w"), "alice", "p:w");
        assertThatExceptionOfType(MalformedCredentialException.class)
                .isThrownBy(() -> Credentials.password("alice", "p\nw"));
        assertThatExceptionOfType(MalformedCredentialException.class).isThrownBy(() -> Credentials.password("", "pw"));
    }

    @Test
    void noSecretIsInWhatIsPrintedOrThrown() throws Exception {
        assertThat(Credentials.authorization("Bearer hunter2hunter2").toString())
                .doesNotContain("hunter");
        assertThat(Credentials.authorization("Basic " + std("alice:hunter2")).toString())
                .contains("alice")
                .doesNotContain("hunter");
        assertThatExceptionOfType(MalformedCredentialException.class)
                .isThrownBy(() -> Credentials.authorization("Basic hunter2!"))
                .withMessageNotContaining("hunter");
    }

    private static String std(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertPassword(Credential credential, String user, String password) {
        assertThat(credential).isInstanceOfSatisfying(Credential.Password.class, read -> {
            assertThat(read.user()).isEqualTo(user);
            assertThat(new String(read.password(), StandardCharsets.UTF_8)).isEqualTo(password);
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever is sent: it is read as it was meant, or refused in an orderly way. */
class CredentialsProperties {
    /** Defect 23 of the old program: 199 of 300 were lost on their way through PySpark, which cuts off the padding. */
    @Property(tries = 2000)
    void userAndPasswordSurviveEveryAlphabetAndPadding(
            @ForAll("names") String user,
            @ForAll("passwords") String password,
            @ForAll boolean urlSafe,
            @ForAll @IntRange(max = 2) int cut)
            throws Exception {
        byte[] bytes = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        String encoded = (urlSafe ? Base64.getUrlEncoder() : Base64.getEncoder()).encodeToString(bytes);
        for (int i = 0; i < cut && encoded.endsWith("="); i++) {
            encoded = encoded.substring(0, encoded.length() - 1);
        }
        for (Credential read : new Credential[] {
            Credentials.authorization("Basic " + encoded),
            Credentials.userId(encoded),
            Credentials.userAndPassword(encoded).orElseThrow()
        }) {
            Credential.Password credential = (Credential.Password) read;
            assertThat(credential.user()).isEqualTo(user);
            assertThat(new String(credential.password(), StandardCharsets.UTF_8))
                    .isEqualTo(password);
        }
    }

    @Property(tries = 5000)
    void nothingUnsoundComesOut(@ForAll("headers") String header) {
        try {
            assertSound(Credentials.authorization(header));
        } catch (MalformedCredentialException refused) {
            assertThat(refused).hasMessageEndingWith(".");
        }
        try {
            assertSound(Credentials.userId(header));
        } catch (MalformedCredentialException refused) {
            assertThat(refused).hasMessageEndingWith(".");
        }
    }

    private static void assertSound(Credential credential) {
        switch (credential) {
            case Credential.Bearer bearer -> assertThat(bearer.token()).matches("[!-~]{1,16384}");
            case Credential.Name name ->
                assertThat(UserNames.isValid(name.user())).isTrue();
            case Credential.Password password -> {
                assertThat(UserNames.isValid(password.user())).isTrue();
                assertThat(password.user()).doesNotContain(":");
                assertThat(new String(password.password(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
                        .isEqualTo(password.password());
            }
        }
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings()
                .withChars("abcXYZ09@\\. -_üЖ李")
                .ofMinLength(1)
                .ofMaxLength(40)
                .filter(name -> !name.isBlank());
    }

    @Provide
    Arbitrary<String> passwords() {
        return Arbitraries.strings().withChars("abc:?>~ü李%&=+ ").ofMaxLength(60);
    }

    @Provide
    Arbitrary<String> headers() {
        Arbitrary<String> anything = Arbitraries.strings().ofMaxLength(80);
        Arbitrary<String> encoded =
                Arbitraries.bytes().array(byte[].class).ofMaxSize(60).map(Base64.getEncoder()::encodeToString);
        Arbitrary<String> schemes = Arbitraries.of("Basic ", "Bearer ", "basic  ", "", "Basic", "X ");
        return schemes.flatMap(scheme -> Arbitraries.oneOf(anything, encoded).map(rest -> scheme + rest));
    }
}

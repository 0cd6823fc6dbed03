// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.discovery.UiSafety;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys that are about who is viewing. */
class UiViewersConfigTest {
    @TempDir
    Path directory;

    @Test
    void everythingTogether() {
        UiConfig ui = ConfigFile.in(directory, """
                        ui:
                          trustedProxies: [10.0.0.0/8]
                          viewerHeader: X-Auth-Request-User
                          impersonate: true
                          kill: owners
                          admins: [alice, bob@example.org]
                        """).load().ui();
        assertThat(ui.viewerHeader()).isEqualTo("X-Auth-Request-User");
        assertThat(ui.impersonate()).isTrue();
        assertThat(ui.kill()).isEqualTo(UiSafety.Kill.OWNERS);
        assertThat(ui.admins()).containsExactly("alice", "bob@example.org");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            viewerHeader: X-User                                           | ui.viewerHeader: nobody's word counts
            trustedProxies: [10.0.0.0/8], viewerHeader: 'X User'           | is not a field that a user's name could stand in
            trustedProxies: [10.0.0.0/8], viewerHeader: X-Forwarded-For    | is not a field that a user's name could stand in
            trustedProxies: [10.0.0.0/8], viewerHeader: authorization      | is not a field that a user's name could stand in
            impersonate: true                                              | ui.impersonate: nobody says who is viewing
            kill: owners                                                   | ui.kill: nobody says who is viewing
            kill: some                                                     | 'some' is not one of everybody, owners, nobody
            cookies: unchanged                                             | ui.cookies: with 'unchanged' an application could
            platformCookies: ['a b']                                       | ui.platformCookies: 'a b' is not a name
            platformCookies: ['*']                                         | ui.platformCookies: '*' is not a name
            platformHeaders: [HOST]                                        | ui.platformHeaders: 'HOST' would take away host, without
            platformHeaders: ['Cookie*']                                   | ui.platformHeaders: 'Cookie*' would take away cookie, without
            platformHeaders: ['Content-*']                                 | would take away content-encoding, content-length, content-type, without
            platformHeaders: ['t*']                                        | would take away te, trailer, transfer-encoding, without
            platformHeaders: ['Sec-WebSocket-*']                           | would take away sec-websocket-extensions, sec-websocket-key
            platformHeaders: ['*']                                         | ui.platformHeaders: '*' is not a name
            passAuthorization: all                                         | 'all' is not one of nobody, platform, everybody
            contentSecurityPolicy: "a\\r\\nb: c"                           | ui.contentSecurityPolicy: it holds a control character
            responseHeaders: {Set-Cookie: a=b}                             | ui.responseHeaders: 'Set-Cookie' is not the name
            responseHeaders: {X-A: "a\\r\\nb: c"}                          | ui.responseHeaders: the value of 'X-A' holds
            admins: ['a b']                                                | ui.admins: 'a b' is not a name
            """)
    void whatCannotWorkIsSaidAtTheStart(String keys, String problem) {
        assertThat(ConfigFile.in(directory, "ui: {" + keys + "}\n").problems())
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    /** What begins like a field that is needed is the platform's all the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {"X-Company-User*", "X-*", "Host-User", "Cookie2*", "Authorization", "Accept-Language", "Remote-*"
            })
    void fieldsThatNothingNeedsMayBeTheirs(String name) {
        assertThat(ConfigFile.in(directory, "ui: {platformHeaders: ['" + name + "']}\n")
                        .load()
                        .ui()
                        .platformHeaders())
                .containsExactly(name);
    }
}

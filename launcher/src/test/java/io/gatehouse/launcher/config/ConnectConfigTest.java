// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of {@code connect}, {@code pools} and {@code identity}. */
class ConnectConfigTest {
    private static final String POOL = "pools:\n  - {name: etl, servers: [{url: \"http://a:1\"}]}\n";

    @TempDir
    private Path directory;

    static Stream<Arguments> mistakes() {
        return Stream.of(
                // The door
                Arguments.of(
                        "connect: {address: localhost}\n",
                        ":1:20: connect.address: 'localhost' is not an IP address: write an IP address without a port or brackets, such as 127.0.0.1, 0.0.0.0 or ::"),
                Arguments.of(
                        "connect: {maxConnections: 0}\n",
                        ":1:27: connect.maxConnections: 0 is outside 1..1000000: write a number of that range"),
                Arguments.of(
                        "connect: {port: 4040}\n" + POOL,
                        ":1:17: connect.port: 4040 is also ui.port, on the same address: choose another port"),
                Arguments.of(
                        "connect: {port: 8081}\n" + POOL,
                        ":1:17: connect.port: 8081 is also management.port, on the same address: choose another port"),
                Arguments.of(
                        "connect: {defaultPool: adhoc}\n" + POOL,
                        ":1:24: connect.defaultPool: there is no pool 'adhoc': write the name of one of pools"),
                // Pools
                Arguments.of(
                        "pools: [{servers: [{url: \"http://a:1\"}]}]\n",
                        ":1:9: pools[0].name: the key is missing: add name: etl"),
                Arguments.of(
                        "pools: [{name: Etl_1, servers: [{url: \"http://a:1\"}]}]\n",
                        ":1:16: pools[0].name: 'Etl_1' is no name of a pool: use up to 63 lower-case letters, digits and '-', a letter or digit first and last"),
                Arguments.of(
                        POOL + "  - {name: etl, servers: [{url: \"http://b:1\"}]}\n",
                        ":3:12: pools[1].name: 'etl' stands twice: give every pool a name of its own"),
                Arguments.of(
                        "pools: [{name: etl, servers: []}]\n",
                        ":1:30: pools[0].servers: the pool has no server: name one at least, such as - url: http://spark-connect-1:15002"),
                Arguments.of(
                        "pools: [{name: etl, servers: [{url: \"http://a:1\"}, {url: \"http://a:1\"}]}]\n",
                        ":1:58: pools[0].servers[1].url: http://a:1 stands twice: write every server once"),
                Arguments.of(
                        "pools: [{name: etl, tls: {caFile: /ca}, servers: [{url: \"http://a:1\"}]}]\n",
                        ":1:26: pools[0].tls: TLS is configured, and no server is spoken to with it: write https in the servers' url, or leave tls out"),
                Arguments.of(
                        "pools:\n  - {name: a, servers: [{url: \"http://h:1\"}]}\n"
                                + "  - {name: b, servers: [{url: \"https://h:1\"}]}\n",
                        ":3:25: pools[1].servers[0]: https://h:1 stands in another pool with another scheme, tls or tokenFile: write the same for the same server"),
                Arguments.of(
                        "pools:\n  - {name: a, tls: {caFile: /ca}, servers: [{url: \"https://h:1\"}]}\n"
                                + "  - {name: b, servers: [{url: \"https://h:1\"}]}\n",
                        ":3:25: pools[1].servers[0]: https://h:1 stands in another pool with another scheme, tls or tokenFile: write the same for the same server"),
                Arguments.of(
                        "pools:\n  - {name: a, servers: [{url: \"http://h:1\", tokenFile: /t}]}\n"
                                + "  - {name: b, servers: [{url: \"http://h:1\"}]}\n",
                        ":3:25: pools[1].servers[0]: http://h:1 stands in another pool with another scheme, tls or tokenFile: write the same for the same server"),
                Arguments.of(
                        "pools: [{name: etl, servers: [{url: \"http://a:1/x\"}]}]\n",
                        ":1:37: pools[0].servers[0].url: it has a path, and gRPC has a place for none: write http://host:port or https://host:port"),
                Arguments.of(
                        "pools: [{name: etl, hosts: [\"etl:15002\"], servers: [{url: \"http://a:1\"}]}]\n",
                        ":1:29: pools[0].hosts[0]: 'etl:15002' is no host name: write it without scheme, port and path, such as etl.spark.example.com"),
                Arguments.of(
                        "pools:\n  - {name: a, hosts: [x.example.com], servers: [{url: \"http://a:1\"}]}\n"
                                + "  - {name: b, hosts: [X.example.com], servers: [{url: \"http://b:1\"}]}\n",
                        ":3:23: pools[1].hosts[0]: 'X.example.com' is a host of a already: give every pool hosts of its own"),
                Arguments.of(
                        "pools: [{name: etl, idleTimeout: 0s, servers: [{url: \"http://a:1\"}]}]\n",
                        ":1:34: pools[0].idleTimeout: must be longer than 0: write a duration such as 30s"),
                Arguments.of(
                        "pools: [{name: etl, maxTotalSessions: -1, servers: [{url: \"http://a:1\"}]}]\n",
                        ":1:39: pools[0].maxTotalSessions: -1 is outside 0..1000000: write a number of that range"),
                Arguments.of(
                        "pools: [{name: etl, servers: [{url: \"http://a:1\"}], quotas: [{maxSessionsPerUser: 1}]}]\n",
                        ":1:62: pools[0].quotas[0].users: the quota is nobody's: name users or groups; for everybody, write the pool's own maxSessionsPerUser"),
                // Identity
                Arguments.of(
                        "connect: {address: 0.0.0.0}\n" + POOL,
                        ":1:1: identity: the Connect door is open to other machines, and nobody could log in: configure identity.oidc, identity.usersFile or identity.apiKeysFile"),
                Arguments.of(
                        "connect: {address: 0.0.0.0}\nidentity: {skipValidation: true}\n" + POOL,
                        ":2:28: identity.skipValidation: the Connect door is open to other machines, where anybody could be anybody: leave it out; or write skipValidationForOtherMachines: true if that is what you want"),
                Arguments.of(
                        "identity: {skipValidation: true, usersFile: /u}\n",
                        ":1:28: identity.skipValidation: nobody is asked for a password or a token, so oidc, usersFile and apiKeysFile have no effect: leave it out, or leave them out"),
                Arguments.of(
                        "identity: {skipValidationForOtherMachines: true}\n",
                        ":1:44: identity.skipValidationForOtherMachines: it has no effect, because skipValidation is false: leave it out"),
                Arguments.of(
                        "identity: {oidc: {clientId: g}}\n",
                        ":1:18: identity.oidc.issuer: the key is missing: add issuer: https://keycloak.example.com/realms/spark"),
                Arguments.of(
                        "identity: {oidc: {clientId: g, issuer: \"http://idp.example.com/realms/spark\"}}\n",
                        ":1:40: identity.oidc.issuer: 'http://idp.example.com/realms/spark' is no issuer: write https://host/path as it stands in the tokens; http only for a loopback address"),
                Arguments.of(
                        "identity: {oidc: {clientId: g, issuer: \"https://idp\", clockSkew: 6m}}\n",
                        ":1:66: identity.oidc.clockSkew: 360s is no difference between clocks: write 5m or less"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsReportedWhereItStands(String yaml, String problem) {
        // Given
        ConfigFile file = ConfigFile.in(directory, yaml);
        // When / Then
        assertThat(file.problems()).containsExactly("gatehouse.yaml" + problem);
    }

    @Test
    void aPoolNeedsNoMoreThanItsNameAndAServer() {
        // When
        GatehouseConfig config = ConfigFile.in(directory, POOL).load();
        // Then
        PoolConfig pool = config.pools().getFirst();
        assertThat(pool.maxSessionsPerUser()).isEqualTo(5);
        assertThat(pool.maxTotalSessions()).isEqualTo(200);
        assertThat(pool.idleTimeout()).isEqualTo(Duration.ofHours(12));
        assertThat(pool.endIdleSessions()).isFalse();
        assertThat(config.connect().port()).isEqualTo(15002);
        assertThat(config.connect().address()).isEqualTo("127.0.0.1");
    }

    @Test
    void withoutPoolsThereIsNoDoorThatCouldBeOpenToAnybody() {
        // When / Then
        assertThat(ConfigFile.in(directory, "connect: {address: 0.0.0.0, port: 4040}\n")
                        .problems())
                .isEmpty();
    }

    @Test
    void anIssuerOnThisMachineMayDoWithoutTls() {
        // Given
        String yaml = "identity: {oidc: {clientId: g, issuer: \"http://localhost:8080/realms/spark\"}}\n";
        // When / Then
        assertThat(ConfigFile.in(directory, yaml).load().identity().oidc().userClaim())
                .isEqualTo("preferred_username");
    }
}

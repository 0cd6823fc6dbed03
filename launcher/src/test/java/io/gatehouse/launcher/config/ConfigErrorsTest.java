// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.discovery.UiRouting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigErrorsTest {
    @TempDir
    Path directory;

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("ui:\n  prot: 1\n", "gatehouse.yaml:2:3: ui.prot: unknown key: did you mean port?"),
                Arguments.of(
                        "ui:\n  proxy-base: /x\n",
                        "gatehouse.yaml:2:3: ui.proxy-base: unknown key: did you mean proxyBase?"),
                Arguments.of(
                        "\nport: 1\n",
                        "gatehouse.yaml:2:1: port: unknown key: did you mean connect.port or management.port or ui.port?"),
                Arguments.of(
                        "drain:\n  colour: red\n",
                        "gatehouse.yaml:2:3: drain.colour: unknown key: use one of delay, timeout"),
                Arguments.of(
                        "proxy:\n  port: 1\n",
                        "gatehouse.yaml:1:1: proxy: unknown key: a section of spark-web-proxy; 'gatehouse import-config' makes a file of ours from one of its"),
                Arguments.of(
                        "ui:\n  port: 1\nui:\n  port: 2\n",
                        "gatehouse.yaml:3:1: ui: duplicate key; it also stands in line 1: keep one of them"),
                Arguments.of(
                        "ui:\n  port: 70000\n",
                        "gatehouse.yaml:2:9: ui.port: 70000 is outside 0..65535: write a number of that range"),
                Arguments.of(
                        "ui:\n  port: -1\n",
                        "gatehouse.yaml:2:9: ui.port: -1 is outside 0..65535: write a number of that range"),
                Arguments.of(
                        "ui:\n  port: http\n",
                        "gatehouse.yaml:2:9: ui.port: 'http' is not a whole number: write digits only, such as 100"),
                Arguments.of(
                        "ui:\n  timeouts:\n    head: 10\n",
                        "gatehouse.yaml:3:11: ui.timeouts.head: '10' has no unit: write a duration with its unit, such as 10s or 10ms"),
                Arguments.of(
                        "ui:\n  timeouts: {head: 0s}\n",
                        "gatehouse.yaml:2:20: ui.timeouts.head: must be longer than 0: write a duration such as 30s"),
                Arguments.of(
                        "upstream:\n  ejection: {firstDelay: 2m}\n",
                        "gatehouse.yaml:2:26: upstream.ejection.firstDelay: 120s is longer than maxDelay (60s): lower it or raise maxDelay"),
                Arguments.of(
                        "overload:\n  drainAt: 96\n",
                        "gatehouse.yaml:2:12: overload.drainAt: 96 is more than refuseAt (95): lower it or raise refuseAt"),
                Arguments.of(
                        "discovery:\n  historyServer:\n    url: http://h:1\n    replicas: [\"http://h:1\"]\n",
                        "gatehouse.yaml:4:16: discovery.historyServer.replicas[0]: http://h:1 stands twice: write every server once, and that of url not again"),
                Arguments.of(
                        "discovery:\n  historyServer:\n    url: http://h:1\n    replicas: [\"http://i:1/x\"]\n",
                        "gatehouse.yaml:4:16: discovery.historyServer.replicas[0]: http://i:1/x is mounted at another path than url: mount all History Servers at the same path"),
                Arguments.of(
                        "discovery:\n  historyServers:\n    - {name: eu, url: http://a}\n    - {name: eu, url: http://b}\n",
                        "gatehouse.yaml:4:14: discovery.historyServers[1].name: 'eu' stands twice: give every History Server a name of its own"),
                Arguments.of(
                        "discovery:\n  historyServer: {url: http://a}\n  historyServers:\n    - {name: eu, url: http://b}\n",
                        "gatehouse.yaml:4:5: discovery.historyServers: historyServer is there as well: write all of them into historyServers"),
                Arguments.of(
                        "discovery:\n  historyServers:\n    - {name: proxy, url: http://a}\n    - {name: eu, url: http://b}\n",
                        "gatehouse.yaml:3:14: discovery.historyServers[0].name: 'proxy' cannot stand in the paths of its pages: Spark's scripts take it for one of their own: give it another name"),
                Arguments.of(
                        "discovery:\n  historyServer: {name: a/b, url: http://a}\n",
                        "gatehouse.yaml:2:25: discovery.historyServer.name: 'a/b' is no name of a History Server: use up to 64 letters, digits, '.', '_' and '-', a letter or digit first"),
                Arguments.of(
                        "discovery:\n  historyServer:\n    url: http://a\n    tls: {caFile: /ca.crt}\n",
                        "gatehouse.yaml:4:10: discovery.historyServer.tls: TLS is configured for http://a:80, which is spoken to without: write https in url, or leave tls out"),
                Arguments.of(
                        "discovery:\n  cluster: {namespaces: [etl, Etl_2]}\n",
                        "gatehouse.yaml:2:31: discovery.cluster.namespaces[1]: 'Etl_2' is no name of a namespace: use lower-case letters, digits and '-'"),
                Arguments.of(
                        "discovery:\n  cluster: {namespaces: [etl, etl]}\n",
                        "gatehouse.yaml:2:31: discovery.cluster.namespaces[1]: 'etl' stands twice: write every namespace once"),
                Arguments.of(
                        "discovery:\n  cluster: {apiServer: \"http://api\"}\n",
                        "gatehouse.yaml:2:24: discovery.cluster.apiServer: 'http://api' is no https URL: write https://, a host, and a port if it is not 443"),
                Arguments.of(
                        "discovery:\n  cluster: {context: eu}\n",
                        "gatehouse.yaml:2:22: discovery.cluster.context: a context of which file is not said: name it in kubeconfig, or leave context out"),
                Arguments.of(
                        "discovery:\n  cluster: {clientModeSelector: \"a=b&limit=1\"}\n",
                        "gatehouse.yaml:2:33: discovery.cluster.clientModeSelector: 'a=b&limit=1' is no label selector: write it as kubectl -l takes it, such as component=singleuser-server"),
                Arguments.of(
                        "discovery:\n  clusters:\n    - {name: eu}\n    - {name: eu}\n",
                        "gatehouse.yaml:4:14: discovery.clusters[1].name: 'eu' stands twice: give every cluster a name of its own"),
                Arguments.of(
                        "discovery:\n  cluster: {name: history}\n",
                        "gatehouse.yaml:2:19: discovery.cluster.name: 'history' is what other applications than a cluster's are found by: give the cluster another name"),
                Arguments.of(
                        "discovery:\n  cluster: {}\n  clusters:\n    - {name: eu}\n",
                        "gatehouse.yaml:4:5: discovery.clusters: cluster is there as well: write all of them into clusters"),
                Arguments.of(
                        "discovery:\n  listTimeout: 0s\n",
                        "gatehouse.yaml:2:16: discovery.listTimeout: must be longer than 0: write a duration such as 30s"),
                Arguments.of(
                        "drain:\n  timeout: 25h\n",
                        "gatehouse.yaml:2:12: drain.timeout: 25h is longer than a day: write 24h or less"),
                Arguments.of(
                        "ui:\n  limits:\n    maxHead: 32768\n",
                        "gatehouse.yaml:3:14: ui.limits.maxHead: '32768' has no unit: write a size with its unit, such as 32768B or 8KiB"),
                Arguments.of(
                        "ui:\n  limits:\n    maxHead: 4KiB\n",
                        "gatehouse.yaml:3:5: ui.limits.maxRequestLine: 8KiB is larger than maxHead (4KiB): a request line is part of the"
                                + " head; lower it or raise maxHead"),
                Arguments.of(
                        "ui:\n  address: 127.0.0.1:4040\n",
                        "gatehouse.yaml:2:12: ui.address: '127.0.0.1:4040' is not an IP address: write an IP address"
                                + " without a port or brackets, such as 127.0.0.1, 0.0.0.0 or ::"),
                Arguments.of(
                        "management:\n  address: localhost\n",
                        "gatehouse.yaml:2:12: management.address: 'localhost' is not an IP address: write an IP address"
                                + " without a port or brackets, such as 127.0.0.1, 0.0.0.0 or ::"),
                Arguments.of(
                        "logging:\n  level: inf\n",
                        "gatehouse.yaml:2:10: logging.level: 'inf' is not one of trace, debug, info, warn, error, off: did you mean info?"),
                Arguments.of(
                        "logging:\n  levels:\n    io.netty: loud\n",
                        "gatehouse.yaml:3:15: logging.levels.io.netty: 'loud' is not one of trace, debug, info, warn, error, off: use one of"
                                + " trace, debug, info, warn, error, off"),
                Arguments.of(
                        "accessLog:\n  output: stderr\n",
                        "gatehouse.yaml:2:11: accessLog.output: 'stderr' is neither stdout, off nor the path of a file: write stdout, off,"
                                + " or a path with a slash such as ./access.log"),
                Arguments.of(
                        "discovery:\n  historyServer:\n    clientMode: true\n",
                        "gatehouse.yaml:3:5: discovery.historyServer.url: the key is missing: add url: http://history-server:18080"),
                Arguments.of(
                        "discovery:\n  historyServer:\n    url: ftp://h\n",
                        "gatehouse.yaml:3:10: discovery.historyServer.url: scheme 'ftp' is not supported: write it as"
                                + " http://host:port or https://host:port/path"),
                Arguments.of(
                        "ui:\n  tls: {certFile: a}\n",
                        "gatehouse.yaml:2:8: ui.tls.keyFile: the key is missing: add keyFile: /etc/gatehouse/tls/tls.key"),
                Arguments.of(
                        "ui:\n  tls: {certFile: a, keyFile: b, minVersion: 1.1}\n",
                        "gatehouse.yaml:2:46: ui.tls.minVersion: '1.1' is no version of TLS that is spoken here: write 1.2 or 1.3"),
                Arguments.of(
                        "ui:\n  tls: {certFile: a, keyFile: b, clientAuth: required}\n",
                        "gatehouse.yaml:2:8: ui.tls.clientCaFile: the key is missing, so no client's certificate could be"
                                + " accepted: name the file with the CAs of the clients' certificates"),
                Arguments.of(
                        "ui:\n  tls: {certFile: a, keyFile: b, clientCaFile: c}\n",
                        "gatehouse.yaml:2:48: ui.tls.clientCaFile: it has no effect, because clientAuth is none: write"
                                + " clientAuth: required or optional, or leave the key out"),
                Arguments.of(
                        "upstream:\n  tls: {certFile: a}\n",
                        "gatehouse.yaml:2:8: upstream.tls.keyFile: the key is missing: a certificate and its private key go"
                                + " together: name both files or none"),
                Arguments.of(
                        "discovery:\n  historyServer:\n    url: http://h\n    clientMode: yes\n",
                        "gatehouse.yaml:4:17: discovery.historyServer.clientMode: 'yes' is neither true nor false: write true or false"),
                Arguments.of(
                        "discovery:\n  historyServer:\n    url: http://h\n    allowedNetworks: [10.1.0.0/8]\n",
                        "gatehouse.yaml:4:23: discovery.historyServer.allowedNetworks[0]: '10.1.0.0/8' has host bits set: write 10.0.0.0/8"),
                Arguments.of(
                        "discovery:\n  applications:\n    - {id: a, url: http://h:1}\n    - {id: a, url: http://h:2}\n",
                        "gatehouse.yaml:4:12: discovery.applications[1].id: 'a' stands twice: give every application an id of its own"),
                Arguments.of(
                        "discovery:\n  applications:\n    - id: a/b\n      url: http://h\n",
                        "gatehouse.yaml:3:11: discovery.applications[0].id: 'a/b' is not an application id: use up to 128 letters, digits,"
                                + " '.', '_' and '-', a letter or digit first"),
                Arguments.of(
                        "discovery:\n  applications: http://h\n",
                        "gatehouse.yaml:2:17: discovery.applications: found the single value 'http://h': write a list"),
                Arguments.of(
                        "ui: 4040\n",
                        "gatehouse.yaml:1:5: ui: found the single value '4040': write a section with keys of its own"),
                Arguments.of("ui:\n  port: [1]\n", "gatehouse.yaml:2:9: ui.port: found a list: write a single value"),
                Arguments.of(
                        "management:\n  tokenFile: ''\n",
                        "gatehouse.yaml:2:14: management.tokenFile: the path is empty: write the path of a file or leave the key out"),
                Arguments.of(
                        "management:\n  port: 4040\n",
                        "gatehouse.yaml:2:9: management.port: 4040 is also ui.port, on the same address: choose another port"),
                Arguments.of(
                        "- a\n",
                        "gatehouse.yaml:1:1: the file does not hold keys and values: start with a section such as ui:"),
                Arguments.of(
                        "threads: 1\n---\nthreads: 2\n",
                        "gatehouse.yaml:3:1: a second document starts here: keep one document per file"),
                Arguments.of(
                        "ui: &a {}\nupstream: *a\n",
                        "gatehouse.yaml:2:11: upstream: a YAML alias (*name) cannot be used here: write the value out"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsReportedWhereItStands(String yaml, String problem) {
        // Given
        ConfigFile file = ConfigFile.in(directory, yaml);
        // When / Then
        assertThat(file.problems()).containsExactly(problem);
    }

    @Test
    void brokenSyntaxIsReportedWhereItBreaks() {
        // Given
        ConfigFile file = ConfigFile.in(directory, "ui:\n\tport: 1\n");
        // When / Then
        assertThat(file.problems()).singleElement().asString().startsWith("gatehouse.yaml:2:1: not YAML (");
    }

    @Test
    void allMistakesAreReportedAtOnceNumberedInReadingOrder() {
        // Given
        ConfigFile file = ConfigFile.in(directory, """
                drain:
                  delay: 5
                ui:
                  port: 99999
                  proxyBase: sparkui
                  limits:
                    maxHeaders: 0
                  color: blue
                """);
        Map<String, String> environment = Map.of("GATEHOUSE_THREADS", "many");
        // When / Then
        assertThat(file.problems(environment))
                .extracting(problem -> problem.replaceAll("(: [^:]+){2}$", ""))
                .containsExactly(
                        "gatehouse.yaml:2:10: drain.delay",
                        "gatehouse.yaml:7:17: ui.limits.maxHeaders",
                        "gatehouse.yaml:8:3: ui.color",
                        "environment variable GATEHOUSE_THREADS: threads");
        assertThatThrownBy(() -> file.load(environment))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("Configuration is invalid:\n  1) ")
                .hasMessageContaining("\n  4) environment variable GATEHOUSE_THREADS");
    }

    @Test
    void oneSectionReportsAllThatItsRulesFind() {
        // Given
        ConfigFile file = ConfigFile.in(directory, "ui:\n  port: 99999\n  proxyBase: sparkui\n  address: a b\n");
        // When / Then
        assertThat(file.problems())
                .extracting(problem -> problem.replaceAll(": .*", ""))
                .containsExactly("gatehouse.yaml:2:9", "gatehouse.yaml:3:14", "gatehouse.yaml:4:12");
    }

    @Test
    void aFileThatIsNotThereIsReported() {
        // Given
        ConfigFile file = new ConfigFile(directory.resolve("none.yaml"));
        // When / Then
        assertThat(file.problems())
                .containsExactly("none.yaml: the file does not exist: pass a YAML file with --config");
    }

    @Test
    void aFileThatIsNotUtf8IsReported() throws IOException {
        // Given
        ConfigFile file = ConfigFile.in(directory, "");
        Files.write(file.path(), new byte[] {(byte) 0xC3, (byte) 0x28});
        // When / Then
        assertThat(file.problems())
                .containsExactly("gatehouse.yaml: the file is not UTF-8: pass a YAML file with --config");
    }

    @Test
    void aPasswordInAUrlIsRefusedAndNotRepeated() {
        // Given
        ConfigFile file = ConfigFile.in(directory, "discovery:\n  historyServer:\n    url: http://me:secret@h\n");
        // When / Then
        assertThat(file.problems())
                .singleElement()
                .asString()
                .contains("holds a user")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @MethodSource("proxyBases")
    void proxyBaseIsOneThatSparksPagesUnderstand(String proxyBase, boolean valid) {
        // Given
        ConfigFile file = ConfigFile.in(directory, "ui:\n  proxyBase: '" + proxyBase + "'\n");
        // When / Then
        assertThat(file.problems().isEmpty()).isEqualTo(valid);
    }

    /** What passes here must not stop the start, and what stops it must be said here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api",
                "/api/v1",
                "/api/v1/applications",
                "/api/v2",
                "/history",
                "/home",
                "/jobs",
                "/logPage",
                "/app",
                "/app/more",
                "/proxy",
                "/sparkui",
                "/static",
                "/static/more",
                "/kill",
                "/a/kill",
                "/jobs/more",
                "/.",
                "/a/..",
                "/..a"
            })
    void proxyBaseIsValidHereIfRoutingTakesIt(String proxyBase) {
        // Given
        ConfigFile file = ConfigFile.in(directory, "ui:\n  proxyBase: '" + proxyBase + "'\n");
        // When / Then
        if (file.problems().isEmpty()) {
            assertThat(new UiRouting(proxyBase, null).proxyBase()).isEqualTo(proxyBase);
        } else {
            assertThat(file.problems()).singleElement().asString().contains("ui.proxyBase: ");
            assertThatThrownBy(() -> new UiRouting(proxyBase, null)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    static Stream<Arguments> proxyBases() {
        return Stream.of(
                Arguments.of("/sparkui", true),
                Arguments.of("/a/b-c/d_e.f", true),
                Arguments.of("/proxy", true),
                Arguments.of("/proxying", true),
                Arguments.of("/proxy/a", false),
                Arguments.of("/a/proxy", false),
                Arguments.of("/history", false),
                Arguments.of("/history-servers/eu", false),
                Arguments.of("/api/v2", false),
                Arguments.of("/app/spark", false),
                Arguments.of("/static/spark", false),
                Arguments.of("/jobs", false),
                Arguments.of("/a/history/b", false),
                Arguments.of("/", false),
                Arguments.of("", false),
                Arguments.of("sparkui", false),
                Arguments.of("/sparkui/", false),
                Arguments.of("/a//b", false),
                Arguments.of("/a/../b", false),
                Arguments.of("/a b", false),
                Arguments.of("/a%2Fb", false));
    }
}

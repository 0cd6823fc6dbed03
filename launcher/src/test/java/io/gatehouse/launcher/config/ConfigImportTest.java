// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.discovery.UiSafety;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From spark-web-proxy's configuration to ours. */
class ConfigImportTest {
    /** Every key that it knows, each with another value than its default. */
    private static final String WHOLE = """
            proxy:
              listenAddress: 0.0.0.0
              port: 4041
              mode: debug
            spark:
              history:
                scheme: https
                service: shs.spark.svc
                port: 18480
              ui:
                proxyBase: /proxy
              jobNamespaces:
                - etl
                - notebooks
            logging:
              level: warn
              format: json
            security:
              cors:
                allowedOrigins: ["https://portal.example.com"]
                allowedMethods: [GET, POST, OPTIONS]
                allowedHeaders: [Authorization]
                exposedHeaders: [X-Total]
                allowCredentials: true
                maxAge: 600
              headers:
                X-Frame-Options: DENY
                x-content-type-options: nosniff
                Content-Security-Policy: default-src 'self'
            """;

    @TempDir
    private Path directory;

    private String yaml(String theirs) {
        try {
            Path file = Files.writeString(directory.resolve("config.yaml"), theirs);
            return ConfigImport.convert(ConfigImport.Product.SPARK_WEB_PROXY, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was written, loaded as {@code serve} loads it. */
    private GatehouseConfig load(String theirs) {
        return ConfigFile.in(directory, yaml(theirs)).load();
    }

    private List<String> problems(String theirs) {
        ConfigException invalid = catchThrowableOfType(ConfigException.class, () -> yaml(theirs));
        return invalid.problems().stream()
                .map(problem -> problem.replace(directory + "/", ""))
                .toList();
    }

    @Test
    void everyKeyFindsItsPlace() {
        GatehouseConfig config = load(WHOLE);
        assertThat(config.ui().address()).isEqualTo("0.0.0.0");
        assertThat(config.ui().port()).isEqualTo(4041);
        assertThat(config.ui().proxyBase()).isEqualTo("/proxy");
        assertThat(config.ui().responseHeaders()).isEqualTo(Map.of("X-Frame-Options", "DENY"));
        assertThat(config.ui().contentSecurityPolicy()).isEqualTo("default-src 'self'");
        assertThat(config.ui().cors())
                .isEqualTo(new CorsConfig(
                        List.of("https://portal.example.com"),
                        List.of("POST"),
                        List.of("Authorization"),
                        List.of("X-Total"),
                        true,
                        Duration.ofMinutes(10)));
        assertThat(config.discovery().historyServer().url()).hasToString("https://shs.spark.svc:18480");
        assertThat(config.logging().level()).isEqualTo(LogLevel.WARN);
        assertThat(config.logging().format()).isEqualTo(LogFormat.JSON);
    }

    @Test
    void everyKeyIsNamedWhereItWentOrWhyItDidNot() {
        // When
        String yaml = yaml(WHOLE);
        // Then
        assertThat(yaml)
                .contains("  # proxy.port\n  port: 4041\n")
                .contains("# - proxy.mode (debug): ", "allowedNetworks")
                .contains(
                        "    # spark.jobNamespaces: an empty list stands",
                        "    namespaces:\n      - etl\n      - notebooks\n")
                .contains(
                        "environment variables: ",
                        "SPARK.HISTORY.SERVICE",
                        "GATEHOUSE_UI_PORT",
                        "from-spark-web-proxy.md");
        for (String key : List.of(
                "proxy.listenAddress",
                "spark.history.service",
                "spark.history.scheme",
                "spark.history.port",
                "spark.ui.proxyBase",
                "logging.level",
                "logging.format",
                "security.cors.allowedOrigins",
                "security.cors.allowedMethods",
                "security.cors.allowedHeaders",
                "security.cors.exposedHeaders",
                "security.cors.allowCredentials",
                "security.cors.maxAge",
                "security.headers",
                "security.headers.x-content-type-options",
                "security.headers.Content-Security-Policy")) {
            assertThat(yaml).contains(key);
        }
        assertThat(yaml.lines()).allMatch(line -> line.length() <= 110);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "proxy:\n", "spark: {history: }", "# nothing\n"})
    void whatWasLeftOutHasTheProgramsDefaults(String theirs) {
        GatehouseConfig config = load(theirs);
        assertThat(config.ui().address()).isEqualTo("127.0.0.1");
        assertThat(config.ui().port()).isEqualTo(8090);
        assertThat(config.ui().proxyBase()).isEqualTo("/sparkui");
        assertThat(config.ui().cors()).isNull();
        assertThat(config.discovery().historyServer().url()).hasToString("http://localhost:18080");
        assertThat(config.logging().format()).isEqualTo(LogFormat.TEXT);
        assertThat(config.discovery().cluster().namespaces()).containsExactly("default");
        assertThat(yaml(theirs)).contains("security.cors: it allows every origin");
    }

    /** The values of the README's second step, and those that the chart itself has. */
    @Test
    void valuesOfTheChartHaveTheChartsDefaults() {
        // Given
        String values = """
                image:
                  tag: "0.2.1"
                replicaCount: 2
                configuration:
                  spark:
                    history:
                      scheme: http
                      service: spark-history-server
                      port: 18080
                    jobNamespaces:
                      - spark
                """;
        // When
        GatehouseConfig config = load(values);
        // Then
        assertThat(config.ui().address()).isEqualTo("0.0.0.0");
        assertThat(config.ui().port()).isEqualTo(4040);
        assertThat(config.discovery().historyServer().url()).hasToString("http://spark-history-server:18080");
        assertThat(config.logging().level()).isEqualTo(LogLevel.INFO);
        assertThat(config.discovery().cluster().namespaces()).containsExactly("spark");
        assertThat(yaml(values)).contains("- image, replicaCount: ");
        assertThat(problems("configuration: {proxy: {port: 4040}}"))
                .singleElement()
                .asString()
                .contains("configuration.spark.history.service: the key is missing");
    }

    @Test
    void theConfigMapThatTheChartMakesIsReadToo() {
        // Given
        String indented = WHOLE.indent(4);
        String map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: p\ndata:\n  config.yaml: |\n" + indented;
        // When, Then
        assertThat(load(map)).isEqualTo(load(WHOLE));
        assertThat(problems("kind: ConfigMap\ndata:\n  config.yaml: |\n    proxy: {prot: 1}\n"))
                .containsExactly("config.yaml (data.config.yaml):1:9: proxy.prot: unknown key: did you mean port?");
        assertThat(problems("kind: ConfigMap\ndata: {a.yaml: x, b.yaml: y}\n"))
                .singleElement()
                .asString()
                .contains("does not hold exactly one YAML file");
    }

    /** As viper reads them: in any case, with dots, numbers as text, lists with commas. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy: {listenaddress: '', PORT: '4044'}\nspark: {jobNamespaces: 'a,b'}\n",
                "proxy.listenAddress: ''\nProxy.Port: 4044\nspark: {jobnamespaces: [a, b]}\n"
            })
    void whatTheProgramUnderstandsIsUnderstood(String theirs) {
        GatehouseConfig config = load(theirs);
        assertThat(config.ui().address()).isEqualTo("::");
        assertThat(config.ui().port()).isEqualTo(4044);
        assertThat(load(theirs).discovery().cluster().namespaces()).containsExactly("a", "b");
    }

    @Test
    void theManagementPortGetsOutOfTheWay() {
        GatehouseConfig config = load("proxy: {listenAddress: 0.0.0.0, port: 8081}");
        assertThat(config.ui().port()).isEqualTo(8081);
        assertThat(config.management().port()).isEqualTo(8082);
    }

    @Test
    void allNamespacesAreSaidToBeAll() {
        assertThat(load("spark: {jobNamespaces: []}").discovery().cluster().namespaces())
                .as("all")
                .isEmpty();
        assertThat(yaml("spark: {jobNamespaces: []}")).contains("namespaces: []");
    }

    @ParameterizedTest
    @CsvSource({
        "debug, DEBUG",
        "INFO, INFO",
        "warn, WARN",
        "error, ERROR",
        "dpanic, ERROR",
        "panic, ERROR",
        "fatal, ERROR"
    })
    void levelsOfItsLogAreOurs(String theirs, LogLevel ours) {
        assertThat(load("logging: {level: " + theirs + "}").logging().level()).isEqualTo(ours);
    }

    @Test
    void namesWithAnAsteriskGoWithoutCredentialsOnly() {
        String cors = "security: {cors: {allowedOrigins: [\"https://p.example\"], allowCredentials: %s}}";
        assertThat(load(cors.formatted(false)).ui().cors().allowedHeaders()).containsExactly("*");
        assertThat(load(cors.formatted(true)).ui().cors().allowedHeaders()).isEmpty();
        assertThat(yaml(cors.formatted(true))).contains("security.cors.allowedHeaders: with credentials");
        assertThat(load("security: {cors: {allowedOrigins: []}}").ui().cors()).isNull();
        assertThat(load("security: {cors: {allowedOrigins: [\"https://p.example\", \"*\"]}}")
                        .ui()
                        .cors())
                .isNull();
    }

    @Test
    void namedOriginsHaveTheProgramsDefaultsForTheRest() {
        CorsConfig cors = load("security: {cors: {allowedOrigins: [\"https://p.example\"]}}")
                .ui()
                .cors();
        assertThat(cors.exposedHeaders()).containsExactly("Content-Length");
        assertThat(cors.maxAge()).isEqualTo(Duration.ofHours(1));
    }

    /** Names of header fields are the same in any case (RFC 9110 section 5.1). */
    @Test
    void theCaseOfAFieldsNameDoesNotMatter() {
        String theirs =
                "security: {headers: {content-security-policy: default-src 'none', x-content-type-options: nosniff}}";
        assertThat(load(theirs).ui().contentSecurityPolicy()).isEqualTo("default-src 'none'");
        assertThat(load(theirs).ui().responseHeaders()).isEmpty();
    }

    static List<Arguments> mistakes() {
        return List.of(
                Arguments.of("proxy:\n  prot: 1\n", "config.yaml:2:3: proxy.prot: unknown key: did you mean port?"),
                Arguments.of("\nproxxy: {}\n", "config.yaml:2:1: proxxy: unknown key: did you mean proxy?"),
                Arguments.of(
                        "spark:\n  service: localhost\n",
                        "config.yaml:2:3: spark.service: unknown key: its README names it wrongly: write spark.history.service"),
                Arguments.of(
                        "proxy:\n  port: 1\n  Port: 2\n",
                        "config.yaml:3:3: proxy.port: the key stands twice: keep one of them"),
                Arguments.of(
                        "proxy:\n  port: http\n",
                        "config.yaml:2:9: proxy.port: 'http' is not a whole number: write digits only, such as 100"),
                Arguments.of(
                        "proxy:\n  port: 70000\n",
                        "config.yaml:2:9: proxy.port: 70000 is outside 0..65535: write a number of that range"),
                Arguments.of(
                        "proxy:\n  port: [1]\n", "config.yaml:2:9: proxy.port: found a list: write a single value"),
                Arguments.of(
                        "proxy: 4040\n",
                        "config.yaml:1:8: proxy: found the single value '4040': write a section with keys of its own"),
                Arguments.of(
                        "proxy:\n  mode: fast\n",
                        "config.yaml:2:9: proxy.mode: 'fast' cannot stand here: write one of debug, release, test"),
                Arguments.of(
                        "spark:\n  history: {scheme: ftp}\n",
                        "config.yaml:2:21: spark.history.scheme: 'ftp' cannot stand here: write http or https"),
                Arguments.of(
                        "spark:\n  history: {port: 18080/x}\n",
                        "config.yaml:2:19: spark.history.port: '18080/x' cannot stand here: write the History Server's port, such as 18080"),
                Arguments.of(
                        "spark:\n  history: {service: \"u:p@h\"}\n",
                        "config.yaml:2:22: spark.history.service: the URL holds a user or password: write it without the part before @"),
                Arguments.of(
                        "spark:\n  jobNamespaces: [\"a\\nui: {kill: nobody}\"]\n",
                        "config.yaml:2:19: spark.jobNamespaces[0]: 'a?ui: {kill: nobody}' is no name of a namespace: use lower-case letters, digits and '-'"),
                Arguments.of(
                        "spark:\n  jobNamespaces: [{a: b}]\n",
                        "config.yaml:2:19: spark.jobNamespaces: found a section: write a list of single values"),
                Arguments.of(
                        "security:\n  headers: [a]\n",
                        "config.yaml:2:12: security.headers: found a list: write keys with one value each"),
                Arguments.of(
                        "security:\n  headers:\n    X-A: \"b\\r\\nSet-Cookie: c\"\n",
                        "config.yaml:3:10: security.headers: the value of 'X-A' holds a control character or one beyond ASCII: write visible ASCII in one line"),
                Arguments.of(
                        "logging:\n  level: loud\n",
                        "config.yaml:2:10: logging.level: 'loud' cannot stand here: write one of debug, dpanic, error, fatal, info, panic, warn"),
                Arguments.of(
                        "- a\n",
                        "config.yaml:1:1: the file does not hold keys and values: start with a section such as ui:"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsNamedWithItsLineAndInTheirWords(String theirs, String problem) {
        assertThat(problems(theirs)).containsExactly(problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: &a [x]\nb: *a\n",
                "a: &a {b: &b [x]}\nproxy: *a\n",
                "proxy: &p {port: 1}\nspark: {<<: *p}\n",
                "proxy: {port: !!int \"8090\"}\n",
                "proxy: !!java.net.URL [http://evil.example/]\n",
                "proxy: !exec {port: 1}\n",
                "proxy: {port: !!binary AAAA}\n",
                "proxy: {port: 1}\n---\nproxy: {port: 2}\n",
                "proxy: {port: 1\n",
                "proxy:\n\tport: 1\n",
                "proxy: \u0000\n"
            })
    void whatOnlyAttackersWriteIsRefusedWithItsLine(String theirs) {
        assertThat(problems(theirs))
                .isNotEmpty()
                .allMatch(problem -> problem.matches("config\\.yaml(:\\d+:\\d+)?: .*"));
    }

    @Test
    void whatIsHugeIsRefusedInBoundedTimeAndWords() throws Exception {
        assertThat(problems("a".repeat(2 << 20))).singleElement().asString().contains("larger than 1 MiB");
        assertThat(problems("proxy: " + "[".repeat(100_000))).isNotEmpty();
        assertThat(problems("proxy: " + "{a: ".repeat(900) + "1" + "}".repeat(900)))
                .anyMatch(problem -> problem.contains("nested deeper"));
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            keys.append('k').append(i).append(": 1\n");
        }
        assertThat(problems(keys.toString())).hasSize(101).last().isEqualTo("and 19900 more");
        assertThat(problems("\"" + "k".repeat(500_000) + "\\e[31m\": 1\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem).hasSizeLessThan(1000).doesNotContain("\u001b"));
        Path latin1 = directory.resolve("latin1.yaml");
        Files.write(latin1, "proxy: {mode: \u00e4}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(catchThrowableOfType(
                        ConfigException.class,
                        () -> ConfigImport.convert(ConfigImport.Product.SPARK_WEB_PROXY, latin1)))
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void nothingThatStandsInAFileEndsAComment() {
        // Given: what stands beside a chart's configuration is named in a comment
        String theirs =
                "\"x\\nui: {kill: nobody}\\u2028y\\u0085z\": 1\nconfiguration: {spark: {history: {service: s}}}\n";
        // When, Then
        assertThat(load(theirs).ui().kill()).isEqualTo(UiSafety.Kill.EVERYBODY);
        assertThat(yaml(theirs)).contains("x?ui: {kill: nobody}?y?z");
    }
}

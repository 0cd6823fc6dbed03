// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.launcher.config.ConfigWatcher;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.tls.KeyPairFiles;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS of a whole server: where its files come from, and what happens when they change. */
class TlsServeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String GET = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

    private final TestPki pki = new TestPki();

    @TempDir
    private Path folder;

    private Path config(String ui, String more) throws IOException {
        return Files.writeString(folder.resolve("gatehouse.yaml"), """
                ui: {port: 0%s}
                management: {port: 0}
                accessLog: {output: off}
                drain: {delay: 0s, timeout: 1s}
                %s
                """.formatted(ui, more));
    }

    private static String tls(KeyPairFiles files) {
        return ", tls: {certFile: %s, keyFile: %s}".formatted(files.certFile(), files.keyFile());
    }

    private static String shown(GatehouseProcess gatehouse) throws Exception {
        try (SSLSocket socket = TestPki.socket(TestPki.context(null, null), gatehouse.door("ui"), null)) {
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    /** A Kubernetes Secret as a volume: the files are links through {@code ..data}, which is swapped. */
    private KeyPairFiles secret(X509Bundle bundle) throws IOException {
        Path volume = Files.createDirectories(folder.resolve("secret"));
        Path data = Files.createTempDirectory(volume, "..version");
        TestPki.files(data, "tls", bundle);
        Path next = Files.createSymbolicLink(volume.resolve("..data_tmp"), data.getFileName());
        Files.move(next, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        for (String name : new String[] {"tls.crt", "tls.key"}) {
            if (!Files.exists(volume.resolve(name))) {
                Files.createSymbolicLink(volume.resolve(name), Path.of("..data", name));
            }
        }
        return new KeyPairFiles(volume.resolve("tls.crt"), volume.resolve("tls.key"));
    }

    @Test
    void aRotatedSecretReachesNewConnectionsAndEndsNoOldOne() throws Exception {
        // Given
        Path config = config(tls(secret(pki.issue("before.example"))), "");
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config);
                RawClient old = gatehouse.client("ui")) {
            assertThat(gatehouse.isSecure("ui")).isTrue();
            assertThat(gatehouse.log()).contains("\"tls\":\"boringssl\"");
            assertThat(old.send(GET).response().status()).isEqualTo(200);
            assertThat(shown(gatehouse)).isEqualTo("CN=before.example");

            // When: nobody asks for a reload
            secret(pki.issue("after.example"));

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shown(gatehouse)).isEqualTo("CN=after.example"));
            assertThat(old.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void aBrokenFileIsNamedAndTheOldOneStaysInForce() throws Exception {
        // Given
        KeyPairFiles files = TestPki.files(folder, "own", pki.issue("before.example"));
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(tls(files), ""))) {
            // When
            Files.writeString(files.certFile(), "nothing of use");
            Response refused = gatehouse.reload();

            // Then
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains("own.crt", "ui.tls", "no certificate", "write PEM");
            assertThat(shown(gatehouse)).isEqualTo("CN=before.example");
            assertThat(gatehouse.log()).contains("own.crt");

            // When: it is whole again, and another
            TestPki.files(folder, "own", pki.issue("after.example"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shown(gatehouse)).isEqualTo("CN=after.example"));
        }
    }

    @Test
    void aReloadSaysWhatItTookOver() throws Exception {
        // Given
        KeyPairFiles files = TestPki.files(folder, "own", pki.issue("before.example"));
        KeyPairFiles others = TestPki.files(folder, "other", pki.issue("other.example"));
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(tls(files), ""))) {
            // When: other files
            config(tls(others), "");
            Response moved = gatehouse.reload();

            // Then
            assertThat(moved.text()).contains("ui.tls.certFile", "ui.tls.keyFile");
            assertThat(shown(gatehouse)).isEqualTo("CN=other.example");

            // When: none at all
            config("", "");
            Response refused = gatehouse.reload();

            // Then
            assertThat(refused.text()).contains("ui.tls cannot change without a restart");
            assertThat(shown(gatehouse)).isEqualTo("CN=other.example");
        }
    }

    @Test
    void filesThatComeAfterTheConfigurationThatNamesThemAreWaitedFor() throws Exception {
        // Given
        KeyPairFiles files = TestPki.files(folder, "own", pki.issue("before.example"));
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config(tls(files), ""))) {
            config(tls(new KeyPairFiles(folder.resolve("late.crt"), folder.resolve("late.key"))), "");
            assertThat(gatehouse.reload().text()).contains("late.crt", "does not exist");
            // Until nobody who noticed the change of the configuration will look again.
            Thread.sleep(ConfigWatcher.DEFAULT_PERIOD.multipliedBy(3));
            assertThat(shown(gatehouse)).isEqualTo("CN=before.example");

            // When
            TestPki.files(folder, "late", pki.issue("after.example"));

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shown(gatehouse)).isEqualTo("CN=after.example"));
        }
    }

    @Test
    void filesThatDoNotBelongTogetherStopTheStart() throws Exception {
        // Given
        KeyPairFiles files = TestPki.files(folder, "own", pki.issue("a.example"));
        KeyPairFiles others = TestPki.files(folder, "other", pki.issue("a.example"));
        Path config = config(tls(new KeyPairFiles(files.certFile(), others.keyFile())), "");
        for (String command : new String[] {"serve", "validate"}) {
            // When
            try (GatehouseProcess gatehouse = GatehouseProcess.start(folder, command, "--config", config.toString())) {
                // Then
                assertThat(gatehouse.exitCode()).isEqualTo(100);
                assertThat(gatehouse.log())
                        .contains("other.key: ui.tls: the key does not belong to the first certificate in", "own.crt");
            }
        }
    }

    @Test
    void anApplicationBehindHttpsIsReached() throws Exception {
        // Given
        try (ScriptedUpstream ui = new ScriptedUpstream(TestPki.context(pki.issue("127.0.0.1"), null), connection -> {
            while (true) {
                connection.head();
                connection.ok("behind TLS");
            }
        })) {
            Path config = config("", """
                    upstream: {tls: {caFile: %s}}
                    discovery:
                      interval: 100ms
                      applications: [{id: app-1, url: "https://127.0.0.1:%d"}]
                    """.formatted(pki.caFile(folder), ui.port()));
            try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config)) {
                // When
                Response page = gatehouse.get("ui", "/sparkui/app-1/jobs/");

                // Then
                assertThat(page.text()).isEqualTo("behind TLS");
            }
        }
    }

    @Test
    void aBalancersHeaderNamesTheClient() throws Exception {
        // Given
        Path access = folder.resolve("access.log");
        Path config = config(", proxyProtocolFrom: [127.0.0.0/8]", "");
        Files.writeString(config, Files.readString(config).replace("output: off", "output: " + access));
        try (GatehouseProcess gatehouse = GatehouseProcess.serve(folder, config);
                RawClient client = gatehouse.client("ui")) {
            // When
            client.send("PROXY TCP4 192.0.2.7 198.51.100.1 1 2\r\n" + GET).response();

            // Then
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(access).content().contains("192.0.2.7"));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.Repository;
import io.gatehouse.it.ServeProcess;
import io.gatehouse.proxy.testkit.TestPki;
import io.gatehouse.proxy.testkit.TestPorts;
import io.gatehouse.proxy.tls.KeyPairFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Connect door as {@code gatehouse serve} opens it, under h2spec: the rules of HTTP/2 and HPACK, one by one. Its requests are no
 * calls of gRPC, so the door answers them itself, with a body that is long enough for every test of windows.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class H2SpecIT {
    /** Tests that h2spec 2.2.1 runs unless told otherwise. */
    private static final int TESTS = 145;

    /** With {@code --strict}: those, and one for what a server only should do. */
    private static final int STRICT = 146;

    /** How long h2spec waits for an answer; its own 2 s are little where others use the machine too. */
    private static final String SECONDS = "10";

    @TempDir
    private Path folder;

    @Test
    void allTestsPassWithoutTls() throws Exception {
        try (ServeProcess gatehouse = serve("")) {
            assertThat(h2spec(gatehouse)).isEqualTo(new H2SpecReport(TESTS, List.of()));
            assertThat(h2spec(gatehouse, "--strict")).isEqualTo(new H2SpecReport(STRICT, List.of()));
        }
    }

    @Test
    void allTestsPassOverTls() throws Exception {
        KeyPairFiles files = TestPki.files(folder, "door", new TestPki().issue("127.0.0.1"));
        String tls = ", tls: {certFile: %s, keyFile: %s}".formatted(files.certFile(), files.keyFile());
        try (ServeProcess gatehouse = serve(tls)) {
            assertThat(h2spec(gatehouse, "--tls", "--insecure")).isEqualTo(new H2SpecReport(TESTS, List.of()));
            assertThat(h2spec(gatehouse, "--tls", "--insecure", "--strict"))
                    .isEqualTo(new H2SpecReport(STRICT, List.of()));
        }
    }

    /** {@code more}: further keys of the door. */
    private ServeProcess serve(String more) throws IOException {
        // No request of h2spec gets as far as a Spark server.
        return ServeProcess.start(folder, """
                ui: {port: 0}
                management: {port: 0}
                connect: {port: 0%s}
                pools:
                  - name: etl
                    servers: [{url: "http://127.0.0.1:%d"}]
                """.formatted(more, new TestPorts().pick()));
    }

    private H2SpecReport h2spec(ServeProcess gatehouse, String... options) throws IOException, InterruptedException {
        Path report = folder.resolve("report.xml");
        URI door = URI.create("sc://" + gatehouse.connect());
        List<String> command = new ArrayList<>(List.of(
                program(),
                "--host",
                door.getHost(),
                "--port",
                Integer.toString(door.getPort()),
                "--timeout",
                SECONDS,
                "--junit-report",
                report.toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("h2spec.log").toFile())
                .start();
        int code = process.waitFor();
        H2SpecReport found = H2SpecReport.read(report);
        assertThat(code).as("%s", found).isZero();
        return found;
    }

    /** h2spec, built if it is not there yet, which takes seconds. */
    private static String program() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Repository.root().resolve("scripts/go-tool").toString(), "h2spec")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("scripts/go-tool").isZero();
        return out.strip();
    }
}

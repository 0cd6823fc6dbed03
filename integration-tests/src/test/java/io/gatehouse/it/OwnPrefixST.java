// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.html.LinkMapping;
import io.gatehouse.html.SparkPageRewriter;
import io.gatehouse.it.browser.BrowserExtension;
import io.gatehouse.it.browser.Page;
import io.gatehouse.launcher.check.PageComparison;
import io.gatehouse.session.local.ChildProcesses;
import io.gatehouse.session.local.FreePorts;
import io.gatehouse.session.local.JavaRuntime;
import io.gatehouse.session.local.JavaRuntimes;
import io.gatehouse.session.local.LocalSpark;
import io.gatehouse.session.local.PythonApplication;
import io.gatehouse.session.local.SparkInstaller;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real drivers that were told a prefix of their own and so do not care what {@code X-Forwarded-Context} says: all of their pages work in a
 * browser below the prefix of the ui door, and nothing is asked for beside it.
 */
class OwnPrefixST {
    @RegisterExtension
    static final BrowserExtension BROWSER = new BrowserExtension();

    private static final String PREFIX = "/gatehouse/sparkui/app-1";

    private static List<URI> drivers = List.of();
    private static ChildProcesses children;
    private static ServeProcess gatehouse;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        FreePorts ports = new FreePorts();
        int based = ports.pick(0);
        int reversed = ports.pick(0);
        drivers = List.of(URI.create("http://127.0.0.1:" + based), URI.create("http://127.0.0.1:" + reversed));
        startApplications(folder, based, reversed);
        gatehouse = ServeProcess.start(folder, """
                ui: {port: 0, basePath: /gatehouse}
                management: {port: 0}
                discovery:
                  interval: 1s
                  applications:
                    - {url: "http://127.0.0.1:%d"}
                    - {url: "http://127.0.0.1:%d"}
                """.formatted(based, reversed));
    }

    private static void startApplications(Path folder, int based, int reversed) throws Exception {
        Map<String, String> environment = System.getenv();
        Path home = Path.of(System.getProperty("user.home"));
        Path cache = Path.of(environment.getOrDefault(
                "GATEHOUSE_CACHE", home.resolve(".cache/gatehouse").toString()));
        children = new ChildProcesses(environment, folder.resolve("logs"), Duration.ofSeconds(20));
        JavaRuntime java = new JavaRuntimes(environment, home).forSpark(null);
        String sparkHome = environment.get("SPARK_HOME");
        LocalSpark spark = LocalSpark.in(
                new SparkInstaller(children, environment, System.out::println)
                        .provide(sparkHome == null ? null : Path.of(sparkHome), cache, java),
                folder.resolve("scratch"));
        Path logs = Files.createDirectories(folder.resolve("event-logs"));
        Path script = folder.resolve("running_app.py");
        try (InputStream in = LocalSpark.class.getResourceAsStream("running_app.py")) {
            Files.copy(in, script);
        }
        children.start(spark.pythonApplication(new PythonApplication(
                "based", script, List.of(), OptionalInt.of(based), logs, Map.of("spark.ui.proxyBase", "/driver-7"))));
        children.start(spark.pythonApplication(new PythonApplication(
                "reversed",
                script,
                List.of(),
                OptionalInt.of(reversed),
                logs,
                Map.of("spark.ui.reverseProxy", "true", "spark.ui.reverseProxyUrl", "https://front.example/spark"))));
    }

    @AfterAll
    static void end() {
        if (gatehouse != null) {
            gatehouse.close();
        }
        if (children != null) {
            children.close();
        }
    }

    @Test
    void pagesOfBothWorkBelowTheirPublicPrefix(Page page) {
        for (String id : applications()) {
            String prefix = "/gatehouse/sparkui/" + id + "/";
            page.open(gatehouse.ui().resolve(prefix));
            DemoPages.assertShows(page, gatehouse.ui(), DemoPages.JOBS, prefix, List.of(prefix));
            for (DemoPages.Step step : List.of(
                    DemoPages.JOB,
                    DemoPages.STAGES,
                    DemoPages.STAGE,
                    DemoPages.STORAGE,
                    DemoPages.RDD,
                    DemoPages.ENVIRONMENT,
                    DemoPages.EXECUTORS,
                    DemoPages.SQL,
                    DemoPages.QUERY)) {
                page.click(step.click());
                DemoPages.assertShows(page, gatehouse.ui(), step, prefix, List.of(prefix));
            }
        }
    }

    /** What the drivers themselves send, in one piece and byte by byte; jsoup judges the trees. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/jobs/",
                "/jobs/job/?id=0",
                "/stages/",
                "/stages/stage/?id=0&attempt=0",
                "/storage/",
                "/environment/",
                "/executors/",
                "/executors/threadDump/?executorId=driver",
                "/SQL/",
                "/SQL/execution/?id=0"
            })
    void itDoesNotMatterHowARealPageIsCut(String path) throws IOException {
        applications();
        for (URI driver : drivers) {
            byte[] page = page(driver.resolve(path));
            String expected = new String(rewritten(page, page.length), StandardCharsets.UTF_8);

            assertThat(PageComparison.of(
                            expected,
                            new String(page, StandardCharsets.UTF_8),
                            URI.create("http://gate" + PREFIX),
                            driver,
                            PREFIX))
                    .as("%s of %s", path, driver)
                    .isEmpty();
            assertThat(new String(rewritten(page, 1), StandardCharsets.UTF_8)).isEqualTo(expected);
            assertThat(new String(rewritten(page, 7), StandardCharsets.UTF_8)).isEqualTo(expected);
        }
    }

    private static byte[] page(URI uri) throws IOException {
        try (InputStream in = uri.toURL().openStream()) {
            return in.readAllBytes();
        }
    }

    private static byte[] rewritten(byte[] page, int piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Consumer<ByteBuf> collect = buffer -> {
            out.writeBytes(ByteBufUtil.getBytes(buffer));
            buffer.release();
        };
        try (SparkPageRewriter rewriter = new SparkPageRewriter(LinkMapping.below(PREFIX, List.of()), root -> {})) {
            for (int at = 0; at < page.length; at += piece) {
                rewriter.write(Unpooled.wrappedBuffer(page, at, Math.min(piece, page.length - at)), collect);
            }
            rewriter.finish(collect);
        }
        return out.toByteArray();
    }

    /** Their ids, once both have said them. */
    private static List<String> applications() {
        return await("both applications in the list")
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofSeconds(1))
                .until(OwnPrefixST::listed, ids -> ids.size() == 2);
    }

    private static List<String> listed() throws IOException {
        JsonNode list = gatehouse.json("/gatehouse/api/v1/applications");
        return list.findValuesAsText("id");
    }
}

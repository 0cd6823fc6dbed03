// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import io.gatehouse.it.ProcessTree;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A headless Chromium of its own, with an empty profile that is thrown away. Opens {@link Page}s.
 *
 * <p>The browser is looked for on {@code PATH}; a test that needs one fails without, it does not skip. Closing ends the
 * processes that this object started, and no others.
 */
public final class Browser implements AutoCloseable {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

    /** How long a start may take on a loaded machine. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Process process;
    private final ProcessTree tree;
    private final Path profile;
    private final DevTools devTools;

    private Browser(Process process, Path profile, DevTools devTools) {
        this.process = process;
        this.tree = new ProcessTree(process.toHandle());
        this.profile = profile;
        this.devTools = devTools;
        tree.observe();
    }

    /** Starts the browser and waits until it can be driven. */
    public static Browser start() {
        Process process = null;
        try {
            Path profile = Files.createTempDirectory("gatehouse-browser-");
            process = launch(profile);
            return new Browser(process, profile, new DevTools(awaitAddress(process, profile)));
        } catch (IOException | RuntimeException e) {
            if (process != null) {
                new ProcessTree(process.toHandle()).kill();
            }
            throw new IllegalStateException("the browser did not start: " + e, e);
        }
    }

    /** A new page that shares no cookie, storage or cache with any other. */
    public Page newPage() {
        String context = devTools.call(DevTools.BROWSER, "Target.createBrowserContext", Map.of())
                .get("browserContextId")
                .asText();
        String target = devTools.call(
                        DevTools.BROWSER,
                        "Target.createTarget",
                        Map.of("url", "about:blank", "browserContextId", context))
                .get("targetId")
                .asText();
        String session = devTools.call(
                        DevTools.BROWSER, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asText();
        tree.observe();
        return new Page(devTools, session, context);
    }

    /** The processes that this browser consists of, for the harness' own test. */
    ProcessTree processes() {
        tree.observe();
        return tree;
    }

    @Override
    public void close() {
        tree.observe();
        try {
            devTools.send(DevTools.BROWSER, "Browser.close", Map.of())
                    .orTimeout(1, TimeUnit.SECONDS)
                    .exceptionally(e -> null)
                    .join();
            process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            tree.kill();
            devTools.close();
            deleteProfile();
        }
    }

    private static Process launch(Path profile) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                executable().toString(),
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--disable-breakpad",
                "--no-first-run",
                "--no-proxy-server",
                "--host-resolver-rules=MAP *.example.test 127.0.0.1",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1600,1200",
                "about:blank"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("browser.log").toFile())
                .start();
    }

    private static Path executable() {
        List<String> folders = Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .toList();
        return NAMES.stream()
                .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no browser on PATH, looked for " + NAMES + "; on Debian: apt-get install chromium"));
    }

    /** Chromium writes its port and the path of its WebSocket into the profile once it listens. */
    private static URI awaitAddress(Process process, Path profile) throws IOException {
        Path file = profile.resolve("DevToolsActivePort");
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline) {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.size() >= 2) {
                return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
            }
            if (!process.isAlive()) {
                break;
            }
            Pause.of(Duration.ofMillis(50));
        }
        throw new IllegalStateException("no DevTools address, "
                + (process.isAlive() ? "still starting" : "exit status " + process.exitValue()) + ":\n"
                + Files.readString(profile.resolve("browser.log")));
    }

    /**
     * Helper processes may write for a moment after the browser's end; what cannot be deleted stays in the temporary
     * folder.
     */
    private void deleteProfile() {
        for (int attempt = 0; attempt < 10 && Files.exists(profile); attempt++) {
            try (Stream<Path> files = Files.walk(profile)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                Pause.of(Duration.ofMillis(200));
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.OwnAuthorization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What single History Servers are shown: {@code Authorization} of their own. Made at the start; the files are read again on every reload.
 * Everything here blocks on files, and none of it tells what a file holds.
 *
 * <p>What a server had that is not configured any more is kept to the end of the process: requests that are under way may need it, and
 * nobody else can get at it.
 */
public final class HistoryAccess {
    /** Guarded by this, as what follows. */
    private final Map<Shown, OwnAuthorization> authorizations = new HashMap<>();

    private final Map<Shown, String> values = new HashMap<>();

    /**
     * What is shown to whom. A server that has moved, or whose file is another, is another: what was meant for one address is never
     * shown at the next, not even by a request that waits for a connection while the configuration changes.
     */
    private record Shown(String name, HttpUrl url, List<HttpUrl> replicas, Path file) {
        static @Nullable Shown of(HistoryServerConfig server) {
            Path file = server.authorizationFile();
            return file == null ? null : new Shown(server.name(), server.url(), server.replicas(), file);
        }
    }

    /** What was read anew, and is not in force. */
    private static final class Reading {
        final List<ConfigProblem> problems = new ArrayList<>();
        final List<String> keys = new ArrayList<>();
        final Map<Shown, String> newValues = new HashMap<>();
        final Map<Shown, String> changedValues = new HashMap<>();
    }

    private HistoryAccess() {}

    /**
     * Reads every file for the first time.
     *
     * @throws ConfigException when files cannot be used
     */
    public static HistoryAccess load(GatehouseConfig config) {
        HistoryAccess access = new HistoryAccess();
        access.readAgain(config).takeOver().run();
        return access;
    }

    /**
     * Reads every file again; see {@link ReloadTarget#readFiles}. What is new is there at once, because nobody has asked for it yet.
     *
     * @throws ConfigException when files cannot be used; all of what is in force stays then
     */
    public synchronized ReloadedFiles readAgain(GatehouseConfig config) {
        Reading reading = new Reading();
        List<HistoryServerConfig> servers = config.discovery().servers();
        for (int i = 0; i < servers.size(); i++) {
            String key = config.discovery().keyOf(i);
            readAuthorization(servers.get(i), key + ".authorizationFile", reading);
        }
        if (!reading.problems.isEmpty()) {
            throw ConfigException.of(reading.problems);
        }
        use(reading.newValues);
        return new ReloadedFiles(reading.keys, () -> takeOver(reading), () -> {});
    }

    private void readAuthorization(HistoryServerConfig server, String key, Reading reading) {
        Shown shown = Shown.of(server);
        if (shown == null) {
            return;
        }
        Path file = shown.file();
        String value;
        try {
            value = Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            reading.problems.add(problem(
                    file, key, "the file cannot be read (" + e.getClass().getSimpleName() + ")"));
            return;
        }
        String before = values.get(shown);
        if (!OwnAuthorization.isValue(value)) {
            reading.problems.add(problem(file, key, "the file holds no value of Authorization"));
        } else if (before == null) {
            reading.newValues.put(shown, value);
        } else if (!before.equals(value)) {
            reading.changedValues.put(shown, value);
            reading.keys.add(key);
        }
    }

    private static ConfigProblem problem(Path file, String key, String what) {
        return new ConfigProblem(
                Origin.file(file.toString()),
                key,
                what,
                "write a scheme and its credentials into it, such as Bearer and a token, on one line");
    }

    private synchronized void takeOver(Reading reading) {
        use(reading.changedValues);
    }

    private void use(Map<Shown, String> newValues) {
        newValues.forEach((shown, value) -> {
            values.put(shown, value);
            authorizations.computeIfAbsent(shown, _ -> new OwnAuthorization()).use(value);
        });
    }

    /** What a server is shown; null where it is shown nothing. Its file has been read. */
    public synchronized @Nullable OwnAuthorization authorization(HistoryServerConfig server) {
        Shown shown = Shown.of(server);
        return shown == null ? null : authorizations.get(shown);
    }

    /** Every file that is read here. */
    public static List<Path> files(GatehouseConfig config) {
        List<Path> files = new ArrayList<>();
        for (HistoryServerConfig server : config.discovery().servers()) {
            Stream.ofNullable(server.authorizationFile()).forEach(files::add);
        }
        return files;
    }
}

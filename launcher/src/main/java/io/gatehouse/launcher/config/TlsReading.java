// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.TlsChange;
import io.gatehouse.proxy.tls.TlsFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What came of reading files of TLS again: all of it is put into force, or all of it is forgotten. */
final class TlsReading {
    /** What reads files. */
    interface Step<T> {
        T read() throws TlsFileException;
    }

    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final List<TlsChange> changes = new ArrayList<>();
    private final Map<String, ClientTls> added = new HashMap<>();

    /** What was read; null where it cannot be used, which is remembered. */
    <T> @Nullable T attempt(String key, Step<T> step) {
        try {
            return step.read();
        } catch (TlsFileException e) {
            problems.add(new ConfigProblem(Origin.file(e.file().toString()), key, e.what(), e.remedy()));
            return null;
        }
    }

    /** Reads again what is in force. */
    void change(String key, Step<Optional<TlsChange>> step) {
        Optional<TlsChange> change = attempt(key, step);
        if (change != null && change.isPresent()) {
            keys.add(key);
            changes.add(change.get());
        }
    }

    /** Reads settings for the first time that have a name. */
    void add(String name, String key, Step<ClientTls> step) {
        ClientTls read = attempt(key, step);
        if (read != null) {
            added.put(name, read);
        }
    }

    /** Forgets everything where anything cannot be used. */
    void throwProblems() {
        if (!problems.isEmpty()) {
            changes.forEach(TlsChange::discard);
            added.values().forEach(ClientTls::close);
            throw ConfigException.of(problems);
        }
    }

    /** By name; whoever asks takes them over. */
    Map<String, ClientTls> added() {
        return added;
    }

    ReloadedFiles changes() {
        return new ReloadedFiles(
                keys, () -> changes.forEach(TlsChange::takeOver), () -> changes.forEach(TlsChange::discard));
    }
}

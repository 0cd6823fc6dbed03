// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.ClientTlsOptions;
import io.gatehouse.proxy.tls.KeyPairFiles;
import io.gatehouse.proxy.tls.ServerTls;
import io.gatehouse.proxy.tls.ServerTlsOptions;
import io.gatehouse.proxy.tls.TlsChange;
import io.gatehouse.proxy.tls.TlsFileException;
import io.gatehouse.proxy.tls.TlsProvider;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All TLS that a configuration asks for: {@code ui.tls}, {@code connect.tls}, {@code management.tls} and {@code upstream.tls}. Made at the start; its
 * files are read again on every reload. Everything here blocks on files.
 */
public final class ConfiguredTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfiguredTls.class);
    private static final String UI = "ui.tls";
    private static final String CONNECT = "connect.tls";
    private static final String MANAGEMENT = "management.tls";
    private static final String UPSTREAM = "upstream.tls";

    private final TlsProvider provider;
    private final @Nullable ServerTls ui;
    private final @Nullable ServerTls connect;
    private final @Nullable ServerTls management;
    private final ClientTls upstream;

    /** What reads files. */
    private interface Reading<T> {
        T read() throws TlsFileException;
    }

    private ConfiguredTls(
            TlsProvider provider,
            @Nullable ServerTls ui,
            @Nullable ServerTls connect,
            @Nullable ServerTls management,
            ClientTls upstream) {
        this.provider = provider;
        this.ui = ui;
        this.connect = connect;
        this.management = management;
        this.upstream = upstream;
    }

    /**
     * Reads every file for the first time.
     *
     * @throws ConfigException when files cannot be used, or do not belong together
     */
    public static ConfiguredTls load(GatehouseConfig config, TlsProvider provider) {
        List<ConfigProblem> problems = new ArrayList<>();
        ServerTls ui = listener(UI, config.ui().tls(), false, provider, problems);
        ServerTls connect = listener(CONNECT, config.connect().tls(), true, provider, problems);
        ServerTls management = listener(MANAGEMENT, config.management().tls(), false, provider, problems);
        ClientTls upstream = attempt(
                UPSTREAM,
                problems,
                () -> ClientTls.load(options(config.upstream().tls()), provider));
        if (upstream == null || !problems.isEmpty()) {
            Stream.of(ui, connect, management).flatMap(Stream::ofNullable).forEach(ServerTls::close);
            if (upstream != null) {
                upstream.close();
            }
            throw ConfigException.of(problems);
        }
        return new ConfiguredTls(provider, ui, connect, management, upstream);
    }

    private static @Nullable ServerTls listener(
            String key, @Nullable TlsConfig config, boolean http2, TlsProvider provider, List<ConfigProblem> problems) {
        ServerTls tls =
                config == null ? null : attempt(key, problems, () -> ServerTls.load(options(config, http2), provider));
        if (tls != null && tls.expiry().isBefore(Instant.now())) {
            LOG.atWarn()
                    .addKeyValue("key", key)
                    .addKeyValue("expired", tls.expiry())
                    .log("A certificate is no longer valid: clients will refuse it.");
        }
        return tls;
    }

    /** What was read; null where a problem was added instead. */
    private static <T> @Nullable T attempt(String key, List<ConfigProblem> problems, Reading<T> reading) {
        try {
            return reading.read();
        } catch (TlsFileException e) {
            problems.add(problem(key, e));
            return null;
        }
    }

    static ConfigProblem problem(String key, TlsFileException e) {
        return new ConfigProblem(Origin.file(e.file().toString()), key, e.what(), e.remedy());
    }

    /** The name of the implementation, for the start-up banner. */
    public String provider() {
        return provider.name();
    }

    /** Null for plain HTTP. */
    public @Nullable ServerTls ui() {
        return ui;
    }

    /** Null for plain HTTP. */
    public @Nullable ServerTls connect() {
        return connect;
    }

    /** Null for plain HTTP. */
    public @Nullable ServerTls management() {
        return management;
    }

    public ClientTls upstream() {
        return upstream;
    }

    /**
     * Reads every file again; see {@link ReloadTarget#readFiles}.
     *
     * @throws ConfigException when files cannot be used; all of what is in force stays then
     */
    public ReloadedFiles readAgain(GatehouseConfig config) {
        List<ConfigProblem> problems = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        List<TlsChange> changes = new ArrayList<>();
        TlsConfig uiConfig = config.ui().tls();
        TlsConfig connectConfig = config.connect().tls();
        TlsConfig managementConfig = config.management().tls();
        if (ui != null && uiConfig != null) {
            collect(UI, () -> ui.prepare(options(uiConfig, false)), problems, keys, changes);
        }
        if (connect != null && connectConfig != null) {
            collect(CONNECT, () -> connect.prepare(options(connectConfig, true)), problems, keys, changes);
        }
        if (management != null && managementConfig != null) {
            collect(MANAGEMENT, () -> management.prepare(options(managementConfig, false)), problems, keys, changes);
        }
        collect(UPSTREAM, () -> upstream.prepare(options(config.upstream().tls())), problems, keys, changes);
        if (!problems.isEmpty()) {
            changes.forEach(TlsChange::discard);
            throw ConfigException.of(problems);
        }
        return new ReloadedFiles(
                keys, () -> changes.forEach(TlsChange::takeOver), () -> changes.forEach(TlsChange::discard));
    }

    private static void collect(
            String key,
            Reading<Optional<TlsChange>> reading,
            List<ConfigProblem> problems,
            List<String> keys,
            List<TlsChange> changes) {
        Stream.ofNullable(attempt(key, problems, reading))
                .flatMap(Optional::stream)
                .forEach(change -> {
                    keys.add(key);
                    changes.add(change);
                });
    }

    /** Every file that the TLS sections name. */
    public static List<Path> files(GatehouseConfig config) {
        List<Path> files = new ArrayList<>();
        Stream.of(config.ui().tls(), config.connect().tls(), config.management().tls())
                .flatMap(Stream::ofNullable)
                .forEach(tls -> {
                    options(tls, false)
                            .certificates()
                            .forEach(pair -> files.addAll(List.of(pair.certFile(), pair.keyFile())));
                    Stream.ofNullable(tls.clientCaFile()).forEach(files::add);
                });
        files.addAll(files(config.upstream().tls()));
        return files;
    }

    static List<Path> files(@Nullable UpstreamTlsConfig upstream) {
        return upstream == null
                ? List.of()
                : Stream.of(upstream.caFile(), upstream.certFile(), upstream.keyFile())
                        .flatMap(Stream::ofNullable)
                        .toList();
    }

    private static ServerTlsOptions options(TlsConfig config, boolean http2) {
        List<KeyPairFiles> pairs = new ArrayList<>();
        pairs.add(new KeyPairFiles(config.certFile(), config.keyFile()));
        config.certificates().forEach(pair -> pairs.add(new KeyPairFiles(pair.certFile(), pair.keyFile())));
        return new ServerTlsOptions(pairs, config.clientAuth(), config.clientCaFile(), config.minVersion(), http2);
    }

    static ClientTlsOptions options(UpstreamTlsConfig config) {
        Path certFile = config.certFile();
        Path keyFile = config.keyFile();
        KeyPairFiles identity = certFile == null || keyFile == null ? null : new KeyPairFiles(certFile, keyFile);
        return new ClientTlsOptions(config.caFile(), identity, config.minVersion());
    }

    /** Lets go of what is in force; for the end of the process, after its event loops. */
    @Override
    public void close() {
        Stream.of(ui, connect, management).flatMap(Stream::ofNullable).forEach(ServerTls::close);
        upstream.close();
    }
}

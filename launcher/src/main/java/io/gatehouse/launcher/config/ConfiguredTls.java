// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.tls.ClientTls;
import io.gatehouse.proxy.tls.ClientTlsOptions;
import io.gatehouse.proxy.tls.KeyPairFiles;
import io.gatehouse.proxy.tls.ServerTls;
import io.gatehouse.proxy.tls.ServerTlsOptions;
import io.gatehouse.proxy.tls.TlsProvider;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All TLS that a configuration asks for: {@code ui.tls}, {@code connect.tls}, {@code management.tls}, {@code upstream.tls} and what single
 * servers have in its place. Made at the start; its files are read again on every reload. Everything here blocks on files.
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
    private final NamedTls named;

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
        this.named = new NamedTls(provider, upstream);
    }

    /**
     * Reads every file for the first time.
     *
     * @throws ConfigException when files cannot be used, or do not belong together
     */
    public static ConfiguredTls load(GatehouseConfig config, TlsProvider provider) {
        TlsReading reading = new TlsReading();
        ServerTls ui = listener(UI, config.ui().tls(), false, provider, reading);
        ServerTls connect = listener(CONNECT, config.connect().tls(), true, provider, reading);
        ServerTls management = listener(MANAGEMENT, config.management().tls(), false, provider, reading);
        ClientTls upstream = reading.attempt(
                UPSTREAM, () -> ClientTls.load(options(config.upstream().tls()), provider));
        try {
            reading.throwProblems();
            ConfiguredTls loaded =
                    new ConfiguredTls(provider, ui, connect, management, Objects.requireNonNull(upstream));
            loaded.named.read(config, reading);
            reading.throwProblems();
            loaded.named.add(reading.added());
            return loaded;
        } catch (ConfigException e) {
            Stream.of(ui, connect, management).flatMap(Stream::ofNullable).forEach(ServerTls::close);
            Stream.ofNullable(upstream).forEach(ClientTls::close);
            throw e;
        }
    }

    private static @Nullable ServerTls listener(
            String key, @Nullable TlsConfig config, boolean http2, TlsProvider provider, TlsReading reading) {
        ServerTls tls =
                config == null ? null : reading.attempt(key, () -> ServerTls.load(options(config, http2), provider));
        if (tls != null && tls.expiry().isBefore(Instant.now())) {
            LOG.atWarn()
                    .addKeyValue("key", key)
                    .addKeyValue("expired", tls.expiry())
                    .log("A certificate is no longer valid: clients will refuse it.");
        }
        return tls;
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
        TlsReading reading = new TlsReading();
        TlsConfig uiConfig = config.ui().tls();
        TlsConfig connectConfig = config.connect().tls();
        TlsConfig managementConfig = config.management().tls();
        if (ui != null && uiConfig != null) {
            reading.change(UI, () -> ui.prepare(options(uiConfig, false)));
        }
        if (connect != null && connectConfig != null) {
            reading.change(CONNECT, () -> connect.prepare(options(connectConfig, true)));
        }
        if (management != null && managementConfig != null) {
            reading.change(MANAGEMENT, () -> management.prepare(options(managementConfig, false)));
        }
        reading.change(
                UPSTREAM, () -> upstream.prepare(options(config.upstream().tls())));
        named.read(config, reading);
        reading.throwProblems();
        named.add(reading.added());
        return reading.changes();
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
        files.addAll(NamedTls.files(config));
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
        named.close();
        upstream.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import io.gatehouse.proxy.OwnAuthorization;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.session.PoolSpec;
import io.gatehouse.session.Server;
import io.gatehouse.session.SessionLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pools as the configuration and its files say. Everything here blocks on files. */
public final class PoolFiles {
    private final List<PoolSpec> specs = new ArrayList<>();
    private final Map<String, List<Server>> servers = new LinkedHashMap<>();
    private final Map<TokenFile, String> tokens = new LinkedHashMap<>();
    private final Set<String> exposed = new LinkedHashSet<>();

    /** A file with a token, and whom it is for. */
    private record TokenFile(String key, HttpUrl url, Path file) {}

    private PoolFiles() {}

    /**
     * Reads the files.
     *
     * @throws ConfigException when one of them cannot be used
     */
    public static PoolFiles load(List<PoolConfig> pools) {
        PoolFiles loaded = new PoolFiles();
        List<ConfigProblem> problems = new ArrayList<>();
        for (int i = 0; i < pools.size(); i++) {
            PoolConfig pool = pools.get(i);
            loaded.specs.add(spec(pool));
            List<Server> members = new ArrayList<>();
            for (int j = 0; j < pool.servers().size(); j++) {
                PoolServerConfig server = pool.servers().get(j);
                String token = loaded.token(server, "pools[" + i + "].servers[" + j + "].tokenFile", problems);
                HttpUrl url = server.url();
                Upstream upstream = url.secure()
                        ? Upstream.secure(url.host(), url.port(), pool.tlsSettings())
                        : new Upstream(url.host(), url.port());
                members.add(Server.of(upstream.authority(), upstream, token));
            }
            loaded.servers.put(pool.name(), members);
        }
        if (!problems.isEmpty()) {
            throw ConfigException.of(problems);
        }
        return loaded;
    }

    /** The pools, in the order of the configuration. */
    public List<PoolSpec> specs() {
        return specs;
    }

    /** The servers by pool. */
    public Map<String, List<Server>> servers() {
        return servers;
    }

    /** The keys of files that hold another token than when others were read. */
    public List<String> changedSince(PoolFiles before) {
        List<String> changed = new ArrayList<>();
        tokens.forEach((file, token) -> {
            String old = before.tokens.get(file);
            if (old != null && !old.equals(token)) {
                changed.add(file.key());
            }
        });
        return changed;
    }

    /** Servers whose token others on the network can read, because it goes there without TLS. */
    public Set<String> exposed() {
        return new LinkedHashSet<>(exposed);
    }

    private static boolean isOnThisMachine(HttpUrl url) {
        try {
            return url.host().equals("localhost")
                    || InetAddress.ofLiteral(url.host()).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            // Nobody knows where it leads.
            return false;
        }
    }

    private static PoolSpec spec(PoolConfig pool) {
        return new PoolSpec(
                pool.name(),
                Set.copyOf(pool.hosts()),
                Set.copyOf(pool.users()),
                Set.copyOf(pool.groups()),
                new SessionLimits(pool.maxSessionsPerUser(), pool.maxTotalSessions()),
                pool.idleTimeout(),
                pool.endIdleSessions(),
                pool.quotas().stream()
                        .map(quota -> new PoolSpec.Quota(
                                Set.copyOf(quota.users()), Set.copyOf(quota.groups()), quota.maxSessionsPerUser()))
                        .toList());
    }

    private @Nullable String token(PoolServerConfig server, String key, List<ConfigProblem> problems) {
        Path file = server.tokenFile();
        if (file == null) {
            return null;
        }
        String what;
        try {
            String token = Files.readString(file, StandardCharsets.UTF_8).strip();
            if (OwnAuthorization.isValue("Bearer " + token)) {
                tokens.put(new TokenFile(key, server.url(), file), token);
                if (!server.url().secure() && !isOnThisMachine(server.url())) {
                    exposed.add(server.url().authority());
                }
                return token;
            }
            what = "the file holds no token";
        } catch (IOException e) {
            what = "the file cannot be read (" + e.getClass().getSimpleName() + ")";
        }
        problems.add(new ConfigProblem(
                Origin.file(file.toString()),
                key,
                what,
                "write the server's spark.connect.authenticate.token into it, and nothing else"));
        return null;
    }

    /** Every file that is read here. */
    public static List<Path> files(List<PoolConfig> pools) {
        return pools.stream()
                .flatMap(pool -> pool.servers().stream())
                .flatMap(server -> Stream.ofNullable(server.tokenFile()))
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules between pools, the door to them and identity. */
final class PoolRules {
    private PoolRules() {}

    /** Adds a mistake unless the door, where there is one, listens where no other does. */
    static void checkPort(
            ConnectConfig connect, List<PoolConfig> pools, String otherKey, String address, int port, Checks checks) {
        checks.that(
                pools.isEmpty() || port == 0 || port != connect.port() || !address.equals(connect.address()),
                "connect.port",
                connect.port() + " is also " + otherKey + ", on the same address",
                "choose another port");
    }

    /** How a server is spoken to. */
    private record Access(
            boolean secure,
            @Nullable UpstreamTlsConfig tls,
            @Nullable Path tokenFile) {}

    /** A server of several pools is one server, so there is one way to it. */
    private static void checkServers(List<PoolConfig> pools, Checks checks) {
        Map<String, Access> known = new HashMap<>();
        for (int i = 0; i < pools.size(); i++) {
            List<PoolServerConfig> servers = pools.get(i).servers();
            for (int j = 0; j < servers.size(); j++) {
                PoolServerConfig server = servers.get(j);
                boolean secure = server.url().secure();
                Access access = new Access(secure, secure ? pools.get(i).tls() : null, server.tokenFile());
                Access other = known.putIfAbsent(server.url().authority(), access);
                checks.that(
                        other == null || other.equals(access),
                        "pools[" + i + "].servers[" + j + "]",
                        server.url() + " stands in another pool with another scheme, tls or tokenFile",
                        "write the same for the same server");
            }
        }
    }

    static void check(ConnectConfig connect, List<PoolConfig> pools, IdentityConfig identity, Checks checks) {
        Set<String> names = new HashSet<>();
        Map<String, String> hosts = new HashMap<>();
        for (int i = 0; i < pools.size(); i++) {
            PoolConfig pool = pools.get(i);
            checks.that(
                            names.add(pool.name()),
                            "pools[" + i + "].name",
                            "'" + pool.name() + "' stands twice",
                            "give every pool a name of its own")
                    .that(
                            !pool.servers().isEmpty(),
                            "pools[" + i + "].servers",
                            "the pool has no server",
                            "name one at least, such as - url: http://spark-connect-1:15002");
            for (int j = 0; j < pool.hosts().size(); j++) {
                String other = hosts.putIfAbsent(pool.hosts().get(j).toLowerCase(Locale.ROOT), pool.name());
                checks.that(
                        other == null,
                        "pools[" + i + "].hosts[" + j + "]",
                        "'" + pool.hosts().get(j) + "' is a host of " + other + " already",
                        "give every pool hosts of its own");
            }
        }
        checkServers(pools, checks);
        String byDefault = connect.defaultPool();
        checks.that(
                byDefault == null || names.contains(byDefault),
                "connect.defaultPool",
                "there is no pool '" + byDefault + "'",
                "write the name of one of pools");
        if (!pools.isEmpty()) {
            boolean alone = InetAddress.ofLiteral(connect.address()).isLoopbackAddress();
            checks.that(
                            alone || !identity.knowsNobody() || identity.skipValidation(),
                            "identity",
                            "the Connect door is open to other machines, and nobody could log in",
                            "configure identity.oidc, identity.usersFile or identity.apiKeysFile")
                    .that(
                            alone || !identity.skipValidation() || identity.skipValidationForOtherMachines(),
                            "identity.skipValidation",
                            "the Connect door is open to other machines, where anybody could be anybody",
                            "leave it out; or write skipValidationForOtherMachines: true if that is what you want");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a running server takes over from a new configuration, and what has to wait for a restart. A key is not reloadable unless it is
 * listed here, so a key that somebody adds is safe until somebody thought about it.
 *
 * @param effective the configuration in force once the plan is applied: the old one with the reloadable keys of the new one
 * @param applied the keys that change
 * @param refused the keys that differ and do not change
 */
public record ReloadPlan(GatehouseConfig effective, ConfigDiff applied, ConfigDiff refused) {
    /** Keys, or sections with everything below them; with {@code .*}, what is below but not whether the section is there. */
    static final Set<String> RELOADABLE = Set.of(
            "connect.defaultPool",
            "connect.forwardingFields",
            "connect.maxConnections",
            "connect.maxConnectionsPerClient",
            "connect.tls.*",
            "connect.trustedProxies",
            "discovery",
            "logging",
            "management.tls.*",
            "overload",
            "pools",
            "ui.admins",
            "ui.contentSecurityPolicy",
            "ui.cookies",
            "ui.cors",
            "ui.forwardingFields",
            "ui.impersonate",
            "ui.kill",
            "ui.limits",
            "ui.passAuthorization",
            "ui.platformCookies",
            "ui.platformHeaders",
            "ui.responseHeaders",
            "ui.timeouts",
            "ui.tls.*",
            "ui.trustedProxies",
            "ui.viewerHeader",
            "upstream.connectTimeout",
            "upstream.responseTimeout",
            "upstream.readStall",
            "upstream.idleTimeout",
            "upstream.maxConnectionsPerHost",
            "upstream.maxPending",
            "upstream.ejection",
            "upstream.tls");

    /** What belongs to the Connect door, which is there from the start or not at all. */
    private static final Set<String> OF_POOLS = Set.of("pools", "connect.defaultPool");

    /** Plans the way from the configuration in force to another valid one. */
    public static ReloadPlan of(GatehouseConfig inForce, GatehouseConfig wanted) {
        List<String> paths = ConfigDiff.between(inForce, wanted).paths();
        boolean sameDoors = inForce.pools().isEmpty() == wanted.pools().isEmpty();
        Predicate<String> reloadable = path -> isListed(path) && (sameDoors || !OF_POOLS.contains(path));
        return new ReloadPlan(
                merge(GatehouseConfig.class, inForce, wanted, "", reloadable),
                new ConfigDiff(paths.stream().filter(reloadable).toList()),
                new ConfigDiff(paths.stream().filter(reloadable.negate()).toList()));
    }

    /** One sentence for each refused key: {@code ui.port cannot change without a restart}. */
    public List<String> refusals() {
        return refused.paths().stream()
                .map(path -> path + " cannot change without a restart")
                .toList();
    }

    private static boolean isListed(String path) {
        return RELOADABLE.stream()
                .anyMatch(listed -> listed.endsWith(".*")
                        ? path.startsWith(listed.substring(0, listed.length() - 1))
                        : path.equals(listed) || path.startsWith(listed + "."));
    }

    private static <T extends Record> T merge(
            Class<T> type, Record inForce, Record wanted, String prefix, Predicate<String> reloadable) {
        List<@Nullable Object> arguments = new ArrayList<>();
        for (Schema.Property property : Schema.properties(type)) {
            String path = Schema.join(prefix, property.name());
            Object before = property.read(inForce);
            Object after = property.read(wanted);
            if (reloadable.test(path)) {
                arguments.add(after);
            } else if (property.kind() == Schema.Kind.SECTION
                    && before instanceof Record left
                    && after instanceof Record right) {
                arguments.add(merge(property.section(), left, right, path, reloadable));
            } else {
                arguments.add(before);
            }
        }
        try {
            return Schema.construct(type, arguments);
        } catch (InvocationTargetException e) {
            // Rules between keys hold within one reloadable section, or between static keys; never across. Those of
            // pools and the
            // rest ask whether there are any.
            throw new IllegalStateException("merging two valid configurations", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class VersionProvider implements IVersionProvider {
    /** The version stands in the jar's manifest; classes that run out of a build directory have none. */
    @Override
    public String[] getVersion() {
        @Nullable String version = VersionProvider.class.getPackage().getImplementationVersion();
        return new String[] {
            "gatehouse " + (version == null ? "development" : version) + " (Java " + Runtime.version() + ")"
        };
    }
}

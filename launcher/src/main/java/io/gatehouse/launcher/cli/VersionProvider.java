// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class VersionProvider implements IVersionProvider {
    /** The version stands in the jar's manifest; classes that run out of a build directory have none. */
    public static String version() {
        @Nullable String version = VersionProvider.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"gatehouse " + version() + " (Java " + Runtime.version() + ")"};
    }
}

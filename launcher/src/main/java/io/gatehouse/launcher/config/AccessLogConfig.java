// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** The access log. */
public record AccessLogConfig(
        @JsonPropertyDescription("Where it goes: stdout, off, or the path of a file (with a slash).")
        AccessLogOutput output) {

    public AccessLogConfig {
        output = Checks.or(output, new AccessLogOutput.Stdout());
    }
}

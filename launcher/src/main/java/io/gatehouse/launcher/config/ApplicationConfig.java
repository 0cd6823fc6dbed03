// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A live application at a known address.
 *
 * @param id null when the application is to be asked for it
 */
public record ApplicationConfig(
        @JsonPropertyDescription("Its application id; without it the application is asked.")
        @Example("local-1700000000000")
        @Nullable
        String id,

        @JsonProperty(required = true)
        @JsonPropertyDescription("The URL of its web UI; http or https.")
        @Example("http://127.0.0.1:4041")
        HttpUrl url) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    public ApplicationConfig {
        new Checks()
                .that(
                        id == null || ID.matcher(id).matches(),
                        "id",
                        "'" + id + "' is not an application id",
                        "use up to 128 letters, digits, '.', '_' and '-', a letter or digit first")
                .done();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A Spark Connect server that exists already.
 *
 * @param tokenFile null where the server asks for none
 */
public record PoolServerConfig(
        @JsonProperty(required = true)
        @JsonPropertyDescription("Its address, as https://host:port, or http://host:port for HTTP/2 without TLS.")
        @Example("http://spark-connect-1:15002")
        HttpUrl url,

        @JsonPropertyDescription(
                "File with the server's spark.connect.authenticate.token, which takes the place of the user's credential.")
        @Example("/etc/gatehouse/pools/etl/token")
        @Nullable
        Path tokenFile) {

    public PoolServerConfig {
        new Checks()
                .that(
                        url == null || url.path().isEmpty(),
                        "url",
                        "it has a path, and gRPC has a place for none",
                        "write http://host:port or https://host:port")
                .done();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import java.util.List;

/** A Spark Connect client, as users install it from PyPI. */
enum ConnectClient {
    /** That of the servers' own release. */
    CURRENT("4.3.0", ""),

    /**
     * That of the line before. It has no word for the end of a session, and does not notice that one has become another; a token makes
     * it use TLS at any host. With newer companions it does not run.
     */
    PREVIOUS(
            "3.5.9",
            "pyarrow<16 pandas<2.3 numpy<2 protobuf<6 grpcio<1.68 grpcio-status<1.68 googleapis-common-protos setuptools<80"),

    /** The package without a JVM, with whatever companions pip takes. */
    WITHOUT_JVM("4.2.0", "pyspark-client==4.2.0");

    private final String version;
    private final String requirements;

    ConnectClient(String version, String requirements) {
        this.version = version;
        this.requirements = requirements;
    }

    /** What {@code pyspark.__version__} says. */
    String version() {
        return version;
    }

    /** What pip installs for it; not for {@link #CURRENT}, which is there where Spark is. */
    List<String> requirements() {
        return List.of(requirements.split(" "));
    }
}

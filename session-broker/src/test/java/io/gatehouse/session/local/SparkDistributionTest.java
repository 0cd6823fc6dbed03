// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkDistributionTest {

    @TempDir
    Path home;

    @Test
    void sparkWithAConnectJarShouldHaveConnect() throws Exception {
        assertThat(spark("spark-core_2.13-4.3.0.jar", "spark-connect_2.13-4.3.0.jar")
                        .hasConnect())
                .isTrue();
    }

    @Test
    void sparkWithTheClientOfConnectOnlyShouldHaveNone() throws Exception {
        assertThat(spark("spark-core_2.13-4.3.0.jar", "spark-connect-client-jvm_2.13-4.3.0.jar")
                        .hasConnect())
                .isFalse();
    }

    @Test
    void connectThatWouldListenOnAllAddressesShouldNotCount() throws Exception {
        assertThat(spark("spark-core_2.12-3.5.9.jar", "spark-connect_2.12-3.5.7.jar")
                        .hasConnect())
                .isFalse();
    }

    private SparkDistribution spark(String... jars) throws IOException, SparkSetupException {
        Path folder = Files.createDirectories(home.resolve("jars"));
        for (String jar : jars) {
            Files.createFile(folder.resolve(jar));
        }
        return SparkDistribution.at(home, new JavaRuntime(Path.of("/java"), 17), null);
    }
}

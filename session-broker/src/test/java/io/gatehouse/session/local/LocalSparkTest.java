// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSparkTest {

    private static final Path JAVA = Path.of("/java");
    private static final Path PYTHON = Path.of("/venv/bin/python");

    @TempDir
    Path scratch;

    private LocalSpark spark;

    @BeforeEach
    void setUp() throws IOException {
        spark = LocalSpark.in(distribution(PYTHON), scratch);
    }

    @Test
    void historyServerShouldBeBoundToLoopbackAndItsPort() {
        // When
        ChildCommand command = spark.historyServer(new HistoryServer(
                "history",
                18081,
                Path.of("/logs"),
                Duration.ofSeconds(7),
                Map.of("spark.history.ui.port", "1", "a.b", "c")));

        // Then
        assertThat(command.command())
                .startsWith("/java/bin/java", "-Xmx512m", "-XX:TieredStopAtLevel=1")
                .contains(
                        "-Dspark.history.ui.port=18081",
                        "-Dspark.history.fs.logDirectory=file:///logs",
                        "-Dspark.history.fs.update.interval=7s",
                        "-Da.b=c")
                .containsSequence("-cp", "/spark/conf:/spark/jars/*")
                .doesNotContain("-Dspark.history.ui.port=1")
                .endsWith("org.apache.spark.deploy.history.HistoryServer");
        assertThat(command.environment())
                .containsEntry("SPARK_LOCAL_IP", "127.0.0.1")
                .containsEntry("SPARK_LOCAL_HOSTNAME", "localhost")
                .containsEntry("SPARK_HOME", "/spark")
                .containsEntry("JAVA_HOME", "/java");
    }

    @Test
    void connectServerShouldBeBoundToLoopbackWhateverExtraSettingsSay() {
        // When
        ChildCommand command = spark.connectServer(new ConnectServer(
                "connect-server-1",
                15003,
                4051,
                Map.of(
                        "spark.connect.grpc.binding.address",
                        "0.0.0.0",
                        "spark.driver.bindAddress",
                        "0.0.0.0",
                        "spark.sql.shuffle.partitions",
                        "2")));

        // Then
        assertThat(command.command())
                .startsWith("/java/bin/java", "-Xmx1g")
                .contains(
                        "-Dspark.connect.grpc.binding.address=127.0.0.1",
                        "-Dspark.connect.grpc.binding.port=15003",
                        "-Dspark.driver.bindAddress=127.0.0.1",
                        "-Dspark.ui.port=4051",
                        "-Dspark.port.maxRetries=0",
                        "-Dspark.app.name=connect-server-1",
                        "-Dspark.sql.shuffle.partitions=2",
                        "-Dspark.sql.warehouse.dir=" + scratch.toUri() + "warehouse-connect-server-1")
                .doesNotContain("-Dspark.connect.grpc.binding.address=0.0.0.0", "-Dspark.driver.bindAddress=0.0.0.0")
                .endsWith("org.apache.spark.sql.connect.service.SparkConnectServer");
        assertThat(command.environment())
                .containsEntry("PYSPARK_PYTHON", PYTHON.toString())
                .containsEntry("SPARK_LOCAL_IP", "127.0.0.1");
    }

    @Test
    void applicationShouldCarryItsSettingsAndArguments() throws Exception {
        // When
        ChildCommand command =
                spark.pythonApplication(application(OptionalInt.of(4055), Map.of("spark.master", "local[1]")));

        // Then
        assertThat(command.command())
                .containsSequence("org.apache.spark.deploy.SparkSubmit", "--conf", "spark.master=local[1]")
                .contains("spark.ui.enabled=true", "spark.ui.port=4055", "spark.port.maxRetries=0")
                .contains("spark.eventLog.enabled=true", "spark.eventLog.dir=file:///logs")
                .endsWith("/app.py", "one", "two");
        assertThat(command.environment())
                .containsEntry("PYSPARK_PYTHON", PYTHON.toString())
                .containsEntry("PYSPARK_DRIVER_PYTHON", PYTHON.toString())
                .containsEntry("SPARK_LOCAL_IP", "127.0.0.1");
    }

    @Test
    void extraSettingsShouldNotOpenThePortsOfADriver() throws Exception {
        // When
        ChildCommand command = spark.pythonApplication(application(
                OptionalInt.empty(),
                Map.of(
                        "spark.driver.bindAddress",
                        "0.0.0.0",
                        "spark.driver.host",
                        "example.org",
                        "spark.ui.enabled",
                        "true")));

        // Then
        assertThat(command.command())
                .contains("spark.driver.bindAddress=127.0.0.1", "spark.driver.host=127.0.0.1", "spark.ui.enabled=false")
                .doesNotContain("spark.driver.bindAddress=0.0.0.0", "spark.driver.host=example.org");
    }

    @Test
    void applicationWithoutPythonShouldBeRefused() throws Exception {
        // Given
        LocalSpark withoutPython = LocalSpark.in(distribution(null), scratch);

        // When, Then
        assertThatThrownBy(() -> withoutPython.pythonApplication(application(OptionalInt.empty(), Map.of())))
                .isInstanceOf(SparkSetupException.class)
                .hasMessageContaining("PYSPARK_PYTHON");
    }

    private static PythonApplication application(OptionalInt uiPort, Map<String, String> settings) {
        return new PythonApplication(
                "app", Path.of("/app.py"), List.of("one", "two"), uiPort, Path.of("/logs"), settings);
    }

    private static SparkDistribution distribution(Path python) {
        return new SparkDistribution(Path.of("/spark"), new JavaRuntime(JAVA, 17), python, "4.3.0");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TiersScriptTest {
    private static final String PASSED = "<testcase/>";
    private static final String FAILED = "<testcase><failure/></testcase>";
    private static final String BROKEN = "<testcase><error/></testcase>";
    private static final String SKIPPED = "<testcase><skipped/></testcase>";

    @TempDir
    Path root;

    private void report(String kind, String name, String seconds, String... cases) throws IOException {
        Path folder = Files.createDirectories(root.resolve("module/target/" + kind + "-reports"));
        Files.writeString(
                folder.resolve("TEST-" + name + ".xml"),
                "<testsuite name='" + name + "' time='" + seconds + "'>" + String.join("", cases) + "</testsuite>");
    }

    private Script.Result tiers() throws Exception {
        return Script.run(
                Map.of("PATH", System.getenv("PATH"), "HOME", root.toString()),
                List.of("python3", "scripts/tiers.py", "--root", root.toString()));
    }

    @Test
    void testsAreCountedByTheEndingOfTheirClass() throws Exception {
        // Given
        report("surefire", "a.OneTest", "1.5", PASSED, PASSED, FAILED);
        report("surefire", "a.OneTest$Inner", "0.5", SKIPPED);
        report("surefire", "a.TwoProperties", "1", PASSED);
        report("surefire", "a.ThreeFuzzTest", "2", PASSED);
        report("failsafe", "a.FourIT", "3", BROKEN);
        report("failsafe", "a.FiveST", "1,004.25", PASSED);
        report("failsafe", "a.SixCT", "5", PASSED, PASSED);
        // When
        Script.Result result = tiers();
        // Then
        assertThat(result.out().lines())
                .containsExactly(
                        "tier          passed  failed skipped   seconds",
                        "unit               3       1       1       3.0",
                        "fuzz               1       0       0       2.0",
                        "integration        0       1       0       3.0",
                        "cluster            2       0       0       5.0",
                        "system             1       0       0    1004.2",
                        "7 passed, 2 failed, 1 skipped");
        assertThat(result.code()).isZero();
    }

    @Test
    void halfAReportIsNoSuccess() throws Exception {
        // Given
        report("surefire", "a.OneTest", "1", "<testcase>");
        // When
        Script.Result result = tiers();
        // Then
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("TEST-a.OneTest.xml");
        assertThat(result.out()).endsWith("0 passed, 0 failed, 0 skipped\n");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** Each class begins when all before have ended. */
    private void report(String kind, String name, String seconds, String... cases) throws IOException {
        now = now.plusMillis((long) (1000 * Double.parseDouble(seconds.replace(",", ""))));
        report(kind, name, seconds, now, cases);
    }

    private void report(String kind, String name, String seconds, Instant end, String... cases) throws IOException {
        Path folder = Files.createDirectories(root.resolve("module/target/" + kind + "-reports"));
        Path file = Files.writeString(
                folder.resolve("TEST-" + name + ".xml"),
                "<testsuite name='" + name + "' time='" + seconds + "'>" + String.join("", cases) + "</testsuite>");
        Files.setLastModifiedTime(file, FileTime.from(end));
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
    void secondsOfClassesThatRanSideBySideCountOnce() throws Exception {
        // Given: 100 s; within these 30 s; 20 s that begin 10 s before the end of the first; and 5 s much later
        report("failsafe", "a.LongST", "100", now);
        report("failsafe", "a.WithinST", "30", now.minusSeconds(50), PASSED);
        report("failsafe", "a.OverlappingST", "20", now.plusSeconds(10), PASSED);
        report("failsafe", "a.LaterST", "5", now.plusSeconds(500), PASSED);
        // and in another tier
        report("failsafe", "a.OneIT", "40", now, PASSED);
        // When
        Script.Result result = tiers();
        // Then
        assertThat(result.out().lines())
                .contains(
                        "integration        1       0       0      40.0",
                        "system             3       0       0     115.0");
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

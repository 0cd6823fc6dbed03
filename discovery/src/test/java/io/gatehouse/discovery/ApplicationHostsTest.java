// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From ids to hosts and back. */
class ApplicationHostsTest {
    private static final ApplicationHosts HOSTS = new ApplicationHosts("apps.example.com", "spark.example.com");
    /** RFC 1123 section 2.1, RFC 5891 section 4.2.3.1. */
    private static final Pattern DNS_LABEL = Pattern.compile("(?!..--)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spark-0123456789abcdef0123456789abcdef",
                "app-20260101120000-0001",
                "local-1767268800000",
                "a",
                "7",
                "a--b-c"
            })
    void anIdThatCanBeALabelIsOne(String id) {
        assertThat(ApplicationHosts.label(id)).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "application_1767268800000_0001, application-1767268800000-0001-x",
        "App-1, app-1-x",
        "app.1, app-1-x",
        "ab--cd, ab-cd-x",
        "xn--abc, xn-abc-x",
        "app-, app-x",
        "app-1-x0123456789abcdef, app-1-x0123456789abcdef-x"
    })
    void anyOtherHasAHash(String id, String beginning) {
        assertThat(ApplicationHosts.label(id)).startsWith(beginning).hasSize(beginning.length() + 16);
    }

    @Test
    void noTwoIdsHaveTheSameLabelAndEachIsALabel() {
        // Given: ids that differ in what a host name cannot hold, the labels of all of them, and the labels of those
        List<String> ids = new ArrayList<>(
                List.of("a-b", "a_b", "a.b", "A-b", "a-B", "a--b", "a-b-", "a-b_", "a" + "-".repeat(120)));
        ids.add("a".repeat(63));
        ids.add("a".repeat(64));
        ids.add("a".repeat(128));
        ids.add("ab" + "-".repeat(60) + "c");
        for (int round = 0; round < 3; round++) {
            List.copyOf(ids).stream()
                    .map(ApplicationHosts::label)
                    .filter(id -> !ids.contains(id))
                    .forEach(ids::add);
        }
        // When
        Set<String> labels = new HashSet<>();
        ids.forEach(id -> labels.add(ApplicationHosts.label(id)));
        // Then
        assertThat(ids).allMatch(AppIds::isValid);
        assertThat(labels)
                .hasSameSizeAs(ids)
                .allMatch(label -> DNS_LABEL.matcher(label).matches());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "app-1.apps.example.com, app-1",
                "APP-1.Apps.Example.COM:8443, app-1",
                "app-1.apps.example.com., app-1",
                "app-1.apps.example.com.:4040, app-1",
                "a.b.apps.example.com, a.b",
                ".apps.example.com, ''",
                "apps.example.com, -",
                "xapps.example.com, -",
                "app-1.apps.example.com.evil.example, -",
                "app-1.apps.example.com:80@evil.example, -",
                "spark.example.com, -",
                "127.0.0.1:4040, -",
                "[::1]:4040, -",
                "[::1], -",
                "-, -"
            })
    void onlyWhatStandsBeforeTheDomainIsALabel(@Nullable String host, @Nullable String label) {
        assertThat(HOSTS.labelIn(host)).isEqualTo(label);
    }

    @Test
    void aHashStandsForAnApplicationOfTheDirectoryOnly() {
        // Given
        String id = "application_1767268800000_0001";
        String label = ApplicationHosts.label(id);
        assertThat(HostLabels.NONE.id(label)).isNull();
        // When: it runs, then has ended, then is forgotten
        HostLabels running = HostLabels.NONE.of(new AppDirectory(List.of(Decisions.app(id, "driver", null))));
        HostLabels ended = running.of(AppDirectory.EMPTY.with(Lives.of(id, new ApplicationLife.Ended(HandOvers.NOW))));
        HostLabels forgotten = ended.of(AppDirectory.EMPTY);
        // Then
        assertThat(running.id(label)).isEqualTo(id);
        assertThat(ended.id(label)).isEqualTo(id);
        assertThat(forgotten.id(label)).isNull();
        assertThat(forgotten.id("app-1")).isEqualTo("app-1");
        assertThat(forgotten.id("a.b")).isNull();
        assertThat(forgotten.id("")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "apps.example.com, gate.apps.example.com",
        "Apps.example.com, spark.example.com",
        "apps.example.com:80, spark.example.com",
        "apps_.example.com, spark.example.com",
        "-apps.example.com, spark.example.com",
        "apps.example.com., spark.example.com",
        "'', spark.example.com",
        "apps.example.com, ''"
    })
    void whatIsNoPairOfHostsIsRefused(String domain, String mainHost) {
        assertThatThrownBy(() -> new ApplicationHosts(domain, mainHost)).isInstanceOf(IllegalArgumentException.class);
    }
}

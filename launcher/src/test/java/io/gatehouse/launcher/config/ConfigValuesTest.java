// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigValuesTest {
    @ParameterizedTest
    @CsvSource({"500ms, 500", "30s, 30000", "5m, 300000", "1h, 3600000", "0s, 0"})
    void durationsAreANumberWithAUnit(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"500ms", "0s", "90s", "300s", "11m", "3h", "601s"})
    void printedDurationsReadBack(String text) {
        assertThat(Durations.print(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "1", "1d", "-1s", "1.5s", "1 s", "1S", "PT1S", "99999999999s"})
    void otherDurationsAreRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @CsvSource({"0B, 0", "240B, 240", "8KiB, 8192", "1MiB, 1048576", "2GiB, 2147483648"})
    void sizesAreANumberWithAUnit(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
        assertThat(ByteSize.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "B", "8", "8K", "8KB", "8kib", "-8B", "8 KiB", "1.5MiB"})
    void otherSizesAreRefused(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.128.0.0/9, 10.127.255.255, false",
        "10.128.0.0/9, 10.128.0.0, true",
        "0.0.0.0/0, 1.2.3.4, true",
        "1.2.3.4/32, 1.2.3.5, false",
        "fd00::/8, fdff::1, true",
        "::/0, fdff::1, true",
        "::/0, 1.2.3.4, false",
        "0.0.0.0/0, ::1, false"
    })
    void aNetworkContainsWhatItsPrefixSays(String network, String address, boolean contained) {
        assertThat(Cidr.parse(network).contains(InetAddress.ofLiteral(address))).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0",
                "10.0.0.0/",
                "10/8",
                "10.0/16",
                "10.0.0.0/33",
                "256.0.0.0/8",
                "10.0.0.1/8",
                "fd00::1/8",
                "fd00::/129",
                "::ffff:10.0.0.0/104",
                "host/8",
                "10.0.0.0/-1"
            })
    void otherNetworksAreRefused(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "http://h, http://h:80",
        "https://h, https://h:443",
        "https://h:8443/a, https://h:8443/a",
        "HTTP://h:18080/, http://h:18080",
        "http://10.0.0.1:4040/a/b, http://10.0.0.1:4040/a/b",
        "http://[::1]:4040, http://[::1]:4040"
    })
    void urlsAreTakenApart(String text, String printed) {
        assertThat(HttpUrl.parse(text)).hasToString(printed);
        assertThat(HttpUrl.parse(printed)).isEqualTo(HttpUrl.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h",
                "h:80",
                "//h",
                "/path",
                "http:",
                "http://",
                "http://h:0",
                "http://h:65536",
                "ftp://h",
                "http://h?a",
                "http://h#a",
                "http://u@h",
                "http://h/a//b",
                "http://h/../a",
                "http://h/%41",
                "http://a_b",
                "http://h:x",
                "http://a b"
            })
    void otherUrlsAreRefused(String text) {
        assertThatThrownBy(() -> HttpUrl.parse(text)).isInstanceOf(InvalidValueException.class);
    }

    @ParameterizedTest
    @CsvSource({"prot, port, 1", "port, port, 0", "por, port, 1", "abc, xyz, 3"})
    void distanceCountsASwapAsOneChange(String a, String b, int distance) {
        assertThat(Nearest.distance(a, b)).isEqualTo(distance);
    }
}

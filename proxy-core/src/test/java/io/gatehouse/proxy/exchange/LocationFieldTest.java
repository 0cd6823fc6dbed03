// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ClientInfo;
import io.gatehouse.proxy.ForwardTarget;
import io.gatehouse.proxy.Forwarding;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.RequestHead;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Location} on its way from an upstream at 10.0.0.1:4040, asked for as example.org:80, to below /sparkui/x. */
class LocationFieldTest {
    private static final ClientInfo DIRECT = ClientInfo.direct(InetAddress.getLoopbackAddress(), "http");
    private static final ForwardTarget PLAIN = ForwardTarget.to("test", new Upstream("10.0.0.1", 4040));
    private static final ForwardTarget PREFIXED = PLAIN.withPublicPrefix("/sparkui/x");

    private static String rewritten(String location, ForwardTarget target) throws Exception {
        return rewritten(DIRECT, location, target);
    }

    private static String rewritten(ClientInfo client, String location, ForwardTarget target) throws Exception {
        RequestHead request = Heads.request("GET / HTTP/1.1\r\nHost: Example.org\r\n\r\n");
        ResponseHead response = Heads.response("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\n\r\n");
        ByteBuf out = Unpooled.buffer();
        LocationField.write(request, client, response, response.find(HeaderName.LOCATION), target, out);
        String line = out.toString(StandardCharsets.ISO_8859_1);
        assertThat(line).startsWith("Location: ").endsWith("\r\n");
        return line.substring("Location: ".length(), line.length() - 2);
    }

    @ParameterizedTest
    @CsvSource({
        // a path
        "/jobs/,/sparkui/x/jobs/",
        "/,/sparkui/x/",
        "/?a=b,/sparkui/x/?a=b",
        "/jobs?u=http://example.org/,/sparkui/x/jobs?u=http://example.org/",
        // the host that the client asked for
        "http://example.org/jobs/,/sparkui/x/jobs/",
        "https://EXAMPLE.org/jobs/#a,/sparkui/x/jobs/#a",
        "HTTP://example.org,/sparkui/x/",
        "http://example.org?a=b,/sparkui/x/?a=b",
        "//example.org/jobs,/sparkui/x/jobs",
        // the upstream's own address
        "http://10.0.0.1:4040/jobs/,/sparkui/x/jobs/",
        "//10.0.0.1:4040/jobs/,/sparkui/x/jobs/",
        "http://10.0.0.1:4040,/sparkui/x/",
        // below the prefix already
        "/sparkui/x,/sparkui/x",
        "/sparkui/x/jobs,/sparkui/x/jobs",
        "/sparkui/x?a,/sparkui/x?a",
        "http://example.org/sparkui/x/jobs,/sparkui/x/jobs",
        "/sparkui/xyz,/sparkui/x/sparkui/xyz",
        // somewhere else
        "http://idp.example.com/login?to=/,http://idp.example.com/login?to=/",
        "http://example.org.evil/,http://example.org.evil/",
        "http://user@example.org/,http://user@example.org/",
        "http://example.org:81/,http://example.org:81/",
        "http://10.0.0.1/,http://10.0.0.1/",
        "//evil.example/,//evil.example/",
        "/\\evil.example/,/\\evil.example/",
        "mailto:a@b,mailto:a@b",
        // relative: it is the browser's to resolve
        "jobs/,jobs/",
        "../jobs/,../jobs/",
        "?a=b,?a=b",
        "#a,#a",
        "'',''"
    })
    void belowAPublicPrefix(String from, String to) throws Exception {
        assertThat(rewritten(from, PREFIXED)).isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({
        "/jobs/,/jobs/",
        "http://example.org/jobs/,/jobs/",
        "http://10.0.0.1:4040,/",
        "http://example.org?a,/?a",
        "http://idp/,http://idp/"
    })
    void withoutAPublicPrefix(String from, String to) throws Exception {
        assertThat(rewritten(from, PLAIN)).isEqualTo(to);
    }

    /** A path that begins with two slashes names a host once scheme and authority are gone. */
    @ParameterizedTest
    @ValueSource(strings = {"http://example.org//evil.example/", "http://example.org/\\evil.example/"})
    void aPathNeverBecomesAHost(String location) throws Exception {
        assertThat(rewritten(location, PLAIN)).isEqualTo(location);
        assertThat(rewritten(location, PREFIXED)).startsWith("/sparkui/x/");
        assertThat(rewritten("/base//evil.example/", PLAIN.withPathPrefix("/base")))
                .isEqualTo("/base//evil.example/");
    }

    @Test
    void behindATrustedProxyTheUpstreamIsToldTheProxysHostAndMayAnswerWithIt() throws Exception {
        // Given
        ClientInfo told = new ClientInfo(
                InetAddress.getLoopbackAddress(),
                "https",
                new Forwarding(List.of(), "https", "Front.example:8443", 0, ""));

        // When / Then
        assertThat(rewritten(told, "https://front.example:8443/jobs/", PREFIXED))
                .isEqualTo("/sparkui/x/jobs/");
        assertThat(rewritten(told, "http://10.0.0.1:4040/jobs/", PREFIXED)).isEqualTo("/sparkui/x/jobs/");
        assertThat(rewritten(told, "http://example.org/jobs/", PREFIXED)).isEqualTo("http://example.org/jobs/");
    }

    @ParameterizedTest
    @CsvSource({
        "/base/jobs,/sparkui/x/jobs",
        "/base,/sparkui/x/",
        "/base?a,/sparkui/x/?a",
        "/based,/sparkui/x/based",
        "http://10.0.0.1:4040/base/jobs,/sparkui/x/jobs",
        "/other,/sparkui/x/other",
        "/sparkui/x/jobs,/sparkui/x/jobs"
    })
    void theUpstreamsOwnPrefixIsTakenOff(String from, String to) throws Exception {
        assertThat(rewritten(from, PREFIXED.withPathPrefix("/base"))).isEqualTo(to);
    }

    @Test
    void bothPrefixesMayBeTheSame() throws Exception {
        ForwardTarget same = PLAIN.withPublicPrefix("/history").withPathPrefix("/history");
        assertThat(rewritten("/history/app", same)).isEqualTo("/history/app");
        assertThat(rewritten("/app", same)).isEqualTo("/history/app");
    }

    /** Public prefix, root, and what comes of a Location; of those that it begins with, the longest counts. */
    @ParameterizedTest
    @CsvSource({
        "/sparkui/x,/sparkui,/sparkui/x/jobs,/sparkui/x/jobs",
        "/sparkui/x,/sparkui,/sparkui/x,/sparkui/x",
        "/sparkui/x,/sparkui,/sparkui/jobs,/sparkui/x/jobs",
        "/sparkui/x,/sparkui,http://example.org/sparkui/x/jobs,/sparkui/x/jobs",
        "/proxy,/proxy/x,/proxy/x/jobs,/proxy/jobs",
        "/proxy,/proxy/x,/proxy/x,/proxy/",
        "/proxy,/proxy/x,/proxy/jobs,/proxy/jobs",
        "/proxy,/proxy/x,http://10.0.0.1:4040/proxy/x/jobs,/proxy/jobs",
        "/s/x,https://f.example/s,https://f.example/s/x/jobs,/s/x/jobs",
        "/s/x,https://f.example/s,https://F.example:443/s/jobs,/s/x/jobs",
        "/s/x,https://f.example/s,https://f.example/t/jobs,https://f.example/t/jobs",
        "/s/x,https://f.example/s,https://f.example:444/s/jobs,https://f.example:444/s/jobs",
        "/s/x,https://example.org/s,http://example.org/jobs,/s/x/jobs",
        "/s/x,https://f.example,https://f.example/s/x/jobs,/s/x/jobs",
        "/s/x,https://f.example,https://f.example,/s/x/"
    })
    void ofAllThatALocationBeginsWithTheLongestCounts(String prefix, String root, String from, String to)
            throws Exception {
        assertThat(rewritten(from, PLAIN.withPublicPrefix(prefix).withOwnRoot(root)))
                .isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({
        "/base/sub/jobs,/base/sub/jobs",
        "/base/jobs,/base/sub/jobs",
        "/base/own/jobs,/base/sub/jobs",
        "/base/owner,/base/sub/owner",
        "/base/sub\\jobs,/base/sub\\jobs"
    })
    void theUpstreamsPathIsOneOfThem(String from, String to) throws Exception {
        assertThat(rewritten(
                        from,
                        PLAIN.withPublicPrefix("/base/sub")
                                .withPathPrefix("/base")
                                .withOwnRoot("/base/own")))
                .isEqualTo(to);
    }

    @ParameterizedTest
    @CsvSource({
        "Example.org,http://example.org:80/jobs,true",
        "Example.org,https://example.org:443/jobs,true",
        "Example.org,http://example.org:/jobs,true",
        "Example.org:80,http://example.org/jobs,true",
        "Example.org:443,https://example.org/jobs,true",
        "[fd00::7]:80,http://[fd00::7]/jobs,true",
        "[fd00::7],http://[FD00::7]:80/jobs,true",
        "Example.org,http://example.org:443/jobs,false",
        "Example.org,https://example.org:80/jobs,false",
        "Example.org:443,http://example.org/jobs,false",
        "Example.org:8080,http://example.org/jobs,false",
        "Example.org,http://example.org:80a/jobs,false",
        "Example.org,http://example.org:4294967376/jobs,false",
        "Example.org,//example.org:80/jobs,false",
        "Example.org,http://example.org:80@evil.example/jobs,false"
    })
    void theSchemesOwnPortIsTheSameAsNone(String host, String location, boolean own) throws Exception {
        ClientInfo told =
                new ClientInfo(InetAddress.getLoopbackAddress(), "http", new Forwarding(List.of(), null, host, 0, ""));

        assertThat(rewritten(told, location, PREFIXED)).isEqualTo(own ? "/sparkui/x/jobs" : location);
    }

    @Test
    void anUpstreamAtItsSchemesOwnPortMayLeaveItOut() throws Exception {
        ForwardTarget plain =
                ForwardTarget.to("test", new Upstream("10.0.0.1", 80)).withPublicPrefix("/x");
        ForwardTarget secure =
                ForwardTarget.to("test", Upstream.secure("10.0.0.1", 443)).withPublicPrefix("/x");

        assertThat(rewritten("http://10.0.0.1/jobs", plain)).isEqualTo("/x/jobs");
        assertThat(rewritten("https://10.0.0.1/jobs", secure)).isEqualTo("/x/jobs");
        assertThat(rewritten("http://10.0.0.1/jobs", secure)).isEqualTo("http://10.0.0.1/jobs");
    }

    @ParameterizedTest
    @CsvSource({
        "201,true",
        "300,true",
        "301,true",
        "302,true",
        "303,true",
        "307,true",
        "308,true",
        "200,false",
        "404,false"
    })
    void onlyWhereTheStatusGivesItMeaning(int status, boolean changed) throws Exception {
        RequestHead request = Heads.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        ResponseHead response =
                Heads.response("HTTP/1.1 " + status + " X\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n");
        ByteBuf out = Unpooled.buffer();
        DownstreamResponseHead.write(
                request,
                DIRECT,
                response,
                PREFIXED,
                Boundary.OPEN,
                DownstreamResponseHead.framing(request, response, BodyEdit.NONE),
                BodyEdit.NONE,
                true,
                out);
        assertThat(out.toString(StandardCharsets.ISO_8859_1))
                .contains(changed ? "Location: /sparkui/x/a\r\n" : "Location: /a\r\n");
    }
}

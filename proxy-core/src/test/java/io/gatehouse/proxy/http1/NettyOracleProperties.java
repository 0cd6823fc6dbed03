// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Generated messages beside Netty's codec: valid ones with a few bytes changed, and soup of what matters to parsers. */
class NettyOracleProperties {
    /** What a parser may trip over, by itself and in the wrong place. */
    private static final String[] SPICE = {
        "\r\n",
        "\n",
        "\r",
        "\r\n\r\n",
        " ",
        "\t",
        "\0",
        "\u000b",
        "\u000c",
        "\u0085",
        "\u00a0",
        "\u00ff",
        "\u007f",
        ":",
        ",",
        ";",
        "=",
        "\"",
        "\\",
        "/",
        "?",
        "#",
        "%",
        "%2f",
        "*",
        "0",
        "1",
        "5",
        "f",
        "+",
        "-",
        "0x",
        "GET",
        "POST ",
        " HTTP/1.1",
        " HTTP/1.0",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 \r\n",
        "204",
        "chunked",
        "xchunked",
        "identity",
        "Host: a\r\n",
        "X: y\r\n",
        "Content-Length: 3\r\n",
        "Content-Length",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding",
        "Connection: close\r\n",
        "0\r\n\r\n",
        "3\r\nabc\r\n",
        "1;a=b\r\nx\r\n",
        "7fffffff\r\n",
        "80000000\r\n",
        "..",
        "http://a"
    };

    @Property(tries = 3000)
    void nettyRefusesNoMutatedRequestThatIsTakenHere(@ForAll("mutatedRequests") String wire) {
        NettyOracle.checkRequests(Transcript.bytes(wire));
    }

    @Property(tries = 3000)
    void nettyRefusesNoMutatedResponseThatIsTakenHere(@ForAll("mutatedResponses") String wire) {
        NettyOracle.checkResponses(Transcript.bytes(wire));
    }

    @Property(tries = 2000)
    void nettyRefusesNoSoupThatIsTakenHere(@ForAll("soup") String wire) {
        NettyOracle.checkRequests(Transcript.bytes(wire));
        NettyOracle.checkResponses(Transcript.bytes(wire));
    }

    @Property(tries = 1000)
    void nettyRefusesNoRandomBytesThatAreTakenHere(@ForAll byte[] wire) {
        NettyOracle.checkRequests(wire);
        NettyOracle.checkResponses(wire);
    }

    @Provide
    Arbitrary<String> mutatedRequests() {
        return mutated(WireTablesTest.requests().map(WireCase::wire).toArray(String[]::new));
    }

    @Provide
    Arbitrary<String> mutatedResponses() {
        return mutated(WireTablesTest.responses().map(WireCase::wire).toArray(String[]::new));
    }

    @Provide
    Arbitrary<String> soup() {
        return Arbitraries.of(SPICE).list().ofMaxSize(30).map(parts -> String.join("", parts));
    }

    private static Arbitrary<String> mutated(String[] seeds) {
        Arbitrary<Mutation> mutation = Combinators.combine(
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(SPICE))
                .as(Mutation::new);
        return Combinators.combine(
                        Arbitraries.of(seeds), mutation.list().ofMinSize(1).ofMaxSize(3))
                .as((seed, mutations) -> {
                    String wire = seed;
                    for (Mutation next : mutations) {
                        wire = next.of(wire);
                    }
                    return wire;
                });
    }

    /**
     * A change at one place of a message.
     *
     * @param where from the start, 0, to the end, 1
     * @param removed bytes taken away there
     * @param put what stands there instead
     */
    private record Mutation(double where, int removed, String put) {
        String of(String wire) {
            int at = (int) (where * wire.length());
            return wire.substring(0, at) + put + wire.substring(Math.min(wire.length(), at + removed));
        }
    }
}

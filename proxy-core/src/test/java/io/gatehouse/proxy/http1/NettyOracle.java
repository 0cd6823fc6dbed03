// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http1;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.HttpLimits;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Netty's codec on the same bytes. What it refuses, ours must refuse; what ours takes must be what Netty read.
 *
 * <p>Sizes are no part of the comparison: the two count differently (Netty counts fields without line ends, and trailers
 * on top of the head), so Netty's limits are out of the way and ours have tests of their own.
 */
final class NettyOracle {
    private static final HttpLimits LIMITS = new HttpLimits(0xffff, 0xffff, 1000);
    private static final HttpDecoderConfig CONFIG = new HttpDecoderConfig()
            .setMaxInitialLineLength(1 << 20)
            .setMaxHeaderSize(1 << 20)
            .setMaxChunkSize(1 << 20);

    private final List<Transcript.Message> messages = new ArrayList<>();
    private Throwable refusal;
    private String start;
    private List<String> fields = List.of();
    private final StringBuilder body = new StringBuilder();

    private NettyOracle() {}

    /** Fails where our decoders and Netty's disagree about requests, but for what is excused below. */
    static void checkRequests(byte[] input) {
        check(input, MessageReader.requests(LIMITS, input), new HttpRequestDecoder(CONFIG));
    }

    /** The same for responses to GET requests. */
    static void checkResponses(byte[] input) {
        check(input, MessageReader.responses(LIMITS, input), new HttpResponseDecoder(CONFIG));
    }

    private static void check(byte[] input, Transcript ours, HttpObjectDecoder decoder) {
        NettyOracle netty = new NettyOracle();
        netty.read(input, decoder);
        int compared = 0;
        for (Transcript.Message message : ours.messages()) {
            if (isExcused(message)) {
                return;
            }
            assertThat(compared)
                    .as("Netty has no message like %s; it refused with %s", message, netty.refusal)
                    .isLessThan(netty.messages.size());
            assertThat(asNettyKeepsIt(message)).isEqualTo(netty.messages.get(compared++));
        }
        if (netty.refusal != null && !isExcused(netty.refusal)) {
            assertThat(ours.refusal())
                    .as("Netty refused with %s", netty.refusal)
                    .isNotNull();
        }
    }

    /**
     * Messages behind which Netty stops to read HTTP/1.1: a 101 ends it (ours never passes one on), and a GET with the two
     * fields of the Hixie 76 draft of WebSocket is given an eight-byte body that no RFC knows.
     */
    private static boolean isExcused(Transcript.Message message) {
        return message.start().startsWith("HTTP/1.1 101")
                || message.start().startsWith("HTTP/1.0 101")
                || message.fields().stream().anyMatch(f -> f.regionMatches(true, 0, "Sec-WebSocket-Key", 0, 17));
    }

    /** Netty counts a chunk's bytes in an int; ours in a long, and a chunk of 2 GiB is a chunk. */
    private static boolean isExcused(Throwable refusal) {
        return refusal instanceof NumberFormatException
                && refusal.getMessage() != null
                && refusal.getMessage().startsWith("Chunk size overflow");
    }

    /**
     * Netty drops three kinds of trailers, and the coding of responses that never have a body, while it reads; ours drops
     * them, and more, when it writes.
     */
    private static Transcript.Message asNettyKeepsIt(Transcript.Message message) {
        boolean bodiless = message.start().matches("(?s)HTTP/1.[01] (1..|204|304) .*");
        return new Transcript.Message(
                message.start(),
                without(bodiless ? "transfer-encoding" : "", message.fields()),
                message.body(),
                without("content-length|transfer-encoding|trailer", message.trailers()));
    }

    private static List<String> without(String names, List<String> fields) {
        return fields.stream()
                .filter(field -> !field.matches("(?is)(" + names + "): .*"))
                .toList();
    }

    private void read(byte[] input, HttpObjectDecoder decoder) {
        EmbeddedChannel channel = new EmbeddedChannel(decoder);
        channel.writeInbound(Unpooled.wrappedBuffer(input));
        channel.finish();
        for (Object object = channel.readInbound(); object != null; object = channel.readInbound()) {
            if (object instanceof HttpObject part && refusal == null) {
                take(part);
            }
            ReferenceCountUtil.release(object);
        }
    }

    private void take(HttpObject part) {
        Throwable cause = part.decoderResult().cause();
        if (cause != null) {
            if (!(cause instanceof PrematureChannelClosureException)) {
                refusal = cause;
            }
            return;
        }
        if (part instanceof HttpMessage message) {
            start = startLine(message);
            fields = fields(message.headers());
            body.setLength(0);
        }
        if (part instanceof HttpContent content) {
            body.append(content.content().toString(StandardCharsets.ISO_8859_1));
        }
        if (part instanceof LastHttpContent last && start != null) {
            messages.add(new Transcript.Message(start, fields, body.toString(), fields(last.trailingHeaders())));
            start = null;
        }
    }

    private static String startLine(HttpMessage message) {
        if (message instanceof HttpResponse response) {
            return response.protocolVersion() + " " + response.status().code() + " "
                    + response.status().reasonPhrase().strip();
        }
        HttpRequest request = (HttpRequest) message;
        return request.method() + " " + request.uri() + " " + request.protocolVersion();
    }

    private static List<String> fields(HttpHeaders headers) {
        List<String> fields = new ArrayList<>();
        headers.iteratorAsString().forEachRemaining(field -> fields.add(field.getKey() + ": " + field.getValue()));
        return fields;
    }
}

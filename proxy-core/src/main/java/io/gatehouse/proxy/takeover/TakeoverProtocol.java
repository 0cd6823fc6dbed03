// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the two processes say to each other. Lines of ASCII, in turns, except for the descriptors:
 *
 * <pre>
 *   new: gatehouse-takeover 1
 *   old: listener ui 127.0.0.1 4040          one line for each listener
 *        listener management 127.0.0.1 8081
 *        end
 *   new: sockets
 *   old: one byte for each listener, in that order, with its descriptor (SCM_RIGHTS)
 *   new: ready                               it has everything that it needs to serve
 *   old: stopped                             it accepts no more; the new one begins to
 * </pre>
 *
 * Instead of any answer, the old one may say {@code refused} and a reason, and go on as if nothing had been. Until it has
 * said {@code stopped}, the end of the connection means the same.
 *
 * <p>The turns matter: the new one reads bytes or descriptors, never both, and a descriptor read as a byte would be lost.
 */
final class TakeoverProtocol {
    /** Any change that the other side could misunderstand needs another number. */
    static final String HELLO = "gatehouse-takeover 1";

    static final String END = "end";
    static final String SOCKETS = "sockets";
    static final String READY = "ready";
    static final String STOPPED = "stopped";
    static final String REFUSED = "refused ";

    /** More than a server will ever have. */
    static final int MAX_LISTENERS = 32;

    private static final int MAX_LINE = 256;
    private static final Pattern LISTENER =
            Pattern.compile("listener ([a-z][a-z0-9-]{0,31}) ([0-9A-Za-z.:%]{2,64}) ([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    private TakeoverProtocol() {}

    /** The handlers below the one that speaks; that one sees strings and descriptors. */
    static void addCodec(ChannelPipeline pipeline) {
        pipeline.addLast(new LineBasedFrameDecoder(MAX_LINE, true, true))
                .addLast(new StringDecoder(StandardCharsets.US_ASCII))
                .addLast(new StringEncoder(StandardCharsets.US_ASCII));
    }

    /** All that the old one says before the descriptors. */
    static String offer(List<ListeningSocket> sockets) {
        StringBuilder lines = new StringBuilder();
        for (ListeningSocket socket : sockets) {
            lines.append("listener ")
                    .append(socket.name())
                    .append(' ')
                    .append(socket.address().getAddress().getHostAddress())
                    .append(' ')
                    .append(socket.address().getPort())
                    .append('\n');
        }
        return lines.append(END).append('\n').toString();
    }

    /** A listener whose descriptor is yet to come. */
    record Announced(String name, InetSocketAddress address) {}

    /**
     * Reads a listener's line.
     *
     * @throws TakeoverException when it is none
     */
    static Announced announced(String line) throws TakeoverException {
        Matcher matcher = LISTENER.matcher(line);
        if (!matcher.matches()) {
            throw new TakeoverException("it said '" + printable(line) + "' in the place of a listener");
        }
        int port = Integer.parseInt(matcher.group(3));
        try {
            if (port == 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("no port");
            }
            return new Announced(
                    matcher.group(1), new InetSocketAddress(InetAddress.ofLiteral(matcher.group(2)), port));
        } catch (IllegalArgumentException e) {
            throw new TakeoverException("it named a listener at '" + printable(line) + "', which is no address", e);
        }
    }

    /** What a stranger sent, fit for a log. */
    static String printable(String line) {
        String shown = line.length() > 64 ? line.substring(0, 64) + "…" : line;
        return shown.replaceAll("[^\\x20-\\x7e…]", "?");
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.BodyFilter;
import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives the History Server's first page its table where the server has left it out: {@code HistoryPage} writes "No
 * completed applications found!" instead when it knows none itself, and then the running ones would have nowhere to stand.
 *
 * <p>Looks for that heading as the page streams by and puts the table's own script tags in its place, as the same class
 * writes them. Constant memory; a page without the heading passes as it came.
 */
final class HistoryPageFilter implements BodyFilter {
    private static final Pattern NONCE = Pattern.compile("'nonce-([A-Za-z0-9+/=_-]{1,128})'");
    private static final byte[] MODULE = ascii("type=\"module\"");
    private static final byte[] COMPLETED = ascii("<h4>No completed applications found!</h4>");
    private static final byte[] INCOMPLETE = ascii("<h4>No incomplete applications found!</h4>");

    private final @Nullable String nonce;
    private final String basePath;
    private final byte[] held = new byte[INCOMPLETE.length];
    private int heldBytes;
    private int moduleMatched;
    private boolean modules;
    private boolean replaced;

    /** {@code basePath}: what the links of the page begin with. */
    HistoryPageFilter(@Nullable String nonce, String basePath) {
        this.nonce = nonce;
        this.basePath = basePath;
    }

    /** A filter for an HTML page; null for everything else. */
    static @Nullable BodyFilter forResponse(ResponseHead response, String basePath) {
        String type = response.value(HeaderName.CONTENT_TYPE);
        boolean page = response.status() == 200
                && type != null
                && type.startsWith("text/html")
                && response.find(HeaderName.CONTENT_ENCODING) < 0;
        if (!page) {
            return null;
        }
        String policy = response.value("content-security-policy");
        Matcher matcher = NONCE.matcher(policy == null ? "" : policy);
        return new HistoryPageFilter(matcher.find() ? matcher.group(1) : null, basePath);
    }

    @Override
    public void filter(ByteBuf in, Consumer<ByteBuf> out) {
        if (replaced) {
            out.accept(in);
            return;
        }
        ByteBuf page = in.alloc().buffer(in.readableBytes() + INCOMPLETE.length);
        while (in.isReadable() && !replaced) {
            step(in.readByte(), page);
        }
        out.accept(page);
        if (in.isReadable()) {
            out.accept(in);
        } else {
            in.release();
        }
    }

    private void step(byte b, ByteBuf out) {
        moduleMatched = b == MODULE[moduleMatched] ? moduleMatched + 1 : b == MODULE[0] ? 1 : 0;
        if (moduleMatched == MODULE.length) {
            modules = true;
            moduleMatched = 0;
        }
        held[heldBytes++] = b;
        while (heldBytes > 0 && !mayBecomeHeading()) {
            out.writeByte(held[0]);
            System.arraycopy(held, 1, held, 0, --heldBytes);
        }
        if (heldBytes > 0 && b == '>' && isHeading()) {
            out.writeBytes(ascii(table()));
            heldBytes = 0;
            replaced = true;
        }
    }

    private boolean mayBecomeHeading() {
        return beginsAsHeld(COMPLETED) || beginsAsHeld(INCOMPLETE);
    }

    private boolean isHeading() {
        return (heldBytes == COMPLETED.length && beginsAsHeld(COMPLETED))
                || (heldBytes == INCOMPLETE.length && beginsAsHeld(INCOMPLETE));
    }

    private boolean beginsAsHeld(byte[] heading) {
        return heldBytes <= heading.length && Arrays.equals(held, 0, heldBytes, heading, 0, heldBytes);
    }

    /** Spark 4 loads the table's script as a module; older ones call it directly. */
    private String table() {
        String attribute = nonce == null ? "" : " nonce=\"" + nonce + "\"";
        String files = basePath + "/static/";
        String rows = "<script src=\"" + files + "dataTables.rowsGroup.js\"></script>";
        String page = files + "historypage.js";
        if (!modules) {
            return rows + "<script src=\"" + page + "\"></script>" + "<script" + attribute
                    + ">setAppLimit(2147483647)</script><div id=\"history-summary\"></div>";
        }
        return rows + "<script type=\"module\" src=\"" + page + "\"></script>"
                + "<script type=\"module\"" + attribute + ">import {setAppLimit} from \"" + page + "\";"
                + "setAppLimit(2147483647);</script><div id=\"history-summary\"></div>";
    }

    @Override
    public void finish(Consumer<ByteBuf> out) {
        if (heldBytes > 0) {
            out.accept(Unpooled.copiedBuffer(held, 0, heldBytes));
            heldBytes = 0;
        }
    }

    @Override
    public void close() {
        // Holds no buffer.
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

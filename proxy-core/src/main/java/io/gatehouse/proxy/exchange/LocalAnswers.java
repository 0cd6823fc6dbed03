// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.http1.HeadWriter;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes and writes the responses that are ours: errors as RFC 9457 problem documents or as a small page, by what the
 * client accepts, each with its RFC 9209 {@code Proxy-Status}. No answer shows a stack, an address or a secret.
 */
final class LocalAnswers {
    /** More than the fixed fields need. */
    private static final int HEAD_SIZE = 384;

    /** IMF-fixdate (RFC 9110 section 5.6.7): unlike in the JDK's RFC 1123 format, the day has two digits. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    /** {@code Allow} where no single resource was asked for: what is not there is refused whatever the resource. */
    static final String EVERY_METHOD = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    /** For the Date of what is written now. */
    static final Clock WALL_CLOCK = Clock.systemUTC();

    private LocalAnswers() {}

    /**
     * @param head null where the request's head could not be read
     * @param detail what was wrong and what to do; from our own code, never from a client
     */
    static LocalResponse error(@Nullable RequestHead head, ErrorType error, String detail, String requestId) {
        return error(head, error, detail, EVERY_METHOD, requestId);
    }

    /** The error that a router has decided on. */
    static LocalResponse refusal(RequestHead head, RouteDecision.Refuse refuse, String requestId) {
        String allow = refuse.allow().isEmpty() ? EVERY_METHOD : refuse.allow();
        return error(head, refuse.error(), refuse.detail(), allow, requestId);
    }

    private static LocalResponse error(
            @Nullable RequestHead head, ErrorType error, String detail, String allow, String requestId) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(error.status());
        boolean html = head != null && AcceptField.prefersPage(head);
        String body = html ? page(status, error, detail, requestId) : problem(status, error, detail, requestId);
        LocalResponse response = despite(
                LocalResponse.of(error.status(), html ? "text/html; charset=utf-8" : "application/problem+json", body),
                error,
                requestId);
        return switch (error.status()) {
            case 503 -> response.with("Retry-After", "5");
            case 405 -> response.with("Allow", allow);
            default -> response;
        };
    }

    /** A response that tells programs which error there was (RFC 9209), and caches that it will pass. */
    static LocalResponse despite(LocalResponse response, ErrorType error, String requestId) {
        return response.with("Proxy-Status", "gatehouse; error=" + error.token())
                .with("X-Request-Id", requestId)
                .with("Cache-Control", "no-store");
    }

    /** The response with the fields that every response to this request gets, but for those that it has itself. */
    static LocalResponse with(Boundary boundary, RequestHead request, LocalResponse response) {
        List<LocalResponse.Field> fields = new ArrayList<>(response.fields());
        for (LocalResponse.Field field : boundary.responses().fields()) {
            boolean has = response.fields().stream().anyMatch(own -> own.name().equalsIgnoreCase(field.name()));
            if (!has) {
                fields.add(field);
            }
        }
        fields.addAll(boundary.cors().fields(request));
        return new LocalResponse(response.status(), response.contentType(), response.body(), fields);
    }

    /** How large a buffer {@link #write} needs at most. */
    static int size(LocalResponse response) {
        int size = HEAD_SIZE + response.contentType().length() + response.body().length;
        for (LocalResponse.Field field : response.fields()) {
            size += field.name().length() + field.value().length() + 4;
        }
        return size;
    }

    static void write(
            LocalResponse response, @Nullable RequestHead request, boolean keepAlive, Clock clock, ByteBuf out) {
        int status = response.status();
        boolean bodiless = status == 204 || status == 304 || status < 200;
        statusLine(status, clock, out);
        contentType(response, out);
        if (!bodiless) {
            HeadWriter.contentLength(response.body().length, out);
        }
        fields(response, out);
        connection(request, keepAlive, out);
        out.writeShort(HeadWriter.CR_LF);
        if (!bodiless && (request == null || request.method() != Method.HEAD)) {
            out.writeBytes(response.body());
        }
    }

    /** The status line, and the Date that every response of ours has. */
    static void statusLine(int status, Clock clock, ByteBuf out) {
        line(
                out,
                "HTTP/1.1 " + status + " " + HttpResponseStatus.valueOf(status).reasonPhrase());
        line(out, "Date: " + DATE.format(ZonedDateTime.now(clock.withZone(ZoneOffset.UTC))));
    }

    static void contentType(LocalResponse response, ByteBuf out) {
        if (!response.contentType().isEmpty()) {
            line(out, "Content-Type: " + response.contentType());
            line(out, "X-Content-Type-Options: nosniff");
        }
    }

    /** The response's further fields. */
    static void fields(LocalResponse response, ByteBuf out) {
        for (LocalResponse.Field field : response.fields()) {
            line(out, field.name() + ": " + field.value());
        }
    }

    /** Whether the client's connection lives on. */
    static void connection(@Nullable RequestHead request, boolean keepAlive, ByteBuf out) {
        if (!keepAlive) {
            line(out, "Connection: close");
        } else if (request != null && request.minorVersion() == 0) {
            line(out, "Connection: keep-alive");
        }
    }

    static void line(ByteBuf out, String line) {
        ByteBufUtil.writeAscii(out, line);
        out.writeShort(HeadWriter.CR_LF);
    }

    private static String problem(HttpResponseStatus status, ErrorType error, String detail, String requestId) {
        return "{\"type\":\"urn:gatehouse:error:" + error.token() + "\",\"title\":\"" + status.reasonPhrase()
                + "\",\"status\":" + status.code() + ",\"detail\":\"" + json(error.sentence() + " " + detail)
                + "\",\"code\":\"" + error.token() + "\",\"request_id\":\"" + requestId + "\"}\n";
    }

    private static String page(HttpResponseStatus status, ErrorType error, String detail, String requestId) {
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>%1$d %2$s</title>
                <meta name="viewport" content="width=device-width, initial-scale=1"></head>
                <body><h1>%2$s</h1><p>%3$s</p><p>%4$s</p>
                <p><small>%1$d %5$s, request %6$s, Gatehouse</small></p></body></html>
                """.formatted(
                        status.code(),
                        html(status.reasonPhrase()),
                        html(error.sentence()),
                        html(detail),
                        error.token(),
                        requestId);
    }

    private static String json(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : text.strip().toCharArray()) {
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c < ' ') {
                escaped.append(' ');
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

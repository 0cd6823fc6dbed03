// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.http2;

import io.gatehouse.proxy.grpc.GrpcError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * {@code google.rpc.Status} with its details as protobuf (google/rpc/status.proto, error_details.proto): the value of {@code
 * grpc-status-details-bin} before it is base64.
 */
final class StatusDetails {
    private static final String TYPES = "type.googleapis.com/google.rpc.";
    private static final int LENGTH_DELIMITED = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    private StatusDetails() {}

    static byte[] encode(GrpcError error) {
        StatusDetails status = new StatusDetails();
        status.number(1, error.status().code());
        status.text(2, error.message());
        GrpcError.Info info = error.info();
        if (info != null) {
            status.any(3, "ErrorInfo", info(info));
        }
        Duration delay = error.retryAfter();
        if (delay != null) {
            status.any(3, "RetryInfo", retry(delay));
        }
        return status.out.toByteArray();
    }

    private static byte[] info(GrpcError.Info info) {
        StatusDetails message = new StatusDetails();
        message.text(1, info.reason());
        message.text(2, info.domain());
        for (Map.Entry<String, String> entry : info.metadata().entrySet()) {
            StatusDetails pair = new StatusDetails();
            pair.text(1, entry.getKey());
            pair.text(2, entry.getValue());
            message.bytes(3, pair.out.toByteArray());
        }
        return message.out.toByteArray();
    }

    private static byte[] retry(Duration delay) {
        StatusDetails duration = new StatusDetails();
        duration.number(1, delay.toSeconds());
        duration.number(2, delay.toNanosPart());
        StatusDetails message = new StatusDetails();
        message.bytes(1, duration.out.toByteArray());
        return message.out.toByteArray();
    }

    private void any(int field, String type, byte[] value) {
        StatusDetails message = new StatusDetails();
        message.text(1, TYPES + type);
        message.bytes(2, value);
        bytes(field, message.out.toByteArray());
    }

    private void text(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(int field, byte[] value) {
        varint(field << 3 | LENGTH_DELIMITED);
        varint(value.length);
        out.writeBytes(value);
    }

    private void number(int field, long value) {
        varint((long) field << 3);
        varint(value);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}

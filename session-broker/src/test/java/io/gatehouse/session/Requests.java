// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.nio.ByteBuffer;

/** Requests of Spark Connect as a client writes them: fields in the order of their numbers, with the frame before them. */
public final class Requests {
    private final UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();

    private Requests() {}

    /** A request of a session, without a user. */
    public static Requests of(String sessionId) {
        return new Requests().text(1, sessionId);
    }

    public Requests user(String userId) {
        return message(
                2, UnknownFieldSet.newBuilder().addField(1, value(userId)).build());
    }

    public Requests text(int field, String value) {
        fields.mergeField(field, value(value));
        return this;
    }

    public Requests bytes(int field, int count) {
        fields.mergeField(
                field,
                Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFrom(new byte[count]))
                        .build());
        return this;
    }

    public Requests number(int field, long value) {
        fields.mergeField(field, Field.newBuilder().addVarint(value).build());
        return this;
    }

    /** What PySpark adds to {@code ExecutePlan}, so that it can come back to the answer. */
    public Requests reattachable() {
        UnknownFieldSet reattach = UnknownFieldSet.newBuilder()
                .addField(1, Field.newBuilder().addVarint(1).build())
                .build();
        return message(
                5,
                UnknownFieldSet.newBuilder()
                        .addField(
                                1,
                                Field.newBuilder()
                                        .addLengthDelimited(reattach.toByteString())
                                        .build())
                        .build());
    }

    private Requests message(int field, UnknownFieldSet value) {
        fields.mergeField(
                field,
                Field.newBuilder().addLengthDelimited(value.toByteString()).build());
        return this;
    }

    private static Field value(String text) {
        return Field.newBuilder()
                .addLengthDelimited(ByteString.copyFromUtf8(text))
                .build();
    }

    /** The message. */
    public byte[] message() {
        return fields.build().toByteArray();
    }

    /** The message with its frame. */
    public byte[] framed() {
        return framed(message());
    }

    public static byte[] framed(byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }
}

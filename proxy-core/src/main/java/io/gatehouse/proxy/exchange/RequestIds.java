// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.exchange;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.MessageHead;
import java.util.HexFormat;

/** {@code X-Request-Id}: the client's where it is a plain word of at most 128 characters, otherwise one of ours. */
final class RequestIds {
    private static final int LONGEST = 128;

    private RequestIds() {}

    /** The field with an id that may be kept, or -1. */
    static int field(MessageHead head) {
        int field = head.find(HeaderName.X_REQUEST_ID);
        if (field < 0) {
            return -1;
        }
        int start = head.valueStart(field);
        int end = head.valueEnd(field);
        if (start == end || end - start > LONGEST) {
            return -1;
        }
        byte[] bytes = head.bytes();
        for (int i = start; i < end; i++) {
            byte b = bytes[i];
            boolean letter = (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
            boolean plain = letter || (b >= '0' && b <= '9') || b == '-' || b == '_' || b == '.';
            if (!plain) {
                return -1;
            }
        }
        return field;
    }

    /** The id as a client sees it in an error answer. */
    static String text(MessageHead head, long own) {
        int field = field(head);
        return field >= 0 ? head.value(field) : HexFormat.of().toHexDigits(own);
    }
}

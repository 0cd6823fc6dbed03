// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

/**
 * What one message may cost. All sizes in bytes.
 *
 * @param maxStartLine request line or status line, without its CR LF
 * @param maxHead start line and header section together
 * @param maxHeaders header fields in one section
 */
public record HttpLimits(int maxStartLine, int maxHead, int maxHeaders) {
    /** Enough for Spark's longest URLs and a company's cookies. */
    public static final HttpLimits DEFAULT = new HttpLimits(8 << 10, 32 << 10, 100);

    public HttpLimits {
        if (maxHead < 256 || maxHead > (1 << 20)) {
            throw new IllegalArgumentException("maxHead must be between 256 and 1048576, not " + maxHead);
        }
        if (maxStartLine < 64 || maxStartLine > maxHead) {
            throw new IllegalArgumentException("maxStartLine must be between 64 and maxHead, not " + maxStartLine);
        }
        if (maxHeaders < 1 || maxHeaders > 10_000) {
            throw new IllegalArgumentException("maxHeaders must be between 1 and 10000, not " + maxHeaders);
        }
    }
}

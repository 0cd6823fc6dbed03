// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Standard output for those who close what they write to: it outlives them all. */
public final class UnclosedOutput extends FilterOutputStream {
    public UnclosedOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        flush();
    }
}

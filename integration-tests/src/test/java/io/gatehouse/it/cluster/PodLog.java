// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a container has said, made by {@link Kubelet#log}. Written by a test, and read by those who ask for it. */
public final class PodLog {
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private boolean ended;

    /** Adds to it; whoever follows it gets that at once. */
    public synchronized void append(String more) {
        text.writeBytes(more.getBytes(StandardCharsets.UTF_8));
        notifyAll();
    }

    /** The container has ended: whoever follows has it all. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Writes what there is and, if it is to follow, what comes, until the end. */
    void copyTo(OutputStream out, boolean follow) throws IOException, InterruptedException {
        int sent = 0;
        for (byte[] more = after(sent, follow); more.length > 0; more = after(sent, follow)) {
            out.write(more);
            out.flush();
            sent += more.length;
        }
    }

    /** What comes after a place; empty at the end, or at once where nobody is to wait. */
    private synchronized byte[] after(int place, boolean wait) throws InterruptedException {
        while (wait && !ended && text.size() == place) {
            wait();
        }
        return Arrays.copyOfRange(text.toByteArray(), place, text.size());
    }
}

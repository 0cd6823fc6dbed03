// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a password comes from: the terminal, which does not show it, or standard input, for scripts. Never the command line, which
 * every user of the machine can read. {@code Main} makes the one there is.
 */
@FunctionalInterface
public interface SecretPrompt {
    /** No password is longer. */
    int LONGEST = 4096;

    /**
     * Asks for a password.
     *
     * @param prompt shown on a terminal
     * @return as UTF-8, without the end of the line; the caller's, who overwrites it
     * @throws IOException when none comes, or two that differ are typed; the message is for people
     */
    byte[] ask(String prompt) throws IOException;

    /** On a terminal twice, so that a slip of the finger is no password; otherwise the first line of the input. */
    static SecretPrompt of(@Nullable Console console, InputStream input) {
        return prompt -> console != null && console.isTerminal() ? typed(console, prompt) : firstLine(input);
    }

    private static byte[] typed(Console console, String prompt) throws IOException {
        char[] first = console.readPassword("%s: ", prompt);
        char[] second = console.readPassword("%s again: ", prompt);
        try {
            if (first == null || !Arrays.equals(first, second)) {
                throw new IOException("these are two different passwords; try again");
            }
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(first));
            byte[] password = new byte[bytes.remaining()];
            bytes.get(password);
            bytes.clear();
            while (bytes.hasRemaining()) {
                bytes.put((byte) 0);
            }
            return password;
        } finally {
            if (first != null) {
                Arrays.fill(first, '\0');
            }
            if (second != null) {
                Arrays.fill(second, '\0');
            }
        }
    }

    private static byte[] firstLine(InputStream input) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
            line.write(next);
            if (line.size() > LONGEST) {
                throw new IOException("the first line of standard input is longer than " + LONGEST + " bytes");
            }
        }
        byte[] password = line.toByteArray();
        int length = password.length;
        return length > 0 && password[length - 1] == '\r' ? Arrays.copyOf(password, length - 1) : password;
    }
}

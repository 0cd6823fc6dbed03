// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Tells scripts and tests that the server is up, and where: a file that holds
 * {@code {"ui":"http://127.0.0.1:4040","management":"http://127.0.0.1:8081","pid":123}}. The server writes it once its listeners are
 * bound, which is how a caller learns a port that the system chose, and removes it when it stops.
 */
public final class ReadyFile implements AutoCloseable {
    private final Path file;
    private final byte[] content;

    private ReadyFile(Path file, byte[] content) {
        this.file = file;
        this.content = content;
    }

    /**
     * Fails where the file could not be written, with what to do. Called before the start changes anything: a server that took
     * over from another must not end for the sake of this file.
     */
    public static void check(Path file) throws IOException {
        try {
            if (Files.isDirectory(file)) {
                throw new IOException("it is a folder");
            }
            Files.deleteIfExists(
                    Files.write(temporary(file, ProcessHandle.current().pid()), new byte[0]));
        } catch (IOException e) {
            String reason = e instanceof NoSuchFileException ? "its folder does not exist" : e.getMessage();
            throw new IOException("cannot write the ready file " + file + ": " + reason + "; name another path", e);
        }
    }

    /** Beside the file, so that it can take its place in one step. */
    private static Path temporary(Path file, long pid) {
        return file.toAbsolutePath().resolveSibling("." + file.getFileName() + "." + pid + ".tmp");
    }

    /**
     * Writes the file in one step: a reader sees all of it or none.
     *
     * @param file replaced when it exists; its directory must exist
     * @param listeners URLs by the name of their door, in the order to be written
     * @param more further members, written behind the listeners; values that Jackson can write
     * @param pid the process to signal
     */
    public static ReadyFile write(Path file, SequencedMap<String, String> listeners, Map<String, ?> more, long pid)
            throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>(listeners);
        fields.putAll(more);
        fields.put("pid", pid);
        byte[] content = new ObjectMapper().writeValueAsBytes(fields);
        Path absolute = file.toAbsolutePath();
        Path temporary = temporary(file, pid);
        try {
            Files.write(temporary, content);
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return new ReadyFile(absolute, content);
    }

    /** A URL that works on this machine: a listener on all addresses is reached by the loopback address. */
    public static String url(String scheme, InetSocketAddress bound) {
        InetAddress address = bound.getAddress();
        String host;
        if (!address.isAnyLocalAddress()) {
            host = address.getHostAddress();
        } else {
            host = address.getAddress().length == 4 ? "127.0.0.1" : "::1";
        }
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
    }

    /** Removes the file, unless another process has replaced it meanwhile. */
    @Override
    public void close() throws IOException {
        try {
            if (Arrays.equals(Files.readAllBytes(file), content)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody removed it before us; nothing is left to do.
        }
    }
}

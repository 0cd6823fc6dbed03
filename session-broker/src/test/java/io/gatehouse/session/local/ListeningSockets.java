// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The TCP sockets that a process and its descendants listen on, from Linux's /proc; elsewhere none are known. */
final class ListeningSockets {

    private static final String LISTEN = "0A";
    private static final String LOOPBACK_4 = "0100007F";
    private static final List<String> LOOPBACK_6 =
            List.of("00000000000000000000000001000000", "0000000000000000FFFF00000100007F");

    private ListeningSockets() {}

    /** Of all sockets of the family, and of those that are not on loopback, as /proc writes them. */
    record Found(int all, List<String> open) {}

    static Found of(ProcessHandle process) throws IOException {
        Set<String> inodes = new HashSet<>(inodes(process.pid()));
        for (ProcessHandle descendant : process.descendants().toList()) {
            inodes.addAll(inodes(descendant.pid()));
        }
        int all = 0;
        List<String> open = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.exists(Path.of(table)) ? Files.readAllLines(Path.of(table)) : List.<String>of()) {
                // sl local_address rem_address st queues timers retransmits uid timeout inode
                List<String> fields = List.of(line.strip().split("\\s+"));
                if (fields.get(3).equals(LISTEN) && inodes.contains(fields.get(9))) {
                    all++;
                    String address = fields.get(1).substring(0, fields.get(1).indexOf(':'));
                    if (!address.equals(LOOPBACK_4) && !LOOPBACK_6.contains(address)) {
                        open.add(fields.get(1));
                    }
                }
            }
        }
        return new Found(all, open);
    }

    private static Set<String> inodes(long pid) {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        } catch (IOException e) {
            // The process or the descriptor is gone.
            return inodes;
        }
        return inodes;
    }
}

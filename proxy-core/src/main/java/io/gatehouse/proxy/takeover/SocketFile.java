// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a takeover socket: who may reach it, and whose it is.
 *
 * <p>Whoever may write to its folder could put a socket of their own in its place, so such a folder is refused. The file
 * appears by a rename, with its mode, so that nobody meets it half-made and a new process can replace that of the old one.
 */
final class SocketFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    /** The kernel's limit is 107; before it is published, a socket has a longer name. */
    private static final int LONGEST_PATH = 85;

    private final Path path;
    private final Path folder;
    private @Nullable Object key;

    private SocketFile(Path path, Path folder) {
        this.path = path;
        this.folder = folder;
    }

    /**
     * Fails where a takeover socket cannot be, with what to do.
     *
     * @param uid of this process: the folder has to belong to it or to root
     */
    static void check(Path path, int uid) throws TakeoverException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            throw new TakeoverException("takeover.socket: '" + path + "' is no path of a file; name one in a folder");
        }
        if (path.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw new TakeoverException("takeover.socket: the path is longer than " + LONGEST_PATH
                    + " bytes, which is too long for a socket; name a shorter one, such as /run/gatehouse/takeover");
        }
        try {
            PosixFileAttributes attributes = Files.readAttributes(folder, PosixFileAttributes.class);
            int owner = (Integer) Files.getAttribute(folder, "unix:uid");
            if (!attributes.isDirectory()) {
                throw new TakeoverException("takeover.socket: " + folder + " is no folder; name another path");
            }
            if (attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)
                    || attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    || (owner != uid && owner != 0)) {
                throw new TakeoverException("takeover.socket: others can write to " + folder
                        + " and could put a socket of their own there; use a folder of mode 0700 or 0755 that belongs"
                        + " to the user of the server");
            }
            if (!Files.isWritable(folder)) {
                throw new TakeoverException("takeover.socket: this process cannot write to " + folder
                        + "; use a folder that belongs to its user, who is also that of the process to be taken over");
            }
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isSocket(path)) {
                throw new TakeoverException(
                        "takeover.socket: " + path + " exists and is no socket; remove it, or name another path");
            }
        } catch (NoSuchFileException e) {
            throw new TakeoverException("takeover.socket: the folder " + folder + " does not exist; create it", e);
        } catch (TakeoverException e) {
            throw e;
        } catch (IOException e) {
            throw new TakeoverException("takeover.socket: cannot look at " + folder + ": " + e, e);
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }

    /** Whether a process listens there now; a file that one left behind is not enough. */
    static boolean isServed(Path path) throws IOException {
        if (!Files.exists(path)) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // A full queue must not hold us: somebody is there then.
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException nobody) {
            return false;
        }
    }

    /** Makes a folder that only this user can enter, to bind in. */
    static SocketFile prepare(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        SocketFile file = new SocketFile(
                absolute,
                absolute.resolveSibling(".takeover-" + ProcessHandle.current().pid()));
        try {
            Files.createDirectory(file.folder, PosixFilePermissions.asFileAttribute(OWNER_FOLDER));
        } catch (FileAlreadyExistsException left) {
            // By a process of the same number that was killed.
            Files.deleteIfExists(file.unpublished());
        }
        return file;
    }

    /** Where to bind. */
    Path unpublished() {
        return folder.resolve("s");
    }

    /** Moves what was bound over the path; the folder is gone afterwards, in any case. */
    void publish() throws IOException {
        try {
            Files.setPosixFilePermissions(unpublished(), OWNER_ONLY);
            key = key(unpublished());
            Files.move(unpublished(), path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            discard();
        }
    }

    /** Removes what was not published. */
    void discard() throws IOException {
        Files.deleteIfExists(unpublished());
        Files.deleteIfExists(folder);
    }

    /** Removes the file, once, unless another process has put its own in its place. */
    void remove() throws IOException {
        Object own = key;
        // A later file may have the same number.
        key = null;
        try {
            if (key(path).equals(own)) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            // Nothing is left to do.
        }
    }

    private static Object key(Path file) throws IOException {
        @Nullable
        Object key = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        if (key == null) {
            throw new IOException("the file system of " + file + " does not number its files");
        }
        return key;
    }
}

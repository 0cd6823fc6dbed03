// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.nio.file.Path;

/** A file that TLS needs cannot be used. Says which, why and what to do; never repeats what is in it. */
public final class TlsFileException extends Exception {
    private final Path file;
    private final String what;
    private final String remedy;

    TlsFileException(Path file, String what, String remedy) {
        super(file + ": " + what + ": " + remedy);
        this.file = file;
        this.what = what;
        this.remedy = remedy;
    }

    public Path file() {
        return file;
    }

    public String what() {
        return what;
    }

    public String remedy() {
        return remedy;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the text files that lie beside these classes in the jar. */
final class Resources {

    private Resources() {}

    /** The text of a resource, by its plain file name. */
    static String text(String name) throws IOException {
        try (InputStream in = Resources.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("Resource " + name + " is missing from the session-broker jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Copies a resource into a folder, over what is there, for a program that needs a file. */
    static Path copyTo(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        return Files.writeString(folder.resolve(name), text(name));
    }
}

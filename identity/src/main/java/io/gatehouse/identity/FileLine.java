// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import io.gatehouse.proxy.login.UserNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A line of a file of users or keys, that is no comment. */
record FileLine(int number, String text) {
    /** Those of a file, in either system's line ends. */
    static List<FileLine> of(String content) {
        List<FileLine> lines = new ArrayList<>();
        int number = 0;
        for (String text : content.lines().toList()) {
            number++;
            if (!text.isBlank() && !text.startsWith("#")) {
                lines.add(new FileLine(number, text.stripTrailing()));
            }
        }
        return lines;
    }

    /**
     * The line for a name and a hash; for commands that make files.
     *
     * @throws IllegalArgumentException if the name or a group's cannot stand in a line; the message is for whoever typed it
     */
    static String render(String name, String hash, Collection<String> groups) {
        if (!UserNames.isValid(name) || name.contains(":") || name.startsWith("#") || !name.equals(name.strip())) {
            throw new IllegalArgumentException(
                    "a name may hold no colon or control character, begin with no # and neither begin nor end with a space");
        }
        if (groups.stream()
                .anyMatch(group -> !UserNames.isValid(group) || group.contains(":") || group.contains(","))) {
            throw new IllegalArgumentException("a group's name may hold no colon, comma or control character");
        }
        String line = name + ":" + hash;
        return groups.isEmpty() ? line : line + ":" + String.join(",", groups);
    }

    /** The two or three parts between colons. */
    List<String> parts(String form) throws IdentityFileException {
        List<String> parts = List.of(text.split(":", -1));
        if (parts.size() < 2 || parts.size() > 3) {
            throw IdentityFileException.at(number, "not of the form " + form);
        }
        return parts;
    }

    String name(String name) throws IdentityFileException {
        if (!UserNames.isValid(name)) {
            throw IdentityFileException.at(
                    number, "the name is empty, longer than 256 characters, or holds control characters");
        }
        return name;
    }

    /** Those of the third part. */
    Set<String> groups(List<String> parts) {
        return parts.size() < 3
                ? Set.of()
                : Arrays.stream(parts.get(2).split(","))
                        .map(String::strip)
                        .filter(group -> !group.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String toString() {
        return "line " + number;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The table of pipelines in the README at the root: which handlers each listener has, in order. */
public final class PipelineTable {
    private PipelineTable() {}

    /** The names in a column of a listener's row, those that need configuring ({@code ?}) too; column 1 is downstream, 3 upstream. */
    public static List<String> handlers(String listener, int column) throws IOException {
        return cells(listener, column).stream()
                .map(name -> name.replace("?", ""))
                .toList();
    }

    /** The same without those that need configuring. */
    public static List<String> handlersByDefault(String listener, int column) throws IOException {
        return cells(listener, column).stream()
                .filter(name -> !name.endsWith("?"))
                .toList();
    }

    private static List<String> cells(String listener, int column) throws IOException {
        String row = Files.readAllLines(Path.of("..", "README.md")).stream()
                .dropWhile(line -> !line.equals("<!-- pipelines -->"))
                .takeWhile(line -> !line.equals("<!-- /pipelines -->"))
                .filter(line -> line.startsWith("| " + listener + " |"))
                .findFirst()
                .orElseThrow();
        return List.of(row.split("\\|")[column + 1].strip().split(", "));
    }
}

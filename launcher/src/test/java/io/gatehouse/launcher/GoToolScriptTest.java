// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/go-tool} in a copy of the tree, with a script in the place of Go. */
class GoToolScriptTest {
    private static final String MODULE = "scripts/go/h2spec/";

    /** Makes what it is asked for by {@code -o} and notes the package, unless that is to fail. */
    private static final String GO = """
            #!/bin/bash
            [ "$1" = version ] && exit 0
            while [ "$1" != -o ]; do shift; done
            echo "$3" >> "$HOME/built"
            [ ! -e "$HOME/failing" ] || exit 1
            echo > "$2"
            chmod +x "$2"
            """;

    @TempDir
    Path root;

    @BeforeEach
    void copy() throws IOException {
        Files.createDirectories(root.resolve(MODULE));
        for (String file : List.of("go.mod", "go.sum", "tools.go")) {
            copy(MODULE + file);
        }
        copy("scripts/build-lock");
        copy("scripts/go-tool");
        Files.createDirectory(root.resolve("bin"));
        Files.writeString(root.resolve("bin/go"), GO);
        assertThat(root.resolve("bin/go").toFile().setExecutable(true)).isTrue();
    }

    private void copy(String file) throws IOException {
        Files.copy(Path.of("..").resolve(file), root.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private Script.Result run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of("/bin/bash", root.resolve("scripts/go-tool").toString()));
        command.addAll(List.of(arguments));
        String path = root.resolve("bin") + ":" + System.getenv("PATH");
        return Script.run(Map.of("PATH", path, "HOME", root.toString()), command);
    }

    private List<String> built() throws IOException {
        return Files.readAllLines(root.resolve("built"));
    }

    @Test
    void aProgramIsBuiltOnceFromItsModule() throws Exception {
        // When
        Script.Result first = run("h2spec");
        Script.Result second = run("h2spec");

        // Then
        assertThat(first.code()).as(first.err()).isZero();
        Path binary = Path.of(first.out().strip());
        assertThat(binary).isExecutable().hasParent(root.resolve(".cache/gatehouse/go-tools"));
        assertThat(second).isEqualTo(new Script.Result(0, first.out(), ""));
        assertThat(built()).containsExactly("github.com/summerwind/h2spec/cmd/h2spec");
    }

    @Test
    void anotherVersionIsAnotherProgram() throws Exception {
        // Given
        String old = run("h2spec").out();
        Path module = root.resolve(MODULE + "go.mod");
        Files.writeString(module, Files.readString(module) + "// changed\n");

        // When
        Script.Result result = run("h2spec");

        // Then
        assertThat(result.out()).isNotEqualTo(old);
        assertThat(built()).hasSize(2);
    }

    @Test
    void aBuildThatFailsSaysSoAndIsDoneAgain() throws Exception {
        // Given
        Path failing = Files.createFile(root.resolve("failing"));

        // When
        Script.Result result = run("h2spec");

        // Then
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("that failed", "GOPROXY");
        Files.delete(failing);
        assertThat(run("h2spec").code()).isZero();
    }

    @Test
    void whatHasNoModuleIsRefused() throws Exception {
        assertThat(run("h3spec").code()).isEqualTo(2);
        assertThat(run().code()).isEqualTo(2);
        assertThat(root.resolve("built")).doesNotExist();
    }
}

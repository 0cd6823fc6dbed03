// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/cluster-binaries} in a copy of the tree, with a script in the place of Go. */
class ClusterBinariesScriptTest {
    private static final List<String> PROGRAMS =
            List.of("kube-apiserver", "kube-controller-manager", "etcd", "helm", "dex");

    /** Makes what it is asked for by {@code -o} and notes its name, unless that is to fail. */
    private static final String GO = """
            #!/bin/bash
            [ "$1" = version ] && exit 0
            while [ "$1" != -o ]; do shift; done
            echo "${2##*/}" >> "$HOME/built"
            [ "${2##*/}" != "$FAILING" ] || exit 1
            sleep 0.05
            echo > "$2"
            chmod +x "$2"
            """;

    @TempDir
    Path root;

    @BeforeEach
    void copy() throws IOException {
        for (String module : List.of("apiserver", "etcd", "helm", "dex")) {
            Files.createDirectories(root.resolve("scripts/cluster").resolve(module));
            copy("scripts/cluster/" + module + "/go.mod");
        }
        copy("scripts/cluster/dex/main.go");
        copy("scripts/build-lock");
        copy("scripts/cluster-binaries");
        Files.createDirectory(root.resolve("bin"));
        executable("bin/go", GO);
    }

    private void copy(String file) throws IOException {
        Files.copy(Path.of("..").resolve(file), root.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private void executable(String name, String text) throws IOException {
        Path file = Files.writeString(root.resolve(name), text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Script.Result run(Map<String, String> more, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(more);
        environment.putIfAbsent("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("HOME", root.toString());
        List<String> command = new ArrayList<>(
                List.of("/bin/bash", root.resolve("scripts/cluster-binaries").toString()));
        command.addAll(List.of(arguments));
        return Script.run(environment, command);
    }

    /** What Go was asked for so far. */
    private List<String> built() throws IOException {
        Path file = root.resolve("built");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private void assertWhole(Script.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        Path folder = Path.of(result.out().strip());
        assertThat(folder.getParent()).isEqualTo(root.resolve(".cache/gatehouse/cluster"));
        assertThat(folder.getFileName().toString())
                .matches("kubernetes-1\\.[0-9.]+-etcd-3[0-9.]+-helm-4[0-9.]+-dex-[0-9a-f]{12}-[0-9]+");
        assertThat(PROGRAMS)
                .allSatisfy(program -> assertThat(folder.resolve(program)).isExecutable());
    }

    @Test
    void theProgramsAreBuiltOnce() throws Exception {
        // When
        Script.Result first = run(Map.of());
        Script.Result second = run(Map.of());

        // Then
        assertWhole(first);
        assertThat(first.err()).contains("this happens once", "built in ");
        assertThat(second).isEqualTo(new Script.Result(0, first.out(), ""));
        assertThat(run(Map.of(), "--find")).isEqualTo(second);
        assertThat(built()).containsExactlyInAnyOrderElementsOf(PROGRAMS);
    }

    @Test
    void aBuildThatFailsSaysTheRemedyAndIsDoneAgain() throws Exception {
        // When
        Script.Result result = run(Map.of("FAILING", "kube-controller-manager"));

        // Then
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("that failed", "GOPROXY", "set KUBEBUILDER_ASSETS");
        assertThat(run(Map.of(), "--find").code()).isEqualTo(1);
        assertWhole(run(Map.of()));
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        // When
        Callable<Script.Result> run = () -> run(Map.of());
        List<Future<Script.Result>> results;
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            results = threads.invokeAll(List.of(run, run));
        }

        // Then
        for (Future<Script.Result> result : results) {
            assertWhole(result.get());
        }
        assertThat(built()).containsExactlyInAnyOrderElementsOf(PROGRAMS);
    }

    @Test
    void oldVersionsAreNotTakenForNewOnes() throws Exception {
        // Given
        String old = run(Map.of()).out();
        Path module = root.resolve("scripts/cluster/etcd/go.mod");
        Files.writeString(
                module,
                Files.readString(module).replaceFirst("(go\\.etcd\\.io/etcd/server/v3) v[0-9.]+", "$1 v3.99.0"));

        // When
        Script.Result result = run(Map.of());

        // Then
        assertWhole(result);
        assertThat(result.out()).isNotEqualTo(old).contains("etcd-3.99.0");
    }

    @Test
    void aChangedMainOfDexIsBuiltAnew() throws Exception {
        // Given
        String old = run(Map.of()).out();
        Path main = root.resolve("scripts/cluster/dex/main.go");
        Files.writeString(main, Files.readString(main) + "// changed\n");

        // When
        Script.Result result = run(Map.of());

        // Then
        assertWhole(result);
        assertThat(result.out()).isNotEqualTo(old);
    }

    @Test
    void assetsOfOnesOwnAreUsedIfTheyAreWhole() throws Exception {
        // Given
        Path own = Files.createDirectory(root.resolve("own"));
        for (String program : PROGRAMS) {
            executable("own/" + program, "");
        }
        Map<String, String> environment = Map.of("KUBEBUILDER_ASSETS", own.toString());

        // When, Then
        assertThat(run(environment)).isEqualTo(new Script.Result(0, own + "\n", ""));

        // When
        Files.delete(own.resolve("kube-controller-manager"));
        Script.Result result = run(environment);

        // Then
        assertWhole(result);
        assertThat(result.err()).contains("is passed over, as it has no kube-controller-manager\n");
    }

    @Test
    void whoOnlyLooksIsToldHowToBuild() throws Exception {
        // When
        Script.Result result = run(Map.of(), "--find");

        // Then
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("run scripts/cluster-binaries, or set KUBEBUILDER_ASSETS");
        assertThat(built()).isEmpty();
    }

    @Test
    void withoutGoItSaysWhatToInstall() throws Exception {
        // Given: a PATH with what it needs before it looks for Go, and nothing else
        Files.delete(root.resolve("bin/go"));
        for (String tool : List.of("awk", "cksum", "dirname")) {
            executable("bin/" + tool, "#!/bin/bash\nPATH=" + System.getenv("PATH") + " exec " + tool + " \"$@\"\n");
        }

        // When
        Script.Result result = run(Map.of("PATH", root.resolve("bin").toString()));

        // Then
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("install Go 1.26 or newer, or set KUBEBUILDER_ASSETS");
    }

    @Test
    void anArgumentThatItDoesNotKnowIsRefused() throws Exception {
        assertThat(run(Map.of(), "--fnid").code()).isEqualTo(2);
        assertThat(built()).isEmpty();
    }
}

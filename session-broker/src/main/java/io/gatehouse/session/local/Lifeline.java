// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Wraps a command line so that {@code lifeline.sh} runs it; {@link ChildProcesses} holds one for all its children.
 *
 * <p>The script gets a session of its own, by {@code setsid} or, on macOS, by perl. Without that, a signal to the whole
 * process group of Gatehouse (Ctrl-C in a terminal, {@code kill -9 -PGID} by a build server) would end the script
 * before the script could end the child. Where neither program exists the script runs without, and only that one case
 * is lost.
 */
final class Lifeline {

    private static final String PERL_SETSID = "POSIX::setsid(); exec { $ARGV[0] } @ARGV or die \"$ARGV[0]: $!\\n\"";

    private final String script;
    private final List<String> ownSession;
    private final String bash;

    /** Looks for the programs on the PATH of {@code environment}. Fails when there is no bash. */
    Lifeline(Map<String, String> environment) throws IOException {
        SearchPath path = SearchPath.of(environment);
        script = Resources.text("lifeline.sh");
        bash = path.find("bash")
                .or(() -> new SearchPath(List.of(Path.of("/bin"), Path.of("/usr/bin"))).find("bash"))
                .orElseThrow(() -> new IOException("There is no bash, neither on the PATH nor in /bin or /usr/bin"))
                .toString();
        ownSession = path.find("setsid")
                .map(setsid -> List.of(setsid.toString()))
                .or(() -> path.find("perl").map(perl -> List.of(perl.toString(), "-MPOSIX", "-e", PERL_SETSID)))
                .orElse(List.of());
    }

    /**
     * The command line to hand to the operating system.
     *
     * @param grace between TERM and KILL, rounded up to whole seconds
     */
    List<String> wrap(ChildCommand child, Duration grace) {
        List<String> line = new ArrayList<>(ownSession);
        // -p keeps bash from sourcing $BASH_ENV and from importing functions.
        line.addAll(List.of(bash, "-p", "-c", script, "gatehouse-" + child.name()));
        line.add(UUID.randomUUID().toString());
        line.add(Long.toString(Math.ceilDiv(grace.toMillis(), 1000)));
        line.addAll(child.command());
        return line;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.cli;

import io.gatehouse.launcher.check.PageComparison;
import io.gatehouse.launcher.check.PageDifference;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatehouse rewrite-check}: whether pages of a Spark that we have never seen come through the ui door as they should. */
@Command(
        name = "rewrite-check",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = {
            "Fetch pages through the ui door and from their driver, and name every link that leads astray.",
            "Exit code 1 says that something differs."
        })
final class RewriteCheckCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LARGEST_PAGE = 64 << 20;
    /** Ids as the cluster managers make them. */
    private static final Pattern APPLICATION =
            Pattern.compile("/(app|local|spark|application)[-_][A-Za-z0-9._-]+(?=/|$)");

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "URL",
            description = "Pages as the door has them: http://gate/sparkui/app-1/jobs/")
    private List<URI> pages = List.of();

    @Option(
            names = "--upstream",
            required = true,
            paramLabel = "URL",
            description = "The UI of the driver itself: http://10.0.0.7:4040")
    private URI upstream = URI.create("");

    @Option(
            names = "--prefix",
            paramLabel = "PATH",
            description = "The path of the application at the door; by default up to the id in the page's path")
    private @Nullable String prefix;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "FIELD",
            description = "Sent to the door, never to the driver: 'Cookie: session=…'")
    private List<String> headers = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        boolean clean = true;
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            for (URI page : pages) {
                List<PageDifference> differences = check(client, page);
                out.println(page
                        + (differences.isEmpty() ? ": as it should be" : ": " + differences.size() + " differences"));
                differences.forEach(difference -> out.println("  " + difference));
                clean &= differences.isEmpty();
            }
        }
        out.flush();
        return clean ? ExitCodes.OK : ExitCodes.RUNTIME;
    }

    private List<PageDifference> check(HttpClient client, URI page) throws IOException, InterruptedException {
        String at = prefix(page);
        String path = page.toString().substring(page.resolve("/").toString().length() - 1);
        String base = upstream.toString().replaceFirst("/$", "");
        HttpRequest.Builder toDoor = request(page);
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw usage("not a header field, 'Name: value' is expected: " + header);
            }
            toDoor.header(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
        String shown = body(client, toDoor.build());
        // As the door asks: most drivers put then the right thing before their links by themselves.
        URI driver = URI.create(base + path.substring(at.length()));
        String sent =
                body(client, request(driver).header("X-Forwarded-Context", at).build());
        return PageComparison.of(shown, sent, page, driver, at);
    }

    private String prefix(URI page) {
        String path = String.valueOf(page.getRawPath());
        if (prefix != null) {
            if (!path.startsWith(prefix + "/")) {
                throw usage(page + " is not below --prefix " + prefix);
            }
            return prefix;
        }
        Matcher id = APPLICATION.matcher(path);
        if (!id.find()) {
            throw usage("there is no application id in " + page + "; name the application's path with --prefix");
        }
        return path.substring(0, id.end());
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(PATIENCE).header("Accept", "text/html");
    }

    private static String body(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            byte[] page = in.readNBytes(LARGEST_PAGE);
            String type = response.headers().firstValue("content-type").orElse("no type");
            if (response.statusCode() != 200 || !type.startsWith("text/html")) {
                throw new IOException(request.uri() + " answers " + response.statusCode() + " with " + type
                        + ", where a page was expected");
            }
            return new String(page, StandardCharsets.UTF_8);
        }
    }

    private CommandLine.ParameterException usage(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}

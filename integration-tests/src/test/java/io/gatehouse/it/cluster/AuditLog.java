// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The requests to an API server, in the order in which it recorded them, but for those of the admin, the controllers and the server
 * itself. A request is recorded when it is answered, or a moment later: a test that counts waits for what it expects, and for a last
 * request of its own where it expects nothing.
 *
 * <p>Safe for use by several threads.
 */
public final class AuditLog {
    private static final JsonMapper JSON = new JsonMapper();

    private final Path file;
    private final List<ApiRequest> requests = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private long read;

    AuditLog(Path file) {
        this.file = file;
    }

    /** All requests so far. */
    public synchronized List<ApiRequest> requests() {
        try {
            readOn();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(requests);
    }

    /** Those of one account. */
    public List<ApiRequest> requestsOf(Account account) {
        return requests().stream()
                .filter(request -> request.user().equals(account.user()))
                .toList();
    }

    /** Reads what has come since, up to the last whole line. */
    private void readOn() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        byte[] more;
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            more = new byte[Math.toIntExact(in.length() - read)];
            in.seek(read);
            in.readFully(more);
        }
        int end = more.length;
        while (end > 0 && more[end - 1] != '\n') {
            end--;
        }
        read += end;
        for (String line : new String(more, 0, end, StandardCharsets.UTF_8).split("\n")) {
            if (!line.isEmpty()) {
                add(JSON.readTree(line));
            }
        }
    }

    /** A watch has two events, one at its beginning and one at its end. */
    private void add(JsonNode event) {
        if (!seen.add(event.path("auditID").asText())) {
            return;
        }
        JsonNode object = event.path("objectRef");
        String subresource = object.path("subresource").asText();
        requests.add(new ApiRequest(
                event.path("user").path("username").asText(),
                event.path("verb").asText(),
                object.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                object.path("namespace").asText(),
                event.path("requestURI").asText(),
                event.path("responseStatus").path("code").asInt()));
    }
}

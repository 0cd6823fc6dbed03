// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.identity;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An identity provider without sockets. It answers as Keycloak does where a test says nothing else. */
final class FakeProvider implements HttpFetcher {
    static final URI ISSUER = URI.create("https://idp.example.com/realms/spark");
    static final String CLIENT = "gatehouse";
    static final SigningKey KEY = SigningKey.rsa("key-1", 2048);
    static final SigningKey NEXT_KEY = SigningKey.rsa("key-2", 2048);

    final FakeTime time = new FakeTime();
    final List<Request> requests = new ArrayList<>();
    private List<String> jwks = List.of(KEY.jwk());
    private Map<String, String> discovery = new LinkedHashMap<>(
            Map.of("issuer", ISSUER.toString(), "jwks_uri", ISSUER + "/certs", "token_endpoint", ISSUER + "/token"));
    private boolean down;
    private int keyStatus = 200;
    private Function<Map<String, String>, Answer> tokens = form -> answer(400, "{\"error\":\"invalid_grant\"}");
    private List<CompletableFuture<Void>> held;

    /** Its keys from now on. */
    void publish(String... keys) {
        jwks = List.of(keys);
    }

    void goesDown() {
        down = true;
    }

    void comesBack() {
        down = false;
    }

    void answersForKeysWith(int status) {
        keyStatus = status;
    }

    void says(String name, String value) {
        discovery.put(name, value);
    }

    /** Answers to nobody until {@link #letGo}. */
    void hangs() {
        synchronized (requests) {
            held = new ArrayList<>();
        }
    }

    void letGo() {
        List<CompletableFuture<Void>> waiting;
        synchronized (requests) {
            waiting = held;
            held = null;
        }
        waiting.forEach(turn -> turn.complete(null));
    }

    void exchanges(Function<Map<String, String>, Answer> answer) {
        tokens = answer;
    }

    /** Gives a token of his to everybody whose password is {@code <user>-pw}, as Keycloak would. */
    void knowsPasswords() {
        exchanges(form -> form.get("password").equals(form.get("username") + "-pw")
                ? answer(200, "{\"id_token\":\"%s\"}".formatted(sign(token(form.get("username")))))
                : answer(400, "{\"error\":\"invalid_grant\"}"));
    }

    static Answer answer(int status, String body) {
        return new Answer(status, body.getBytes(StandardCharsets.UTF_8), null);
    }

    /** A good token of a user, unsigned yet; for five minutes. */
    JWTCreator.Builder token(String user) {
        return JWT.create()
                .withIssuer(ISSUER.toString())
                .withAudience(CLIENT)
                .withKeyId(KEY.id())
                .withIssuedAt(time.instant())
                .withExpiresAt(time.instant().plus(Duration.ofMinutes(5)))
                .withClaim("preferred_username", user)
                .withClaim("groups", List.of("analysts"));
    }

    static String sign(JWTCreator.Builder token) {
        return token.sign(KEY.rs256());
    }

    long asked(String what) {
        synchronized (requests) {
            return requests.stream()
                    .filter(request -> request.uri().getPath().endsWith(what))
                    .count();
        }
    }

    @Override
    public CompletionStage<Answer> fetch(Request request) {
        // A copy, since the form is cleared.
        Request copy = new Request(
                request.uri(),
                request.authorization(),
                request.form() == null ? null : request.form().clone());
        CompletableFuture<Void> turn = new CompletableFuture<>();
        synchronized (requests) {
            requests.add(copy);
            if (held == null) {
                turn.complete(null);
            } else {
                held.add(turn);
            }
        }
        return turn.thenCompose(go -> now(copy));
    }

    private CompletionStage<Answer> now(Request request) {
        if (down) {
            return CompletableFuture.failedFuture(new IOException("connection refused"));
        }
        String path = request.uri().getPath();
        if (path.endsWith("/.well-known/openid-configuration")) {
            return CompletableFuture.completedFuture(answer(
                    200,
                    discovery.entrySet().stream()
                            .map(field -> "\"%s\":%s"
                                    .formatted(
                                            field.getKey(),
                                            field.getValue().startsWith("[")
                                                    ? field.getValue()
                                                    : "\"" + field.getValue() + "\""))
                            .collect(Collectors.joining(",", "{", "}"))));
        }
        if (path.endsWith("/certs")) {
            return CompletableFuture.completedFuture(answer(keyStatus, "{\"keys\":[" + String.join(",", jwks) + "]}"));
        }
        return CompletableFuture.completedFuture(tokens.apply(fields(request)));
    }

    static Map<String, String> fields(Request request) {
        return Arrays.stream(new String(request.form(), StandardCharsets.US_ASCII).split("&"))
                .map(field -> field.split("=", 2))
                .collect(Collectors.toMap(
                        field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {}
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which other sites' scripts may read the responses of a listener, and how they may ask: the server's side of the CORS protocol
 * (WHATWG Fetch, section 3.3). An origin is allowed byte for byte as it stands on the list; none is ever repeated that does not stand
 * there. Everything a response gets is made here once.
 */
public final class CorsRules {
    /** No other site reads anything. */
    public static final CorsRules NONE = new CorsRules(Map.of(), null, Set.of(), List.of(), new Answer(List.of()));

    private static final String ANY = "*";
    private static final String REQUEST_METHOD = "access-control-request-method";

    private final Map<String, Answer> byOrigin;
    private final @Nullable Answer anybody;
    private final Set<String> methods;
    private final List<LocalResponse.Field> preflight;
    private final Answer nobody;

    /** Fields for responses, as such and as complete lines. */
    private static final class Answer {
        private final List<LocalResponse.Field> fields;
        private final byte[] lines;

        Answer(List<LocalResponse.Field> fields) {
            this.fields = List.copyOf(fields);
            this.lines = fields.stream()
                    .map(field -> field.name() + ": " + field.value() + "\r\n")
                    .collect(Collectors.joining())
                    .getBytes(StandardCharsets.US_ASCII);
        }
    }

    private CorsRules(
            Map<String, Answer> byOrigin,
            @Nullable Answer anybody,
            Set<String> methods,
            List<LocalResponse.Field> preflight,
            Answer nobody) {
        this.byOrigin = byOrigin;
        this.anybody = anybody;
        this.methods = methods;
        this.preflight = preflight;
        this.nobody = nobody;
    }

    /**
     * Lets some origins read.
     *
     * @param origins as browsers write them, or {@code *} alone
     * @param methods with which they may ask besides GET and HEAD
     * @param headers that they may add to requests
     * @param exposed fields of responses that they may read besides the usual ones
     * @param credentials whether browsers may send theirs along; not with {@code *}
     * @param maxAge how long the answer to a preflight counts
     */
    public static CorsRules of(
            List<String> origins,
            List<String> methods,
            List<String> headers,
            List<String> exposed,
            boolean credentials,
            Duration maxAge) {
        boolean anybody = origins.contains(ANY);
        if (anybody && (credentials || !methods.isEmpty())) {
            throw new IllegalArgumentException("everybody may read, but nothing else");
        }
        List<LocalResponse.Field> always = new ArrayList<>();
        if (credentials) {
            always.add(new LocalResponse.Field("Access-Control-Allow-Credentials", "true"));
        }
        if (!exposed.isEmpty()) {
            always.add(new LocalResponse.Field("Access-Control-Expose-Headers", String.join(", ", exposed)));
        }
        List<LocalResponse.Field> preflight = new ArrayList<>();
        List<String> all = new ArrayList<>(List.of("GET", "HEAD"));
        all.addAll(methods);
        preflight.add(new LocalResponse.Field("Access-Control-Allow-Methods", String.join(", ", all)));
        if (!headers.isEmpty()) {
            preflight.add(new LocalResponse.Field("Access-Control-Allow-Headers", String.join(", ", headers)));
        }
        preflight.add(new LocalResponse.Field("Access-Control-Max-Age", Long.toString(maxAge.toSeconds())));
        // Caches keep apart what was said to whom: also what was said to those who may not read.
        LocalResponse.Field vary = new LocalResponse.Field("Vary", "Origin");
        return new CorsRules(
                anybody
                        ? Map.of()
                        : origins.stream()
                                .distinct()
                                .collect(Collectors.toUnmodifiableMap(
                                        Function.identity(), origin -> allowing(origin, always, List.of(vary)))),
                anybody ? allowing(ANY, always, List.of()) : null,
                Set.copyOf(methods),
                List.copyOf(preflight),
                new Answer(List.of(vary)));
    }

    private static Answer allowing(String origin, List<LocalResponse.Field> always, List<LocalResponse.Field> further) {
        List<LocalResponse.Field> fields = new ArrayList<>();
        fields.add(new LocalResponse.Field("Access-Control-Allow-Origin", origin));
        fields.addAll(always);
        fields.addAll(further);
        return new Answer(fields);
    }

    /** Whether a browser asks if it may ask; such a request is answered here and goes no further. */
    public boolean isPreflight(RequestHead request) {
        return this != NONE
                && request.method() == Method.OPTIONS
                && request.find(HeaderName.ORIGIN) >= 0
                && request.value(REQUEST_METHOD) != null;
    }

    /** The answer to a preflight, but for what every response gets; null where the origin may not ask at all. */
    public @Nullable LocalResponse preflight(RequestHead request) {
        if (answer(request) == nobody) {
            return null;
        }
        return new LocalResponse(204, "", new byte[0], preflight);
    }

    /** Whether a page of another site may send this request although it may change something. */
    public boolean allowsChange(RequestHead request) {
        return anybody == null && answer(request) != nobody && methods.contains(request.methodName());
    }

    /** What a response to this request gets; may be empty. */
    public List<LocalResponse.Field> fields(RequestHead request) {
        return answer(request).fields;
    }

    /** The same as complete lines; not to be changed. */
    public byte[] lines(RequestHead request) {
        return answer(request).lines;
    }

    private Answer answer(RequestHead request) {
        if (anybody != null) {
            return anybody;
        }
        int field = byOrigin.isEmpty() ? -1 : request.find(HeaderName.ORIGIN);
        if (field < 0 || request.hasAnother(field)) {
            return nobody;
        }
        Answer answer = byOrigin.get(request.value(field));
        return answer == null ? nobody : answer;
    }
}

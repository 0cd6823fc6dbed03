// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.proxy.LocalResponse;
import java.util.List;

/** Makes RFC 9457 problem documents. */
public final class Problems {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Problems() {}

    /** A problem with one sentence. */
    public static LocalResponse problem(int status, String detail) {
        return problem(status, detail, List.of());
    }

    /** A problem with a list of what exactly is wrong. */
    public static LocalResponse problem(int status, String detail, List<String> errors) {
        ObjectNode problem = JSON.createObjectNode();
        problem.put("type", "about:blank");
        problem.put("status", status);
        problem.put("detail", detail);
        if (!errors.isEmpty()) {
            errors.forEach(problem.putArray("errors")::add);
        }
        return LocalResponse.of(status, "application/problem+json", problem + "\n");
    }
}

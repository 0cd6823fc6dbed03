// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.util.LinkedHashMap;
import java.util.Map;

/** Applications that do not run, of which nothing is known but what has become of them. */
final class Lives {
    private Lives() {}

    static Map<String, AbsentApplication> of(String id, ApplicationLife life) {
        return of(Map.of(id, life));
    }

    static Map<String, AbsentApplication> of(Map<String, ApplicationLife> lives) {
        Map<String, AbsentApplication> absent = new LinkedHashMap<>();
        lives.forEach((id, life) -> absent.put(id, AbsentApplication.of(id, life)));
        return absent;
    }
}

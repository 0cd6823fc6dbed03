// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import java.util.HashMap;
import java.util.Map;

/** Keys that do something else than write; used by {@link Page#press}. */
final class Keyboard {
    /** By the name of the key, its code in {@code KeyboardEvent.keyCode}, which Chromium acts upon. */
    private static final Map<String, Integer> CODES =
            Map.of("Tab", 9, "Enter", 13, "Escape", 27, "ArrowUp", 38, "ArrowDown", 40);

    private Keyboard() {}

    static void press(DevTools devTools, String session, String key) {
        Map<String, Object> event = new HashMap<>();
        event.put("key", key);
        event.put("code", key);
        event.put("windowsVirtualKeyCode", CODES.get(key));
        if (key.equals("Enter")) {
            // Forms are sent by the character, not by the key.
            event.put("text", "\r");
        }
        event.put("type", "keyDown");
        devTools.call(session, "Input.dispatchKeyEvent", Map.copyOf(event));
        event.remove("text");
        event.put("type", "keyUp");
        devTools.call(session, "Input.dispatchKeyEvent", event);
    }
}

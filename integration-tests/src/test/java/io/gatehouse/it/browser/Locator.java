// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** Finds where to click; used by {@link Mouse}. */
final class Locator {

    /**
     * Scrolls to the element and gives its middle, or says why it cannot be clicked. A link may be broken over lines:
     * the first of its rectangles that has an area counts.
     */
    private static final String POINT = """
            (element => {
              if (!element) return {problem: 'there is no such element'};
              element.scrollIntoView({block: 'center', behavior: 'instant'});
              const box = [...element.getClientRects()].find(r => r.width > 0 && r.height > 0);
              if (!box) return {problem: 'it is not visible'};
              const x = box.x + box.width / 2, y = box.y + box.height / 2;
              const top = document.elementFromPoint(x, y);
              if (!top || !(element.contains(top) || top.contains(element)))
                return {problem: 'it is covered by ' + (top ? top.outerHTML.slice(0, 120) : 'the edge of the window')};
              return {x, y, place: [x + scrollX, y + scrollY]};
            })""";

    private static final String LINK =
            "(text => [...document.querySelectorAll('a')].find(a => a.innerText.replace(/\\s+/g, ' ').trim() === text))";

    private Locator() {}

    /** Waits for the element to be there and uncovered, and to stay where it is: a click would miss it while something above it grows. */
    static JsonNode awaitPoint(Page page, String target, Duration timeout) {
        String element = element(target);
        long deadline = System.nanoTime() + timeout.toNanos();
        JsonNode before = null;
        while (true) {
            JsonNode point = page.evaluate(POINT + "(" + element + ")");
            if (point.has("x") && point.equals(before)) {
                return point;
            }
            before = point;
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("cannot click " + target + " in " + page.url() + ": "
                        + point.path("problem").asText("it does not stay where it is"));
            }
            Pause.of(Duration.ofMillis(100));
        }
    }

    /** A script whose value is the element; {@code target} as {@link Page#click} has it. */
    static String element(String target) {
        return target.startsWith("a:")
                ? LINK + "(" + Page.quoted(target.substring("a:".length())) + ")"
                : "document.querySelector(" + Page.quoted(target) + ")";
    }
}

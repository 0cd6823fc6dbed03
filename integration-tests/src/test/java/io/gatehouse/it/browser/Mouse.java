// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Clicks until the click has reached its target; used by {@link Page#click}. */
final class Mouse {

    /**
     * Has the window watch the next click. One that is not the element's, nobody gets: the page moved between the look at it and
     * the click, which a user would see. A page in a sandbox has no scripts, and nobody to watch.
     */
    private static final String WATCH = """
            (element => {
              const watch = window.watchedClick = {got: self.origin === 'null' ? 'the element' : 'nothing'};
              addEventListener('click', event => {
                if (window.watchedClick !== watch) return;
                if (event.composedPath().includes(element)) {
                  watch.got = 'the element';
                } else {
                  watch.got = event.target.outerHTML?.slice(0, 120);
                  event.preventDefault();
                  event.stopImmediatePropagation();
                }
              }, {capture: true, once: true});
            })""";

    /** Who got it; a new page knows nothing of it, and is where the click led to. */
    private static final String GOT = "window.watchedClick?.got ?? 'the element'";

    private final Page page;
    private final DevTools devTools;
    private final String session;

    Mouse(Page page, DevTools devTools, String session) {
        this.page = page;
        this.devTools = devTools;
        this.session = session;
    }

    /**
     * Clicks, and does so again when the target has moved away.
     *
     * @param beforeEach run when the pointer is where the target is, before each click
     */
    void click(String target, Duration timeout, Runnable beforeEach) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            JsonNode point = Locator.awaitPoint(page, target, timeout);
            page.evaluate(WATCH + "(" + Locator.element(target) + ")");
            beforeEach.run();
            pressAndRelease(point);
            String got = page.evaluate(GOT).asText();
            if (got.equals("the element")) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "cannot click " + target + " in " + page.url() + ": the click went to " + got);
            }
        }
    }

    private void pressAndRelease(JsonNode point) {
        for (String type : List.of("mousePressed", "mouseReleased")) {
            devTools.call(
                    session,
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            point.get("x").asDouble(),
                            "y",
                            point.get("y").asDouble(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
    }
}

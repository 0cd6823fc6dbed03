// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.it.browser.BrowserRequest;
import io.gatehouse.it.browser.Page;
import java.util.Set;
import java.util.regex.Pattern;

/** What somebody sees go wrong who has an application's pages open while it ends: nothing. */
final class SeenErrors {
    /** What scripts ask a driver for. */
    private static final Pattern DATA = Pattern.compile("/sparkui/[^/]+/api/v1/");
    /** Why there is no answer in the moment before discovery has noticed the end. */
    private static final Set<String> NOT_NOTICED =
            Set.of("gatehouse; error=connection_refused", "gatehouse; error=connection_terminated");

    private SeenErrors() {}

    /**
     * Whatever the browser asked for on the way was answered, and with no error, but for data that a page's scripts wanted from a
     * driver that was not there any more; what it gave up itself does not count.
     */
    static void assertNone(Page page) {
        assertThat(page.journal())
                .isNotEmpty()
                .filteredOn(request -> !request.failure().equals("net::ERR_ABORTED"))
                .filteredOn(
                        request -> request.status() >= 400 || !request.failure().isEmpty())
                .filteredOn(request -> !isRefusedData(request))
                .isEmpty();
    }

    /**
     * Whether a script was told, as programs are, that the driver has gone: what another one knows under that address would be of
     * other applications.
     */
    static boolean isRefusedData(BrowserRequest request) {
        return Set.of("XHR", "Fetch").contains(request.type())
                && DATA.matcher(request.path()).lookingAt()
                && request.failure().isEmpty()
                && request.field("content-type").equals("application/problem+json")
                && switch (request.status()) {
                    case 503 -> request.field("retry-after").equals("5");
                    case 502 -> NOT_NOTICED.contains(request.field("proxy-status"));
                    default -> false;
                };
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;

/**
 * Where in its life an application is, as far as discovery knows. What lies further back than discovery remembers is the
 * History Server's to tell.
 *
 * <p>A reason is one sentence for the people who open the application's page. It is shown as text; it must not hold addresses
 * of the inner network or secrets.
 */
public sealed interface ApplicationLife {
    /** Its driver has been asked for and does not run yet; {@code reason} says what it waits for. */
    record Pending(String reason) implements ApplicationLife {}

    /** Its driver answers. */
    record Running(Application application) implements ApplicationLife {}

    /** It does not run any more. */
    sealed interface Over extends ApplicationLife {
        /** When discovery noticed. */
        Instant since();
    }

    /** It ran here until a moment ago; nobody knows how it went. */
    record Ended(Instant since) implements Over {}

    /** Its driver ended with an error; {@code reason} says with which. */
    record Failed(Instant since, String reason) implements Over {}

    /** What it ran in was taken away; {@code reason} says by whom or why. */
    record Gone(Instant since, String reason) implements Over {}

    /** Discovery knows nothing of it: it ended long ago, or never was. */
    record Unknown() implements ApplicationLife {
        static final Unknown INSTANCE = new Unknown();
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.time.Instant;

/**
 * Where in its life an application is, as far as discovery knows. What lies further back than discovery remembers is the
 * History Server's to tell.
 *
 * <p>A reason is a sentence or more for the people who open the application's page, with a full stop. It is shown as text; it must
 * not hold addresses of the inner network or secrets.
 */
public sealed interface ApplicationLife {
    /** Its driver does not answer yet. */
    sealed interface Coming extends ApplicationLife {
        /** What it waits for. */
        String reason();
    }

    /** Its driver has been asked for and does not run yet. */
    record Pending(String reason) implements Coming {}

    /** Its driver runs, and its UI does not answer yet. */
    record Starting(String reason) implements Coming {}

    /** Its driver answers. */
    record Running(Application application) implements ApplicationLife {}

    /** It does not run any more. */
    sealed interface Over extends ApplicationLife {
        /** When it ended, or when discovery noticed. */
        Instant since();
    }

    /** It ran here until a moment ago; nobody knows how it went. */
    record Ended(Instant since) implements Over {}

    /** Its driver ended without an error. */
    record Succeeded(Instant since) implements Over {}

    /** Its driver ended with an error; {@code reason} says with which. */
    record Failed(Instant since, String reason) implements Over {}

    /** What it ran in was taken away; {@code reason} says by whom or why. */
    record Gone(Instant since, String reason) implements Over {}

    /** Discovery knows nothing of it: it ended long ago, or never was. */
    record Unknown() implements ApplicationLife {
        static final Unknown INSTANCE = new Unknown();
    }
}

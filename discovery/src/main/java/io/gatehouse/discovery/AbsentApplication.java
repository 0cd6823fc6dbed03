// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

/**
 * An application that does not answer, yet or any more, as discovery knows it.
 *
 * @param id valid by {@link AppIds}
 * @param name the word of whoever submitted it, as {@code user} is; both empty where nobody says
 * @param started in milliseconds since 1970; -1 where nobody says
 * @param life neither running nor unknown
 */
public record AbsentApplication(String id, String name, String user, long started, ApplicationLife life) {
    public AbsentApplication {
        if (!AppIds.isValid(id)) {
            throw new IllegalArgumentException("not an application id: " + id);
        }
        if (life instanceof ApplicationLife.Running || life instanceof ApplicationLife.Unknown) {
            throw new IllegalArgumentException("not absent: " + life);
        }
        name = ListedApplication.cut(name);
        user = ListedApplication.cut(user);
    }

    /** One of which nothing else is known. */
    static AbsentApplication of(String id, ApplicationLife life) {
        return new AbsentApplication(id, "", "", -1, life);
    }

    /** What has become of an application that ran. */
    static AbsentApplication after(Application ran, ApplicationLife.Over life) {
        AppListing listing = ran.listing();
        return listing == null
                ? of(ran.id(), life)
                : new AbsentApplication(ran.id(), listing.name(), listing.sparkUser(), listing.newestStarted(), life);
    }

    boolean isOver() {
        return life instanceof ApplicationLife.Over;
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.Locale;
import java.util.TimeZone;

/**
 * Dates in queries as Spark reads them ({@code SimpleDateParam}): {@code 2026-02-20T23:21:17.190GMT}, with any zone that the
 * JDK knows, or {@code 2026-02-20}, which is a day of GMT. Read by the same class of the JDK, because its leniency is part of
 * the grammar: the 30th of February is a day of March, and what follows a date is not looked at.
 */
final class SparkDate {
    private static final String WITH_TIME = "yyyy-MM-dd'T'HH:mm:ss.SSSz";
    private static final String DAY = "yyyy-MM-dd";
    /** Longer than any date with the longest name of a zone; more is not looked at. */
    private static final int LONGEST = 128;

    private SparkDate() {}

    /**
     * Milliseconds since 1970.
     *
     * @throws ParseException where Spark would answer 400
     */
    static long parse(String text) throws ParseException {
        String date = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        try {
            return millis(new SimpleDateFormat(WITH_TIME, Locale.US), date);
        } catch (ParseException withoutTime) {
            SimpleDateFormat day = new SimpleDateFormat(DAY, Locale.US);
            day.setTimeZone(TimeZone.getTimeZone("GMT"));
            return millis(day, date);
        }
    }

    private static long millis(SimpleDateFormat format, String date) throws ParseException {
        return format.parse(date).toInstant().toEpochMilli();
    }
}

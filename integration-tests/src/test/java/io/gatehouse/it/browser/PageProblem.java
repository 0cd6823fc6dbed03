// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

/**
 * Something that the browser complained about while a page was shown.
 *
 * @param kind who complained
 * @param text the complaint, as a developer would read it in the browser's console
 * @param url the file that it is about, or the page, or empty
 */
public record PageProblem(Kind kind, String text, String url) {

    /** Where a complaint comes from. */
    public enum Kind {
        /** {@code console.error} or a failed {@code console.assert} of a script. */
        CONSOLE_ERROR,
        /** {@code console.warn} of a script. */
        CONSOLE_WARNING,
        /** A script threw, or a promise was rejected, and nobody caught it. */
        UNCAUGHT_EXCEPTION,
        /** The content security policy forbade something. */
        CSP_VIOLATION,
        /** The browser's own entry in the log: a 404, a refused type, a deprecated feature. */
        BROWSER_LOG,
        /** A request without a complete answer. */
        FAILED_LOAD,
        /** {@code alert} and its kin; the harness accepts it, or the page would hang. */
        DIALOG
    }

    @Override
    public String toString() {
        return kind + (url.isEmpty() ? "" : " at " + url) + ": " + text;
    }
}

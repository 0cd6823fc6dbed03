// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

/**
 * Finds in a script what of it is a path of the server: {@code setUIRoot('…')} and {@code setAppBasePath('…')} (Spark's
 * {@code UIUtils}), {@code import … from "…"}, {@code import "…"}. Spark writes them in short scripts, so only the beginning of each is
 * looked at; its long ones hold data.
 *
 * <p>Knows no comments and no strings but those: to tell a slash that divides from one that begins a regular expression takes a parser. What
 * looks like such a call or import within one of them is changed too, which is seen by who reads it, but not by the script: what
 * is put there has no quote, backslash or line break ({@link LinkMapping} refuses them), so a string ends where it did, and a comment too
 * but for a prefix with an asterisk before a slash. No state outlives its script, and Spark's call of {@code setUIRoot} has one of its own.
 */
final class ScriptConstants {
    private enum State {
        /** Between words, or in one. */
        CODE,
        /** Behind a word that wants a parenthesis. */
        BEFORE_PARENTHESIS,
        /** Before the quote. */
        BEFORE_STRING,
        /** In a string that is on hold. */
        STRING
    }

    private static final int LOOKED_AT = 16 * 1024;

    private static final long SET_UI_ROOT = Names.of("setUIRoot");
    private static final long SET_APP_BASE_PATH = Names.of("setAppBasePath");
    private static final long FROM = Names.of("from");
    private static final long IMPORT = Names.of("import");
    private static final long EXPORT = Names.of("export");

    private final LinkEditor links;
    private State state = State.CODE;
    private int left;
    private long word;
    private byte quote;
    /** Behind {@code import} or {@code export}, in the same statement: only there is {@code from} a keyword. */
    private boolean inDeclaration;

    ScriptConstants(LinkEditor links) {
        this.links = links;
    }

    /** A script begins. */
    void begin() {
        state = State.CODE;
        left = LOOKED_AT;
        inDeclaration = false;
        word = Names.EMPTY;
    }

    /** The script is over, whatever its string looks like. */
    void end() {
        links.forget();
    }

    void scan(byte[] in, int from, int to) {
        int end = from + Math.min(left, to - from);
        left -= end - from;
        for (int at = from; at < end; at++) {
            step(in[at], at);
        }
        if (left == 0) {
            links.forget();
        }
    }

    private void step(byte b, int at) {
        switch (state) {
            case CODE -> code(b, at);
            case BEFORE_PARENTHESIS -> {
                if (b == '(') {
                    state = State.BEFORE_STRING;
                } else if (!Names.isSpace(b)) {
                    inCode(b);
                }
            }
            case BEFORE_STRING -> {
                // import("…") too.
                if (b == '"' || b == '\'') {
                    string(b, at + 1);
                } else if (!Names.isSpace(b) && !(b == '(' && word == IMPORT)) {
                    inCode(b);
                }
            }
            case STRING -> {
                if (b == quote) {
                    links.onValueEnd(at);
                    inCode(b);
                } else if (b == '\n' || b == '\\') {
                    links.forget();
                    inCode(b);
                }
            }
        }
    }

    private void code(byte b, int at) {
        if (isIdentifier(b)) {
            word = Names.append(word, b);
        } else if (word == SET_UI_ROOT || word == SET_APP_BASE_PATH) {
            state = State.BEFORE_PARENTHESIS;
            step(b, at);
        } else if (word == IMPORT || (word == FROM && inDeclaration)) {
            inDeclaration = true;
            state = State.BEFORE_STRING;
            step(b, at);
        } else {
            inDeclaration = b != ';' && (inDeclaration || word == EXPORT);
            word = Names.EMPTY;
        }
    }

    /** Back in the code, of which {@code b} is the next byte. */
    private void inCode(byte b) {
        state = State.CODE;
        word = isIdentifier(b) ? Names.append(Names.EMPTY, b) : Names.EMPTY;
    }

    private void string(byte delimiter, int at) {
        quote = delimiter;
        state = State.STRING;
        if (word == SET_UI_ROOT) {
            links.onUiRoot(at);
        } else if (word == SET_APP_BASE_PATH) {
            links.onAppBasePath(at);
        } else {
            inDeclaration = false;
            links.onModule(at);
        }
    }

    private static boolean isIdentifier(byte b) {
        return Names.isLetter(b) || (b >= '0' && b <= '9') || b == '_' || b == '$';
    }
}

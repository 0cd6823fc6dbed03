// SPDX-License-Identifier: Apache-2.0
/**
 * Streaming rewriting of links in HTML: bytes in, bytes out, whatever the borders of chunks. Knows HTML, not HTTP.
 *
 * <p>Start at {@link io.gatehouse.html.HtmlRewriter}; what is put in a link's place is decided by
 * {@link io.gatehouse.html.LinkMapping}. From the outside in:
 *
 * <ul>
 *   <li>{@code HtmlTokenizer}: text, and which scanner takes over at a {@code <};
 *   <li>{@code TagScanner}, {@code CommentScanner}, {@code TextScanner}: the states of the WHATWG's tokenizer for a start
 *       tag, for comments and the like, for the text of {@code script}, {@code style}, {@code textarea} and others;
 *   <li>{@code ForeignContent}: whether the next tag stands in SVG or MathML, where other rules hold;
 *   <li>{@code LinkEditor}, {@code ScriptConstants}: which values are links, in tags and in scripts.
 * </ul>
 */
@NullMarked
package io.gatehouse.html;

import org.jspecify.annotations.NullMarked;

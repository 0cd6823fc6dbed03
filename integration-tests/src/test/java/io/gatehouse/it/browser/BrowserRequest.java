// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.browser;

import java.net.URI;
import java.util.Map;

/**
 * One request that the browser made, as {@link Page#requests()} shows it. Each hop of a redirect is a request of its
 * own.
 *
 * @param url the full address
 * @param method the HTTP method
 * @param status the status of the answer, or 0 when there was none
 * @param type what the browser wanted it for, in the words of the DevTools protocol: Document, Script, Stylesheet, XHR,
 *     Fetch, Image, …
 * @param initiator who asked for it: {@code parser}, {@code script} or {@code other}, and from where if known
 * @param fields the answer's header fields by their names in small letters
 * @param failure why there was no complete answer, or empty
 */
public record BrowserRequest(
        String url,
        String method,
        int status,
        String type,
        String initiator,
        Map<String, String> fields,
        String failure) {

    /** A header field of the answer, or empty; {@code name} in small letters. */
    public String field(String name) {
        return fields.getOrDefault(name, "");
    }

    /** The raw path, still encoded, without the query. */
    public String path() {
        return URI.create(url).getRawPath();
    }

    /** Scheme, host and port, as they stand in the address. */
    public String origin() {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    /** Whether the answer sent the browser elsewhere. */
    public boolean redirected() {
        return status >= 300 && status < 400 && status != 304;
    }

    /** Whether the browser asked for it to show it as a page. */
    public boolean document() {
        return type.equals("Document");
    }

    @Override
    public String toString() {
        String answer = status + " " + field("content-type") + (failure.isEmpty() ? "" : " failed: " + failure);
        return method + " " + url + " [" + type + ", by " + initiator + "] -> " + answer;
    }
}

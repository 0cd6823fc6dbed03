// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import io.gatehouse.proxy.http1.HeaderName;
import io.gatehouse.proxy.http1.Method;
import io.gatehouse.proxy.http1.RequestHead;

/**
 * A request for a page of an application, as far as it has to outlive the head.
 *
 * @param id valid by {@link AppIds}
 * @param rest the page's path in the application's UI, without the slash at its beginning; an attempt's id may come first
 * @param query without {@code ?}
 * @param byPerson whether the answer will be looked at: browsers name HTML in {@code Accept} when they go to a page, and scripts
 *     and programs do not
 */
record PageLink(Method method, String id, String rest, String query, boolean byPerson) {
    static PageLink of(RequestHead head, PathParts parts) {
        return new PageLink(head.method(), parts.id(), parts.rest(), head.query(), isForPage(head));
    }

    /** Whether somebody goes to a page. */
    static boolean isForPage(RequestHead head) {
        String accept = head.value(HeaderName.ACCEPT);
        return isRead(head.method()) && accept != null && accept.contains("text/html");
    }

    boolean isRead() {
        return isRead(method);
    }

    static boolean isRead(Method method) {
        return method == Method.GET || method == Method.HEAD;
    }
}

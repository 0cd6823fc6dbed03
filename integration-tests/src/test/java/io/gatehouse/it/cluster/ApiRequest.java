// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

/**
 * A request that the API server has answered or, where it is a watch or follows a log, begun to answer.
 *
 * @param user {@link Account#user}, or {@code system:anonymous}; empty where the token was not valid
 * @param verb of RBAC: {@code get}, {@code list}, {@code watch}, …
 * @param resource {@code pods}, {@code pods/log}, …; empty for others than resources
 * @param namespace empty for all, and for what has none
 * @param uri path and query
 * @param code the status of HTTP; that of a watch may be 101, as fabric8 opens a WebSocket
 */
public record ApiRequest(String user, String verb, String resource, String namespace, String uri, int code) {}

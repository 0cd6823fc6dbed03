// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

import java.util.Locale;

/**
 * Everything that can go wrong with a request, named as in RFC 9209 section 2.3. The same name stands in the answer's
 * {@code Proxy-Status}, in the access log's {@code error} and in the metric's {@code reason}.
 *
 * <p>Where RFC 9209 has one name for what users must tell apart (a request refused for its size, its syntax, its
 * slowness), the HTTP status differs and the name is shared: see {@link #token()}.
 */
public enum ErrorType {
    /** Nothing is known under the address asked for. */
    DESTINATION_NOT_FOUND(404, "There is nothing under this address."),
    /** The destination is known and gives no service now. */
    DESTINATION_UNAVAILABLE(503, "The service behind this address is not available at the moment."),
    /** Policy forbids to connect there (an address that discovery does not know). */
    DESTINATION_IP_PROHIBITED(502, "Connecting to the address behind this URL is not allowed."),
    /** No route to the upstream host. */
    DESTINATION_IP_UNROUTABLE(502, "The service behind this address cannot be reached."),
    /** The upstream's name did not resolve. */
    DNS_ERROR(502, "The name of the service behind this address could not be resolved."),
    /** Nobody listens on the upstream's port. */
    CONNECTION_REFUSED(502, "The service behind this address does not accept connections."),
    /** The upstream closed or reset before the response was there. */
    CONNECTION_TERMINATED(502, "The service behind this address closed the connection without an answer."),
    /** Connecting took too long. */
    CONNECTION_TIMEOUT(504, "Connecting to the service behind this address took too long."),
    /** The upstream stopped in the middle of the response. */
    CONNECTION_READ_TIMEOUT(504, "The service behind this address stopped sending."),
    /** The upstream stopped taking the request. */
    CONNECTION_WRITE_TIMEOUT(504, "The service behind this address stopped taking the request."),
    /** The upstream does not speak TLS, or not as it should. */
    TLS_PROTOCOL_ERROR(502, "No secure connection to the service behind this address could be made."),
    /** The upstream's certificate is not trusted, not valid any more, or not for that host. */
    TLS_CERTIFICATE_ERROR(502, "The certificate of the service behind this address is not accepted."),
    /** The upstream refused the secure connection. */
    TLS_ALERT_RECEIVED(502, "The service behind this address refused the secure connection."),
    /** A cap on connections or waiting requests is reached. */
    CONNECTION_LIMIT_REACHED(503, "Too many requests are waiting for the service behind this address."),
    /** The request is not valid HTTP, or more than we pass on. */
    HTTP_REQUEST_ERROR(400, "The request is not valid HTTP."),
    /** The request line is too long. */
    REQUEST_LINE_TOO_LONG(414, "http_request_error", "The URL of the request is too long."),
    /** The header section is too large. */
    REQUEST_HEAD_TOO_LARGE(431, "http_request_error", "The header fields of the request are too large."),
    /** The body is larger than a local handler takes. */
    REQUEST_BODY_TOO_LARGE(413, "http_request_error", "The body of the request is too large."),
    /** The client took too long to send. */
    REQUEST_TIMEOUT(408, "http_request_error", "The request did not arrive in time."),
    /** An HTTP version that is not spoken here. */
    HTTP_VERSION_NOT_SUPPORTED(505, "http_request_error", "This HTTP version is not supported; use HTTP/1.1."),
    /** A transfer coding that is not spoken here. */
    TRANSFER_CODING_NOT_SUPPORTED(501, "http_request_error", "This transfer coding is not supported; use chunked."),
    /** A method that is refused everywhere (CONNECT, TRACE) or here. */
    METHOD_NOT_ALLOWED(405, "http_request_denied", "This method is not allowed here."),
    /** Policy refuses the request. */
    HTTP_REQUEST_DENIED(403, "The request was refused."),
    /** The request carries no, or wrong, credentials. */
    UNAUTHENTICATED(401, "http_request_denied", "Credentials are missing or not valid."),
    /** The response's head is not valid HTTP. */
    HTTP_PROTOCOL_ERROR(502, "The service behind this address sent an answer that is not valid HTTP."),
    /** The response ended before it was whole. */
    HTTP_RESPONSE_INCOMPLETE(502, "The service behind this address ended its answer too early."),
    /** The response's head is too large. */
    HTTP_RESPONSE_HEADER_SECTION_SIZE(502, "The header fields of the answer are too large."),
    /** The response's body cannot be decoded, or becomes too large by it. */
    HTTP_RESPONSE_CONTENT_CODING(502, "The answer of the service behind this address cannot be decoded."),
    /** No response in time. */
    HTTP_RESPONSE_TIMEOUT(504, "The service behind this address did not answer in time."),
    /** A 101 that nobody asked for. */
    HTTP_UPGRADE_FAILED(502, "The service behind this address switched protocols without being asked."),
    /** The request has been through this process before. */
    PROXY_LOOP_DETECTED(502, "The request came back to this proxy: its upstream points at itself."),
    /** A defect of ours. */
    PROXY_INTERNAL_ERROR(500, "Gatehouse failed to handle the request. Its log says more under the request id."),
    /** Shutting down. */
    DRAINING(503, "proxy_internal_response", "Gatehouse is shutting down. Try again."),
    /** Too little memory is left for another request. */
    OUT_OF_MEMORY(503, "proxy_internal_response", "Gatehouse has too little memory left at the moment. Try again."),
    /** The client went away before the response was whole. Never sent, only logged. */
    DOWNSTREAM_CLOSED(499, "connection_terminated", "The client closed the connection.");

    private final int status;
    private final String token;
    private final String sentence;

    ErrorType(int status, String sentence) {
        this.status = status;
        this.token = name().toLowerCase(Locale.ROOT);
        this.sentence = sentence;
    }

    ErrorType(int status, String token, String sentence) {
        this.status = status;
        this.token = token;
        this.sentence = sentence;
    }

    /** The HTTP status of an answer with this error. */
    public int status() {
        return status;
    }

    /** The RFC 9209 proxy error type, for {@code Proxy-Status: gatehouse; error=…}. */
    public String token() {
        return token;
    }

    /** One sentence for the person who sees the answer; names no address and no secret. */
    public String sentence() {
        return sentence;
    }
}

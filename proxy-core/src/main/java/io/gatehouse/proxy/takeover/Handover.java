// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

/**
 * A new process that is ready to serve. Given to the old one, which stops accepting, confirms, and ends its work; the new
 * one waits for the confirmation.
 */
public interface Handover {
    /** The process that takes over. */
    int pid();

    /** The listening sockets are closed here. Any thread may call; does not wait. */
    void confirm();
}

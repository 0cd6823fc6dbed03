// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

/** Files that were read again and found changed. Whoever got it calls one of the two, once; neither can fail. */
public interface TlsChange {
    /** From now on new connections get what was read. */
    void takeOver();

    /** Lets go of what was read; what is in force stays. */
    void discard();
}

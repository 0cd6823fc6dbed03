// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.util.List;

/** The oldest version that is spoken. There is nothing below 1.2: RFC 8996 forbids what came before. */
public enum TlsVersion {
    V1_2("1.2"),
    V1_3("1.3");

    private final String number;

    TlsVersion(String number) {
        this.number = number;
    }

    /** This version and those above it, as JSSE names them. */
    List<String> protocols() {
        return this == V1_3 ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
    }

    /** The number alone, as it stands in the configuration. */
    @Override
    public String toString() {
        return number;
    }
}

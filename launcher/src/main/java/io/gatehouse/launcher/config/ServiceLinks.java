// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.util.regex.Pattern;

/**
 * Recognises the variables that Kubernetes sets in every pod for every Service of its namespace. A Service called {@code gatehouse}
 * yields {@code GATEHOUSE_SERVICE_HOST} and {@code GATEHOUSE_PORT=tcp://10.0.0.1:4040}, one called {@code gatehouse-ui} yields
 * {@code GATEHOUSE_UI_PORT}: without this class, the server would not start beside its own Service.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables">Kubernetes: Service, Environment
 *     variables</a>
 */
final class ServiceLinks {
    private static final Pattern NAME =
            Pattern.compile("\\w+_SERVICE_(HOST|PORT(_\\w+)?)|\\w+_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");
    private static final Pattern PORT_URL = Pattern.compile("(tcp|udp|sctp)://.*");

    private ServiceLinks() {}

    /** Whether Kubernetes set this variable. */
    static boolean matches(String name, String value) {
        return NAME.matcher(name).matches()
                || (name.endsWith("_PORT") && PORT_URL.matcher(value).matches());
    }
}

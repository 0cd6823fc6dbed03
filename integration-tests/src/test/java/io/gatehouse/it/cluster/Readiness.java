// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import io.gatehouse.proxy.testkit.TestPki;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/** Asks an API server whether it is ready. */
final class Readiness {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final URI readyz;
    private final String token;
    private final SSLSocketFactory tls;

    Readiness(URI api, ClusterFiles files) {
        this.readyz = api.resolve("/readyz");
        this.token = files.adminToken();
        this.tls = TestPki.context(null, files.pki()).getSocketFactory();
    }

    boolean isReady() {
        try {
            HttpsURLConnection connection = (HttpsURLConnection) readyz.toURL().openConnection();
            connection.setSSLSocketFactory(tls);
            connection.setConnectTimeout((int) TIMEOUT.toMillis());
            connection.setReadTimeout((int) TIMEOUT.toMillis());
            connection.setRequestProperty("Authorization", "Bearer " + token);
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException notYet) {
            return false;
        }
    }
}

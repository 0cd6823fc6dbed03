// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import java.nio.file.Path;

/**
 * Where a certificate and its key are.
 *
 * @param certFile PEM: the certificate, then those that lead from it to the CA
 * @param keyFile PEM, not encrypted: PKCS#8, PKCS#1 or SEC1
 */
public record KeyPairFiles(Path certFile, Path keyFile) {}

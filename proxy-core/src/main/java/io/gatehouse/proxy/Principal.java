// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy;

/**
 * Who is calling, once that is certain.
 *
 * @param name the user's name, empty for nobody in particular
 */
public record Principal(String name) {
    public static final Principal ANONYMOUS = new Principal("");
}

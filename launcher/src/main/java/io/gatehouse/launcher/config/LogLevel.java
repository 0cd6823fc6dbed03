// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

/** How much a logger writes; the names are those of SLF4J, and {@code off}. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    OFF
}

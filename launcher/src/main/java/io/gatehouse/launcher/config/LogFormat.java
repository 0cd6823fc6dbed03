// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

/** The form of a log line. */
public enum LogFormat {
    /** One JSON object per line, for collectors. */
    JSON,
    /** One line of text, for people. */
    TEXT
}

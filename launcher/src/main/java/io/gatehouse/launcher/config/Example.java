// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.launcher.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What {@link ConfigDefaults} shows, commented out, for a key that has no default or whose default is an empty list or map.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Example {
    /** The example as it would stand in the file. */
    String value();
}

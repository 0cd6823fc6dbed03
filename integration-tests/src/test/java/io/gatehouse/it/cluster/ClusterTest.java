// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * On a test class of the cluster tier, whose name ends in {@code CT}. Its methods, also those before all, may have a {@link Cluster}
 * and a {@link TestNamespace} as parameters.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("cluster")
@ExtendWith(ClusterExtension.class)
public @interface ClusterTest {}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it.cluster;

import java.util.Comparator;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;

/**
 * Puts the classes of the cluster tier behind all others, as the module's POM asks: the cluster, which lives until the last test, then
 * takes no memory or time from theirs.
 */
public final class ClusterTestsLast implements ClassOrderer {
    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors()
                .sort(Comparator.comparing((ClassDescriptor test) -> test.isAnnotated(ClusterTest.class)));
    }
}

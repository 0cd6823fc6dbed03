// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.SparkRelease;

/** {@link EveryPage} of Spark 3.5. */
class EveryPage35ST extends EveryPage {
    EveryPage35ST() {
        super(SparkRelease.PREVIOUS);
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.it;

import io.gatehouse.session.local.SparkRelease;

/** {@link EveryPage} of Spark 4.3. */
class EveryPage43ST extends EveryPage {
    EveryPage43ST() {
        super(SparkRelease.CURRENT);
    }
}

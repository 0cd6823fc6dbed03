// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.html;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes are a page: wherever they are cut, the same comes out, and what comes out stays. */
class HtmlRewriterFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void anyBytesAreRewrittenOnceAndTheSameAtAnyCut(byte[] page) {
        byte[] whole = Rewriting.rewrite(Rewriting.MAPPING, page);

        assertThat(Rewriting.rewrite(Rewriting.MAPPING, page, Rewriting.everywhere(page)))
                .isEqualTo(whole);
        assertThat(Rewriting.rewrite(Rewriting.MAPPING, page, page.length / 2)).isEqualTo(whole);
        assertThat(Rewriting.rewrite(Rewriting.MAPPING, whole)).as("once more").isEqualTo(whole);
    }
}

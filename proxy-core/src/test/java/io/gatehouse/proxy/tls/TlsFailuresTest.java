// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.util.IllegalReferenceCountException;
import java.io.IOException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class TlsFailuresTest {
    @Test
    void aPeersMistakeIsAboutTlsAndADefectOfOursIsNot() {
        assertThat(TlsFailures.isTls(new SSLHandshakeException("no cipher suites in common")))
                .isTrue();
        assertThat(TlsFailures.isTls(new DecoderException(new SSLHandshakeException("bad certificate"))))
                .isTrue();
        assertThat(TlsFailures.isTls(new DecoderException(new NotSslRecordException("garbage"))))
                .isTrue();
        assertThat(TlsFailures.isTls(new TooLongFrameException("a ClientHello of a megabyte")))
                .isTrue();
        assertThat(TlsFailures.isTls(new DecoderException("cut off"))).isTrue();
        assertThat(TlsFailures.isTls(new DecoderException(new IllegalReferenceCountException("refCnt: 0"))))
                .isFalse();
        assertThat(TlsFailures.isTls(new IOException("Connection reset by peer")))
                .isFalse();
    }

    @Test
    void whatAPeerSentIsNeverRepeated() {
        assertThat(TlsFailures.reason(new DecoderException(new NotSslRecordException("474554202f"))))
                .isEqualTo("not a record of TLS");
    }
}

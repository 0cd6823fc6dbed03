// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.exchange.UpstreamClient.CallFailedException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What a UI that gives no answer says by that. */
class UiProbeTest {
    @Test
    void nobodyThereACertificateThatIsNotAcceptedAndSilenceAreToldApart() {
        assertThat(after(ErrorType.CONNECTION_REFUSED)).isEqualTo(new UiProbe.Result.Gone());
        assertThat(after(ErrorType.TLS_CERTIFICATE_ERROR)).isEqualTo(new UiProbe.Result.Distrusted());
        assertThat(after(ErrorType.TLS_PROTOCOL_ERROR)).isEqualTo(new UiProbe.Result.Unclear(false));
        assertThat(after(ErrorType.HTTP_RESPONSE_TIMEOUT)).isEqualTo(new UiProbe.Result.Unclear(false));
    }

    private static UiProbe.Result after(ErrorType error) {
        return UiProbe.failed(new CompletionException(new CallFailedException(error, "of a test")));
    }
}

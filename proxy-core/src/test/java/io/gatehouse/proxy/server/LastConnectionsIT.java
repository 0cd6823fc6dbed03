// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.takeover.InheritedSockets;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A listener ends without a reset. */
@EnabledOnOs(OS.LINUX)
class LastConnectionsIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private static Router saying(String name) {
        return (head, _, principal) -> new RouteDecision.Answer("test", LocalResponse.text(200, name));
    }

    private static ListenerSpec spec(int port, String name) {
        return new ListenerSpec(
                "test",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                new ListenerLimits(HttpLimits.DEFAULT, 1000, 0),
                true,
                true,
                Authenticator.ANYONE,
                saying(name));
    }

    @Test
    void whatWaitsInTheQueueIsAnswered() throws Exception {
        List<RawClient> waiting = new ArrayList<>();
        try (ProxyUnderTest proxy = new ProxyUnderTest(saying("other"))) {
            // Given: a listener that has accepted nobody yet
            HttpListener listener = HttpListener.open(proxy.runtime(), spec(0, "last"), InheritedSockets.none());
            for (int i = 0; i < 20; i++) {
                waiting.add(new RawClient(listener.address()).send(GET));
            }
            // When
            listener.closeLosingNothing();
            // Then
            assertThat(listener.isOpen()).isFalse();
            for (RawClient client : waiting) {
                assertThat(client.response().text()).isEqualTo("last");
            }
        } finally {
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    /** With two event loops; the listener is on one of them, so each is the other one once. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatWasAcceptedLastCountsAlsoWhileItsLoopIsBusy(int busy) throws Exception {
        List<RawClient> waiting = new ArrayList<>();
        try (ProxyUnderTest proxy = new ProxyUnderTest(saying("other"))) {
            // Given
            HttpListener listener = HttpListener.open(proxy.runtime(), spec(0, "last"), InheritedSockets.none());
            for (int i = 0; i < 20; i++) {
                waiting.add(new RawClient(listener.address()));
            }
            proxy.runtime().contexts().get(busy).eventLoop().execute(() -> pause(Duration.ofSeconds(1)));
            // When
            listener.closeLosingNothing();
            // Then: whoever waits for their end does not miss one
            assertThat(listener.connections()).isEqualTo(20);
        } finally {
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoConnectsMeanwhileReachesTheNextListener() throws Exception {
        Queue<String> answers = new ConcurrentLinkedQueue<>();
        try (ProxyUnderTest proxy = new ProxyUnderTest(saying("other"))) {
            HttpListener listener = HttpListener.bind(proxy.runtime(), spec(0, "old"));
            InetSocketAddress address = listener.address();
            // When
            Thread closing = Thread.startVirtualThread(() -> {
                try {
                    listener.closeLosingNothing();
                } catch (InterruptedException e) {
                    answers.add(e.toString());
                }
            });
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < 40 && closing.isAlive(); i++) {
                clients.add(Thread.startVirtualThread(() -> answers.add(answer(address))));
                Thread.sleep(5);
            }
            closing.join();
            try (HttpListener next = HttpListener.bind(proxy.runtime(), spec(address.getPort(), "new"))) {
                // Then
                for (Thread client : clients) {
                    client.join();
                }
                assertThat(next.isOpen()).isTrue();
                // On a busy machine some come between the two listeners. Those whose request for a connection was
                // dropped do
                // not notice.
                assertThat(answers)
                        .hasSameSizeAs(clients)
                        .isSubsetOf("old", "new", "new, refused before")
                        .contains("new");
            }
        }
    }

    /** Where nobody listens, it tries again, as clients do. */
    private static String answer(InetSocketAddress address) {
        String before = "";
        while (true) {
            try (RawClient client = new RawClient(address)) {
                return client.send(GET).response().text() + before;
            } catch (ConnectException refused) {
                before = ", refused before";
                pause(Duration.ofMillis(20));
            } catch (IOException e) {
                return e.toString();
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.proxy.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.proxy.Authenticator;
import io.gatehouse.proxy.HttpLimits;
import io.gatehouse.proxy.LocalResponse;
import io.gatehouse.proxy.RouteDecision;
import io.gatehouse.proxy.Router;
import io.gatehouse.proxy.net.Transport;
import io.gatehouse.proxy.server.HttpListener;
import io.gatehouse.proxy.server.ListenerLimits;
import io.gatehouse.proxy.server.ListenerSpec;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two runtimes in one process pass a listening socket; strangers and broken peers change nothing. */
@EnabledOnOs(OS.LINUX)
class TakeoverIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private static final TakeoverPatience QUICK = new TakeoverPatience(Duration.ofMillis(500), Duration.ofMillis(800));
    private static final TakeoverPatience LONG = new TakeoverPatience(Duration.ofSeconds(10), Duration.ofSeconds(20));

    private final LinkedBlockingQueue<Handover> ready = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    private Path path;
    private int uid;
    private ProxyUnderTest old;
    private ProxyUnderTest fresh;
    private TakeoverSocket socket;

    @BeforeEach
    void twoProxies() throws IOException {
        path = folder.resolve("takeover");
        uid = (Integer) Files.getAttribute(folder, "unix:uid");
        old = new ProxyUnderTest(saying("old"));
        fresh = new ProxyUnderTest(saying("new"));
    }

    @AfterEach
    void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
        fresh.close();
        old.close();
    }

    private static Router saying(String name) {
        return (head, _, principal) -> new RouteDecision.Answer("test", LocalResponse.text(200, name));
    }

    private void open(TakeoverPatience patience) throws IOException {
        socket = TakeoverSocket.open(
                old.runtime().eventLoops().next(),
                path,
                uid,
                patience,
                false,
                () -> List.of(old.listener().socket()),
                ready::add);
    }

    private Predecessor find() throws Exception {
        Predecessor predecessor = Predecessor.find(path, uid, LONG);
        assertThat(predecessor).isNotNull();
        return predecessor;
    }

    private HttpListener listen(InheritedSockets sockets, InetSocketAddress address) throws IOException {
        return HttpListener.open(
                fresh.runtime(),
                new ListenerSpec(
                        "test",
                        address,
                        new ListenerLimits(HttpLimits.DEFAULT, 1000, 0),
                        true,
                        true,
                        Authenticator.ANYONE,
                        saying("new")),
                sockets);
    }

    private String answer() throws IOException {
        try (RawClient client = old.client()) {
            return client.send(GET).response().text();
        }
    }

    /** A takeover from its beginning to its end. */
    private HttpListener takeOver() throws Exception {
        try (Predecessor predecessor = find()) {
            HttpListener listener = listen(predecessor.sockets(), old.address());
            CompletableFuture<Predecessor.End> end = inBackground(predecessor::ready);
            Handover handover = handover();
            old.listener().close();
            handover.confirm();
            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Predecessor.End.STOPPED);
            listener.accept();
            return listener;
        }
    }

    private Handover handover() throws InterruptedException {
        Handover handover = ready.poll(10, TimeUnit.SECONDS);
        assertThat(handover).isNotNull();
        return handover;
    }

    @FunctionalInterface
    private interface Call<T> {
        T call() throws Exception;
    }

    private static <T> CompletableFuture<T> inBackground(Call<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                result.complete(call.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    // ---- The way it should go -------------------------------------------------------------------------------------

    @Test
    void connectionsThatWaitInTheQueueAreServedByTheNewOne() throws Exception {
        open(LONG);
        List<RawClient> waiting = new ArrayList<>();
        try (Predecessor predecessor = find()) {
            // Given
            HttpListener listener = listen(predecessor.sockets(), old.address());
            assertThat(answer()).as("before").isEqualTo("old");
            CompletableFuture<Predecessor.End> end = inBackground(predecessor::ready);
            Handover handover = handover();
            assertThat(handover.pid()).isEqualTo((int) ProcessHandle.current().pid());

            // When: for a moment nobody accepts
            old.listener().close();
            for (int i = 0; i < 20; i++) {
                waiting.add(old.client().send(GET));
            }
            handover.confirm();
            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Predecessor.End.STOPPED);
            listener.accept();

            // Then
            for (RawClient client : waiting) {
                assertThat(client.response().text()).isEqualTo("new");
            }
            listener.close();
        } finally {
            for (RawClient client : waiting) {
                client.close();
            }
        }
    }

    @Test
    void theOldOneAcceptsAndWatchesNothingAfterItsEnd() throws Exception {
        open(LONG);
        String inode = inode(old.listener().socket().descriptor().intValue());
        assertThat(watched()).as("while it listens").contains(inode);
        HttpListener listener = takeOver();
        try {
            // The kernel keeps reporting a closed descriptor whose socket another process still has. The new listener
            // is
            // in this process too, so one watch remains: its own.
            assertThat(watched().stream().filter(inode::equals)).hasSize(1);
            for (int i = 0; i < 30; i++) {
                assertThat(answer()).isEqualTo("new");
            }
            assertThat(old.log()).isEmpty();
        } finally {
            listener.close();
        }
        assertThat(watched()).doesNotContain(inode);
    }

    /** The inode behind a descriptor, as hexadecimal, which is how an epoll's fdinfo writes it. */
    private static String inode(int descriptor) throws IOException {
        String link =
                Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        return Long.toHexString(Long.parseLong(link.replaceAll("\\D", "")));
    }

    /** The inodes that the epoll instances of this process watch. */
    private static List<String> watched() throws IOException {
        List<String> inodes = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path descriptor : descriptors.toList()) {
                try (Stream<String> lines = Files.lines(descriptor)) {
                    lines.filter(line -> line.startsWith("tfd:"))
                            .map(line -> line.replaceAll(".* ino:([0-9a-f]+).*", "$1"))
                            .forEach(inodes::add);
                } catch (IOException | UncheckedIOException gone) {
                    assertThat(gone)
                            .as("of a descriptor that was closed meanwhile")
                            .isNotNull();
                }
            }
        }
        return inodes;
    }

    @Test
    void aListenerAtAnotherAddressIsBoundAnewAndTheOldOneEnds() throws Exception {
        open(LONG);
        try (Predecessor predecessor = find();
                HttpListener listener =
                        listen(predecessor.sockets(), new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0))) {
            assertThat(listener.address().getHostString()).isEqualTo("127.0.0.2");
            InetSocketAddress address = old.address();
            old.listener().close();
            try (RawClient queued = new RawClient(address)) {
                // The copy that nobody claimed.
                predecessor.close();
                assertThat(queued.isClosedByPeer()).isTrue();
            }
            assertThatThrownBy(() -> new RawClient(address)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aTakeoverCanFollowAnother() throws Exception {
        open(LONG);
        HttpListener second = takeOver();
        try (TakeoverSocket next = TakeoverSocket.open(
                fresh.runtime().eventLoops().next(),
                path,
                uid,
                LONG,
                true,
                () -> List.of(second.socket()),
                ready::add)) {
            // When: the first one ends after the second has put its socket there
            socket.close();
            // Then
            assertThat(next).isNotNull();
            try (Predecessor predecessor = find();
                    HttpListener third = listen(predecessor.sockets(), old.address())) {
                CompletableFuture<Predecessor.End> end = inBackground(predecessor::ready);
                Handover handover = handover();
                second.close();
                handover.confirm();
                assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Predecessor.End.STOPPED);
                third.accept();
                assertThat(answer()).isEqualTo("new");
            }
        }
    }

    // ---- New processes that fail, and strangers -------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"0, ''", "0, gatehouse-takeover 1", "1, gatehouse-takeover 1", "2, gatehouse-takeover 1"})
    void aNewOneThatIsKilledInAnyPhaseChangesNothing(int answers, String hello) throws Exception {
        open(LONG);
        try (SocketChannel peer = connect()) {
            if (!hello.isEmpty()) {
                say(peer, hello);
            }
            if (answers > 0) {
                assertThat(line(peer)).startsWith("listener test 127.0.0.1 ");
                assertThat(line(peer)).isEqualTo("end");
            }
            if (answers > 1) {
                say(peer, "sockets");
                assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(1);
            }
        }
        assertThat(answer()).isEqualTo("old");
        takeOver().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1", "gatehouse-takeover 2", "\u0001\u0002\u0003", "ready", "sockets"})
    void aStrangerWhoTalksRubbishIsRefused(String rubbish) throws Exception {
        open(LONG);
        try (SocketChannel peer = connect()) {
            say(peer, rubbish);
            assertThat(line(peer)).isEqualTo("refused this process expects 'gatehouse-takeover 1'");
            assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(ready).isEmpty();
        takeOver().close();
    }

    @Test
    void aStrangerWhoNeverEndsALineIsCutOff() throws Exception {
        open(LONG);
        try (SocketChannel peer = connect()) {
            peer.write(ByteBuffer.wrap(new byte[2000]));
            assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        } catch (IOException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        takeOver().close();
    }

    @Test
    void aStrangerWhoSaysNothingKeepsNobodyOut() throws Exception {
        open(new TakeoverPatience(QUICK.step(), LONG.start()));
        try (SocketChannel peer = connect()) {
            takeOver().close();
            assertThat(line(peer)).isEqualTo("refused nothing was said for 500 ms");
        }
    }

    @Test
    void readyBeforeTheSocketsStopsNobody() throws Exception {
        open(LONG);
        try (SocketChannel peer = connect()) {
            say(peer, "gatehouse-takeover 1");
            line(peer);
            line(peer);
            say(peer, "ready");
            assertThat(line(peer)).isEqualTo("refused expected 'sockets'");
        }
        assertThat(ready).isEmpty();
        takeOver().close();
    }

    @Test
    void theSecondOfTwoAtOnceIsRefusedAndTheFirstGoesThrough() throws Exception {
        open(LONG);
        try (Predecessor first = find()) {
            assertThatThrownBy(() -> Predecessor.find(path, uid, LONG))
                    .isInstanceOf(TakeoverException.class)
                    .hasMessageContaining("another takeover is under way")
                    .hasMessageContaining("Nothing has changed for it");
            CompletableFuture<Predecessor.End> end = inBackground(first::ready);
            handover().confirm();
            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(Predecessor.End.STOPPED);
        }
    }

    @Test
    void aNewOneThatIsReadyTooLateMustNotServe() throws Exception {
        open(QUICK);
        try (Predecessor late = find()) {
            Thread.sleep(QUICK.start().plusMillis(400));
            assertThatThrownBy(late::ready)
                    .isInstanceOf(TakeoverException.class)
                    .hasMessageContaining("nothing was said for 800 ms");
        }
        assertThat(ready).isEmpty();
        assertThat(answer()).isEqualTo("old");
    }

    /** Many times: the refusal and the word that it crosses meet in any order. */
    @RepeatedTest(20)
    void whoIsInTheMiddleOfItIsRefusedWhenTheOldOneEnds() throws Exception {
        open(LONG);
        try (Predecessor predecessor = find()) {
            socket.close();
            assertThatThrownBy(predecessor::ready)
                    .isInstanceOf(TakeoverException.class)
                    .hasMessageContaining("this process is ending");
        }
        assertThat(path).doesNotExist();
    }

    // ---- Old processes that fail ----------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | said nothing for 500 ms",
                "'hello\n' | it said 'hello' in the place of a listener",
                "'listener ui 127.0.0.1 0\n' | which is no address",
                "'listener ui 1.2.3.4.5 1\n' | which is no address",
                "'listener a 127.0.0.1 1\nlistener a 127.0.0.1 2\n' | one twice",
                "'refused not today\n' | it refused: not today",
                "'stopped\n' | in the place of a listener"
            })
    void anOldOneThatTalksRubbishIsNotTakenOver(String words, String problem) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            Thread.startVirtualThread(() -> answerAll(server, words));
            assertThatThrownBy(() -> Predecessor.find(path, uid, QUICK))
                    .isInstanceOf(TakeoverException.class)
                    .hasMessageContaining(problem)
                    .hasMessageContaining("restart it without --takeover");
        }
    }

    private static void answerAll(ServerSocketChannel server, String words) {
        List<SocketChannel> peers = new ArrayList<>();
        try {
            while (true) {
                SocketChannel peer = server.accept();
                peers.add(peer);
                if (peer.read(ByteBuffer.allocate(100)) > 0) {
                    peer.write(ByteBuffer.wrap(words.getBytes(StandardCharsets.US_ASCII)));
                }
            }
        } catch (IOException closed) {
            for (SocketChannel peer : peers) {
                try {
                    peer.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Test
    void anOldOneThatDiesWhileTheNewOneGetsReadyIsSucceeded() throws Exception {
        open(LONG);
        InetSocketAddress address = old.address();
        try (Predecessor predecessor = find();
                HttpListener listener = listen(predecessor.sockets(), address)) {
            // When: all its connections end without a word
            old.runtime().close();
            socket = null;
            // Then
            assertThat(predecessor.ready()).isEqualTo(Predecessor.End.GONE);
            listener.accept();
            try (RawClient client = new RawClient(address)) {
                assertThat(client.send(GET).response().text()).isEqualTo("new");
            }
        }
    }

    @Test
    void anOldOneThatBreaksOffAndLivesOnIsNotSucceeded() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            CompletableFuture<Boolean> brokenOff = inBackground(() -> offerNothingAndBreakOff(server));
            try (Predecessor predecessor = find()) {
                assertThat(brokenOff.get(10, TimeUnit.SECONDS)).isTrue();
                Thread.sleep(300);
                // When / Then: it listens still
                assertThatThrownBy(predecessor::ready)
                        .isInstanceOf(TakeoverException.class)
                        .hasMessageContaining("broke off");
            }
        }
    }

    private static boolean offerNothingAndBreakOff(ServerSocketChannel server) throws IOException {
        // The first one only looks whether somebody is there.
        server.accept().close();
        try (SocketChannel peer = server.accept()) {
            assertThat(line(peer)).isEqualTo("gatehouse-takeover 1");
            say(peer, "end");
            assertThat(line(peer)).isEqualTo("sockets");
        }
        return true;
    }

    @Test
    void nobodyThereIsNoError() throws Exception {
        assertThat(Predecessor.find(path, uid, QUICK)).isNull();
        // Given: what a killed process leaves behind
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        assertThat(Predecessor.find(path, uid, QUICK)).isNull();
        open(LONG);
        takeOver().close();
    }

    // ---- The file -------------------------------------------------------------------------------------------------

    @Test
    void theSocketIsForItsOwnerAlone() throws Exception {
        open(LONG);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwxrwx", "rwxrwxr-x", "rwxr-xrwx"})
    void aFolderThatOthersCanWriteToIsRefused(String mode) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> open(LONG))
                .isInstanceOf(TakeoverException.class)
                .hasMessageContaining("others can write to")
                .hasMessageContaining("0700");
    }

    @Test
    void aFileThatIsNoSocketIsNotReplaced() throws Exception {
        Files.writeString(path, "precious");
        assertThatThrownBy(() -> open(LONG)).hasMessageContaining("is no socket");
        assertThat(path).hasContent("precious");
    }

    @Test
    void whatCannotBeAPathIsSaidPlainly() {
        assertThatThrownBy(() -> TakeoverSocket.check(
                        Transport.of(Transport.Kind.EPOLL), folder.resolve("x".repeat(90)), uid, true))
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> TakeoverSocket.check(
                        Transport.of(Transport.Kind.EPOLL), Path.of("/nowhere/takeover"), uid, true))
                .hasMessageContaining("does not exist; create it");
        assertThatThrownBy(() -> TakeoverSocket.check(Transport.nio(), path, uid, true))
                .hasMessageContaining("epoll only");
        // A folder that not even root can write to.
        assertThatThrownBy(() -> TakeoverSocket.check(
                        Transport.of(Transport.Kind.EPOLL), Path.of("/proc/sys/takeover"), uid, true))
                .hasMessageContaining("cannot write to /proc/sys");
    }

    @Test
    void theSocketOfALivingProcessIsNotTakenFromIt() throws Exception {
        open(LONG);
        assertThatThrownBy(() -> open(LONG)).hasMessageContaining("another process listens at");
        takeOver().close();
    }

    @Test
    void aFileThatCannotBeRemovedDoesNotStandInTheWayOfTheEnd() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        path = run.resolve("takeover");
        open(LONG);
        // When: the folder leads nowhere any more
        Files.move(run, folder.resolve("moved"));
        Files.createSymbolicLink(run, run);
        // Then: the rest of the process's end is still to come
        assertThatCode(() -> socket.close()).doesNotThrowAnyException();
    }

    @Test
    void onlyTheSameUserAndRootMayTakeOver() {
        assertThat(new PeerCheck(1000).mayBe(1000)).isTrue();
        assertThat(new PeerCheck(1000).mayBe(0)).isTrue();
        assertThat(new PeerCheck(1000).mayBe(1001)).isFalse();
        assertThat(new PeerCheck(0).mayBe(1000)).isFalse();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    private static void say(SocketChannel peer, String line) throws IOException {
        peer.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
    }

    private static String line(SocketChannel peer) throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (peer.read(one.clear()) == 1 && one.get(0) != '\n') {
            line.append((char) one.get(0));
        }
        return line.toString();
    }
}

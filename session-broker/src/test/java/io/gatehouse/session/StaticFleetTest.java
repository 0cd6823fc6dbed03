// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.proxy.ErrorType;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.grpc.UnaryCalls.Reply;
import io.gatehouse.session.Server.State;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class StaticFleetTest {
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(StaticFleet.class);
    private static final Upstream A = new Upstream("a", 15002);
    private static final Upstream B = new Upstream("b", 15002);

    private final SteppedClock clock = new SteppedClock();
    private final FakeSpark spark = new FakeSpark();
    private final Server a = Server.of("a", A, "s3cret");
    private final Server b = Server.of("b", B, null);
    private final StaticFleet fleet =
            new StaticFleet(Map.of("etl", List.of(a, b), "adhoc", List.of(b)), spark, clock::nanos);

    @Test
    void allServersAreUpUntilTheyAreFoundNotToBe() {
        assertThat(fleet.servers("etl")).containsExactly(a, b);
        assertThat(fleet.servers("none")).isEmpty();
        assertThat(fleet.find("etl", "b")).isEqualTo(b);
        assertThat(fleet.find("adhoc", "a")).isNull();
    }

    @Test
    void aServersTokenGoesAlongAndIsNotPrinted() {
        assertThat(a.metadata()).containsExactly(Map.entry(AsciiString.of("authorization"), "Bearer s3cret"));
        assertThat(a.toString()).doesNotContain("s3cret");
    }

    @Test
    void aServerThatHasNoSuchSessionIsAlive() {
        fleet.check();
        clock.pass(ServerHealth.INTERVAL);
        fleet.check();

        assertThat(spark.calls()).isEqualTo(4);
        assertThat(states("etl")).containsExactly(State.UP, State.UP);
    }

    @Test
    void checksComeAtIntervals() {
        fleet.check();
        clock.pass(ServerHealth.INTERVAL.minusMillis(1));
        fleet.check();

        assertThat(spark.calls()).isEqualTo(2);
    }

    @Test
    void aRefusedConnectionTakesAServerDownInAllItsPoolsAndAnAnswerBringsItBack() {
        // When
        spark.refuseConnections(B);
        fleet.check();

        // Then
        assertThat(states("etl")).containsExactly(State.UP, State.GONE);
        assertThat(states("adhoc")).containsExactly(State.GONE);

        // When
        spark.recover(B);
        clock.pass(Duration.ofSeconds(1));
        fleet.check();

        // Then
        assertThat(states("etl")).containsExactly(State.UP, State.UP);
    }

    @Test
    void otherFailuresTakeItDownOnlyThreeInARow() {
        fleet.failed(a, ErrorType.CONNECTION_TIMEOUT);
        fleet.failed(a, ErrorType.CONNECTION_TIMEOUT);
        fleet.answered(a);
        fleet.failed(a, ErrorType.CONNECTION_TIMEOUT);
        fleet.failed(a, ErrorType.CONNECTION_TIMEOUT);
        assertThat(states("etl")).containsExactly(State.UP, State.UP);

        fleet.failed(a, ErrorType.CONNECTION_TIMEOUT);
        assertThat(states("etl")).containsExactly(State.DOWN, State.UP);
    }

    @Test
    void oneThatIsDownAndWhereNobodyListensAnyMoreIsGoneUntilItAnswers() {
        for (int i = 0; i < 3; i++) {
            fleet.failed(a, ErrorType.CONNECTION_TIMEOUT);
        }

        fleet.failed(a, ErrorType.CONNECTION_REFUSED);
        assertThat(states("etl")).containsExactly(State.GONE, State.UP);
        fleet.failed(a, ErrorType.CONNECTION_TIMEOUT);
        assertThat(states("etl")).containsExactly(State.GONE, State.UP);

        fleet.answered(a);
        assertThat(states("etl")).containsExactly(State.UP, State.UP);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECTION_LIMIT_REACHED", "PROXY_INTERNAL_ERROR", "OUT_OF_MEMORY", "DOWNSTREAM_CLOSED"})
    void whatIsOurDoingTakesNoServerDown(ErrorType ours) {
        // Given
        spark.say(A, new Reply.Failed(ours));

        // When
        for (int i = 0; i < 3; i++) {
            fleet.failed(a, ours);
            fleet.check();
            clock.pass(ServerHealth.INTERVAL);
        }

        // Then
        assertThat(states("etl")).containsExactly(State.UP, State.UP);
        spark.refuseConnections(A);
        fleet.check();
        assertThat(states("etl")).as("checks go on").containsExactly(State.GONE, State.UP);
    }

    @Test
    void aServerThatDoesNotTakeOurTokenIsNotSound() {
        spark.say(A, new Reply.Answered(GrpcStatus.UNAUTHENTICATED, "no", new byte[0]));

        for (int i = 0; i < 3; i++) {
            fleet.check();
            clock.pass(Duration.ofSeconds(10));
        }

        assertThat(states("etl")).containsExactly(State.DOWN, State.UP);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAUTHENTICATED, the server does not take our token",
        "PERMISSION_DENIED, the server does not take our token",
        "UNIMPLEMENTED, the server does not answer as Spark Connect of 3.5 and newer does",
        "UNAVAILABLE, the server does not answer as Spark Connect does"
    })
    void theLogSaysWhatIsWrongWithAServerThatAnswers(GrpcStatus status, String reason) {
        // Given
        ListAppender<ILoggingEvent> log = listen();
        spark.say(A, new Reply.Answered(status, "no", new byte[0]));

        // When
        for (int i = 0; i < 3; i++) {
            fleet.check();
            clock.pass(Duration.ofSeconds(10));
        }

        // Then
        assertThat(warned(log)).startsWith("reason=\"" + reason).contains("it says " + status);
    }

    @Test
    void whatWasWrongWithItBeforeACheckWentWellIsNotTheReason() {
        // Given
        spark.say(A, new Reply.Failed(ErrorType.TLS_CERTIFICATE_ERROR, "the certificate has expired"));
        fleet.check();
        spark.recover(A);
        clock.pass(ServerHealth.INTERVAL);
        fleet.check();
        ListAppender<ILoggingEvent> log = listen();

        // When
        fleet.failed(a, ErrorType.CONNECTION_REFUSED);

        // Then
        assertThat(warned(log)).isEqualTo("reason=\"\"");
    }

    @Test
    void aServerThatIsDownIsCheckedEverMoreSeldomButNeverForgotten() {
        // Given
        spark.refuseConnections(A);
        spark.refuseConnections(B);
        fleet.check();
        int before = spark.calls();

        // When
        for (int second = 0; second < 300; second++) {
            clock.pass(Duration.ofSeconds(1));
            fleet.check();
        }

        // Then
        int checks = (spark.calls() - before) / 2;
        assertThat(checks).isBetween(10, 15);

        spark.recover(A);
        clock.pass(ServerHealth.MOST_DELAY);
        fleet.check();
        assertThat(states("etl")).containsExactly(State.UP, State.GONE);
    }

    @Test
    void aCheckThatHangsIsNotDoubled() {
        var pending = spark.hang(A);
        fleet.check();
        clock.pass(Duration.ofMinutes(1));
        fleet.check();
        assertThat(spark.calls()).isEqualTo(3);

        pending.complete(new Reply.Failed(ErrorType.HTTP_RESPONSE_TIMEOUT));
        clock.pass(Duration.ofMinutes(1));
        fleet.check();
        assertThat(spark.calls()).isEqualTo(5);
    }

    // ---- other lives ----

    @Test
    void aServerThatWasDownHasAnotherName() {
        spark.refuseConnections(A);
        fleet.check();
        assertThat(fleet.find("etl", "a")).isNotNull();

        spark.recover(A);
        clock.pass(Duration.ofSeconds(1));
        fleet.check();

        assertThat(fleet.find("etl", "a")).isNull();
        assertThat(fleet.servers("etl")).extracting(Server::name).containsExactly("a#1", "b");
    }

    @Test
    void soHasOneWhoseConnectionACheckFoundCut() {
        spark.say(A, new Reply.Failed(ErrorType.CONNECTION_TERMINATED));
        fleet.check();
        assertThat(states("etl")).containsExactly(State.UP, State.UP);

        spark.recover(A);
        clock.pass(Duration.ofSeconds(1));
        fleet.check();

        assertThat(fleet.servers("etl")).extracting(Server::name).containsExactly("a#1", "b");
    }

    /** A user's call can be made to break off; it must not make the sessions of all be looked for. */
    @Test
    void aCallThatIsCutAndAServerThatIsSlowChangeNothing() {
        fleet.failed(a, ErrorType.CONNECTION_TERMINATED);
        fleet.answered(a);
        spark.say(A, new Reply.Failed(ErrorType.HTTP_RESPONSE_TIMEOUT));
        fleet.check();
        fleet.answered(a);

        assertThat(fleet.servers("etl")).containsExactly(a, b);
    }

    /** None but checks hear of that: a call is told by itself. */
    @Test
    void aServerThatBreaksOffEveryCheckIsDownAndLivesOn() {
        spark.say(A, new Reply.Failed(ErrorType.HTTP_RESPONSE_INCOMPLETE));
        for (int i = 0; i < 2; i++) {
            fleet.check();
            clock.pass(ServerHealth.INTERVAL);
        }
        spark.recover(A);
        fleet.check();
        assertThat(fleet.servers("etl"))
                .as("twice is no reason to look for its sessions")
                .containsExactly(a, b);

        spark.say(A, new Reply.Failed(ErrorType.HTTP_RESPONSE_INCOMPLETE));
        for (int i = 0; i < 3; i++) {
            clock.pass(ServerHealth.INTERVAL);
            fleet.check();
        }
        assertThat(fleet.servers("etl").getFirst().state()).isEqualTo(Server.State.DOWN);
    }

    @Test
    void whatOldCallsSayOfAServerCountsForIt() {
        Server old = fleet.servers("etl").getFirst();
        spark.refuseConnections(A);
        fleet.check();

        fleet.answered(old);

        assertThat(states("etl")).containsExactly(State.UP, State.UP);
    }

    // ---- servers that come and go ----

    @Test
    void aServerThatLeavesAPoolDrainsThereAndOneThatComesBackDoesNot() {
        fleet.use(Map.of("etl", List.of(b), "adhoc", List.of(b)));
        assertThat(fleet.servers("etl")).containsExactly(b, a.in(State.DRAINING));

        fleet.use(Map.of("etl", List.of(a, b), "adhoc", List.of(a)));
        assertThat(fleet.servers("etl")).containsExactly(a, b);
        assertThat(fleet.servers("adhoc")).containsExactly(a, b.in(State.DRAINING));
    }

    @Test
    void whatIsKnownOfAServerOutlivesAReload() {
        spark.refuseConnections(A);
        fleet.check();

        fleet.use(Map.of("etl", List.of(Server.of("a", A, "another"), b)));

        assertThat(states("etl")).containsExactly(State.GONE, State.UP);
        assertThat(fleet.servers("etl").getFirst().metadata())
                .containsExactly(Map.entry(AsciiString.of("authorization"), "Bearer another"));
    }

    @Test
    void checksShowTheTokenThatHoldsNow() {
        fleet.use(Map.of("etl", List.of(Server.of("a", A, "another"))));

        fleet.check();

        assertThat(spark.shown(A)).isEqualTo("Bearer another");
    }

    @Test
    void aServerThatIsLeavingAndDoesNotAnswerIsDown() {
        fleet.use(Map.of("etl", List.of(b)));
        spark.refuseConnections(A);
        fleet.check();

        assertThat(states("etl")).containsExactly(State.UP, State.GONE);
    }

    @Test
    void aServerThatHasLeftIsLetGoOnceItHasNoSessions() {
        // Given
        MemorySessionStore store = new MemorySessionStore(clock, 10);
        Departures departures = new Departures(fleet, store);
        SessionKey key = new SessionKey("etl", "alice", "one");
        store.claim(key, "a", true, SessionLimits.NONE);
        fleet.use(Map.of("etl", List.of(b), "adhoc", List.of(b)));

        // When
        clock.pass(Departures.GRACE);
        departures.tick();

        // Then
        assertThat(fleet.find("etl", "a")).isNotNull();

        // When
        store.find(key).thenCompose(record -> store.remove(java.util.Objects.requireNonNull(record)));
        departures.tick();

        // Then
        assertThat(fleet.servers("etl")).containsExactly(b);
        int before = spark.calls();
        clock.pass(ServerHealth.INTERVAL);
        fleet.check();
        assertThat(spark.calls()).as("nobody asks it any more").isEqualTo(before + 1);
    }

    @Test
    void soIsOneThatWasAwayMeanwhile() {
        // Given
        MemorySessionStore store = new MemorySessionStore(clock, 10);
        Departures departures = new Departures(fleet, store);
        SessionKey key = new SessionKey("etl", "alice", "one");
        store.claim(key, "a", true, SessionLimits.NONE);
        fleet.failed(a, ErrorType.CONNECTION_REFUSED);
        fleet.answered(a);
        fleet.use(Map.of("etl", List.of(b), "adhoc", List.of(b)));

        // When
        clock.pass(Departures.GRACE);
        departures.tick();

        // Then
        assertThat(fleet.servers("etl")).extracting(Server::name).containsExactly("b", "a#1");

        // When
        store.find(key).thenCompose(record -> store.remove(java.util.Objects.requireNonNull(record)));
        departures.tick();

        // Then
        assertThat(fleet.servers("etl")).containsExactly(b);
    }

    @Test
    void callsThatChoseItJustBeforeFindItStill() {
        fleet.use(Map.of("etl", List.of(b)));
        clock.pass(Departures.GRACE.minusMillis(1));

        new Departures(fleet, new MemorySessionStore(clock, 10)).tick();

        assertThat(fleet.find("etl", "a")).isNotNull();
    }

    @Test
    void aReloadDoesNotKeepThemLonger() {
        fleet.use(Map.of("etl", List.of(b)));
        clock.pass(Departures.GRACE.minusSeconds(1));
        fleet.use(Map.of("etl", List.of(b)));
        clock.pass(Duration.ofSeconds(1));

        new Departures(fleet, new MemorySessionStore(clock, 10)).tick();

        assertThat(fleet.servers("etl")).containsExactly(b);
    }

    @Test
    void aServerThatLeavesOnePoolStaysInTheOther() {
        fleet.use(Map.of("adhoc", List.of(b)));
        clock.pass(Departures.GRACE);

        new Departures(fleet, new MemorySessionStore(clock, 10)).tick();

        assertThat(fleet.pools()).containsExactly("adhoc");
        assertThat(fleet.servers("adhoc")).containsExactly(b);
    }

    private ListAppender<ILoggingEvent> listen() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        LOGGER.addAppender(log);
        return log;
    }

    /** The reason in the only warning there is. */
    private static String warned(ListAppender<ILoggingEvent> log) {
        LOGGER.detachAppender(log);
        assertThat(log.list).hasSize(1);
        return log.list.getFirst().getKeyValuePairs().stream()
                .map(KeyValuePair::toString)
                .filter(pair -> pair.startsWith("reason="))
                .findFirst()
                .orElseThrow();
    }

    private List<State> states(String pool) {
        return fleet.servers(pool).stream().map(Server::state).toList();
    }
}

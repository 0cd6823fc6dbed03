// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.grpc.CallInspector;
import io.gatehouse.proxy.grpc.CallInspector.Decision;
import io.gatehouse.proxy.grpc.GrpcError;
import io.gatehouse.proxy.grpc.GrpcStatus;
import io.gatehouse.proxy.login.Login;
import io.gatehouse.session.Requests;
import io.gatehouse.session.wire.ConnectMethod;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who calls, and whether the pool is open to them. */
class AdmissionTest {
    private static final String HOST = "etl.example.com";
    private static final String ENCODED =
            Base64.getEncoder().encodeToString("alice:alice".getBytes(StandardCharsets.UTF_8));

    private final Door door = new Door();
    private final String session = Door.newSession();

    @Test
    void theVerifiedNameCountsAndNotWhatTheMessageSays() {
        var call = door.client("bob")
                .forward(ConnectMethod.CONFIG, Requests.of(session).user("alice"));

        assertThat(call.user()).isEqualTo("bob");
        assertThat(call.route()).isEqualTo("Config");
        assertThat(door.record("etl", "bob", session)).isNotNull();
        assertThat(door.record("etl", "alice", session)).isNull();
        String sent = new String(Door.pass(call, Requests.of(session).user("alice")), StandardCharsets.ISO_8859_1);
        assertThat(sent).contains("bob").doesNotContain("alice");
    }

    @Test
    void aSessionOfAnotherUserIsNotTheirs() {
        door.client("alice").use(ConnectMethod.CONFIG, session);

        GrpcError error = door.client("bob")
                .refused(ConnectMethod.RELEASE_EXECUTE, Requests.of(session).user("alice"));

        assertThat(Door.errorClass(error)).isEqualTo("INVALID_HANDLE.SESSION_NOT_FOUND");
    }

    @Test
    void aCredentialMayStandWhereverSparksClientsCanPutIt() {
        var forms = new Object[][] {
            {Map.of(Metadata.AUTHORIZATION, "Bearer alice"), ""},
            {Map.of(Metadata.AUTHORIZATION, "bearer  alice"), ""},
            {Map.of(Metadata.AUTHORIZATION, "Basic " + ENCODED), "mallory"},
            {Map.of(Metadata.AUTHENTICATION, "Bearer alice"), ""},
            {Map.of(Metadata.USERNAME, "alice", Metadata.PASSWORD, "alice"), "mallory"},
            {Map.of(), ENCODED},
            {Map.of(), "alice"},
        };
        for (Object[] form : forms) {
            @SuppressWarnings("unchecked")
            Map<AsciiString, String> metadata = (Map<AsciiString, String>) form[0];
            var call = door.client(metadata, HOST)
                    .forward(ConnectMethod.CONFIG, Requests.of(session).user((String) form[1]));
            assertThat(call.user()).as(metadata.toString()).isEqualTo("alice");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Negotiate abc", "Bearer", "Bearer ", "Basic !!!", "", "alice"})
    void whatIsNoCredentialIsRefused(String authorization) {
        GrpcError error = door.client(Map.of(Metadata.AUTHORIZATION, authorization), HOST)
                .refused(ConnectMethod.CONFIG, Requests.of(session).user("alice"));

        assertThat(error.status()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(door.logins.asked()).isZero();
    }

    @Test
    void whoSaysNothingIsToldHow() {
        GrpcError error = door.client(Map.of(), HOST).refused(ConnectMethod.CONFIG, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
        assertThat(error.message()).contains(";token=TOKEN");
    }

    @Test
    void aWrongPasswordIsRefusedBeforeTheMessageIsThere() {
        CallInspector inspector = door.client(Map.of(Metadata.USERNAME, "alice", Metadata.PASSWORD, "x"), HOST)
                .begin(ConnectMethod.CONFIG.path());

        assertThat(inspector.begin()).isInstanceOfSatisfying(Decision.Refuse.class, refused -> {
            assertThat(refused.error().status()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
            assertThat(refused.error().retryAfter()).isNull();
        });
    }

    @Test
    void whoIsThrottledMayComeBack() {
        door.logins.say(new Login.Throttled(Duration.ofSeconds(7)));

        GrpcError error = door.client("alice").refused(ConnectMethod.CONFIG, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aProviderThatIsDownIsWaitedFor() {
        door.logins.say(new Login.Unavailable("The identity provider does not answer."));

        GrpcError error = door.client("alice").refused(ConnectMethod.CONFIG, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(error.retryAfter()).isNotNull();
        assertThat(error.message()).contains("identity provider");
    }

    /** Defect 17: a login for every call. */
    @Test
    void hundredsOfCallsOfAConnectionAreOneLogin() {
        Door.Client client = door.client("alice");
        for (int i = 0; i < 311; i++) {
            client.use(ConnectMethod.CONFIG, session);
        }

        assertThat(door.logins.asked()).isEqualTo(1);
    }

    /** What is good from this machine need not be from another, behind one proxy. */
    @Test
    void aLoginIsOfOneAddress() {
        Map<AsciiString, String> token = Map.of(Metadata.AUTHORIZATION, "Bearer alice");
        Door.Client here = door.client(token, "etl.example.com");

        here.use(ConnectMethod.CONFIG, Door.newSession());
        here.from("192.0.2.7").use(ConnectMethod.CONFIG, Door.newSession());

        assertThat(door.logins.asked()).isEqualTo(2);
    }

    @Test
    void callsThatComeBeforeTheAnswerShareOneLogin() {
        // Given
        CompletableFuture<Login> pending = door.logins.hold();
        Door.Client client = door.client("alice");

        // When
        var first = client.sendLater(ConnectMethod.CONFIG, Requests.of(session));
        var second = client.sendLater(ConnectMethod.CONFIG, Requests.of(session));
        assertThat(first).isNotDone();
        pending.complete(door.logins.grant("alice"));

        // Then
        assertThat(Door.settled(first)).isInstanceOf(Decision.Forward.class);
        assertThat(Door.settled(second)).isInstanceOf(Decision.Forward.class);
        assertThat(door.logins.asked()).isEqualTo(1);
        assertThat(door.count("etl", "alice")).isEqualTo(1);
    }

    @Test
    void aLoginIsAskedForAgainWhenItsTimeIsOverOrTheUsersHaveChanged() {
        Door.Client client = door.client("alice");
        client.use(ConnectMethod.CONFIG, session);

        door.clock.pass(FakeLogins.VALID);
        client.use(ConnectMethod.CONFIG, session);
        assertThat(door.logins.asked()).isEqualTo(2);

        door.logins.reload();
        client.use(ConnectMethod.CONFIG, session);
        assertThat(door.logins.asked()).isEqualTo(3);
    }

    @Test
    void whatCannotBeReadDoesNotRenewALoginOfBeforeAChange() {
        var connection = door.router.connect();
        Door.Client client = new Door.Client(connection, Map.of(Metadata.AUTHORIZATION, "Bearer alice"), HOST);
        client.use(ConnectMethod.CONFIG, session);

        door.logins.reload();
        new Door.Client(connection, Map.of(Metadata.AUTHORIZATION, "nonsense"), HOST)
                .refused(ConnectMethod.CONFIG, session);
        client.use(ConnectMethod.CONFIG, session);

        assertThat(door.logins.asked()).isEqualTo(2);
    }

    @Test
    void aRefusalIsNotRemembered() {
        Door.Client client = door.client("alice");
        door.logins.say(new Login.Refused("no"));
        client.refused(ConnectMethod.CONFIG, session);

        door.logins.say(door.logins.grant("alice"));

        client.use(ConnectMethod.CONFIG, session);
    }

    @Test
    void theSameTextInAnotherPlaceIsAnotherCredential() {
        var connection = door.router.connect();
        new Door.Client(connection, Map.of(Metadata.AUTHORIZATION, "Bearer alice"), HOST)
                .use(ConnectMethod.CONFIG, session);
        new Door.Client(connection, Map.of(), HOST)
                .use(ConnectMethod.CONFIG, Requests.of(session).user("Bearer alice"));

        assertThat(door.logins.asked()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "etl.example.com,etl",
        "ETL.Example.com:15002,etl",
        "small.example.com:443,small",
        "other.example.com,etl",
        "[::1]:15002,etl",
        "'',etl"
    })
    void thePoolIsThatOfTheHostElseTheDefault(String authority, String pool) {
        door.client(Map.of(Metadata.AUTHORIZATION, "Bearer alice"), authority).use(ConnectMethod.CONFIG, session);

        assertThat(door.record(pool, "alice", session)).isNotNull();
    }

    @Test
    void aPoolThatIsNamedGoesBeforeTheHost() {
        door.client(Map.of(Metadata.AUTHORIZATION, "Bearer alice", Metadata.POOL, "small"), HOST)
                .use(ConnectMethod.CONFIG, session);

        assertThat(door.record("small", "alice", session)).isNotNull();
    }

    @Test
    void aPoolThatDoesNotExistIsRefusedAndNoOtherIsNamed() {
        GrpcError error = door.client(Map.of(Metadata.AUTHORIZATION, "Bearer alice", Metadata.POOL, "nope"), HOST)
                .refused(ConnectMethod.CONFIG, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
        assertThat(error.message()).contains("x-gatehouse-pool=").doesNotContain("etl", "small", "closed");
    }

    @Test
    void whoIsNotKnownLearnsNothingOfPools() {
        door.logins.say(new Login.Refused("no"));

        GrpcError error = door.client(Map.of(Metadata.AUTHORIZATION, "Bearer x", Metadata.POOL, "nope"), HOST)
                .refused(ConnectMethod.CONFIG, session);

        assertThat(error.status()).isEqualTo(GrpcStatus.UNAUTHENTICATED);
    }

    @Test
    void aPoolIsOpenToItsGroupsOnly() {
        door.addAdmin("root");
        Map<AsciiString, String> alice = Map.of(Metadata.AUTHORIZATION, "Bearer alice", Metadata.POOL, "closed");
        Map<AsciiString, String> root = Map.of(Metadata.AUTHORIZATION, "Bearer root", Metadata.POOL, "closed");

        assertThat(door.client(alice, HOST)
                        .refused(ConnectMethod.CONFIG, session)
                        .status())
                .isEqualTo(GrpcStatus.PERMISSION_DENIED);
        assertThat(door.client(root, HOST)
                        .refused(ConnectMethod.CONFIG, session)
                        .status())
                .as("the pool has no servers")
                .isEqualTo(GrpcStatus.UNAVAILABLE);
    }

    @Test
    void aMethodThatIsNotServedIsAnsweredWithThoseThatAre() {
        Decision decision =
                door.client("alice").begin("/grpc.health.v1.Health/Check").begin();

        assertThat(decision).isInstanceOfSatisfying(Decision.Refuse.class, refused -> {
            assertThat(refused.error().status()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
            assertThat(refused.error().message()).contains("ExecutePlan", "GetStatus");
            assertThat(refused.route()).isEmpty();
        });
    }

    @Test
    void aMessageThatIsNoneIsRefused() {
        CallInspector inspector = door.client("alice").begin(ConnectMethod.CONFIG.path());
        inspector.begin();

        Decision decision = inspector.inspect(Unpooled.wrappedBuffer(new byte[] {0, 0, 0, 0, 2, 7, 7}), true);

        assertThat(decision).isInstanceOfSatisfying(Decision.Refuse.class, refused -> {
            assertThat(refused.error().status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
            assertThat(refused.route()).isEqualTo("Config");
        });
    }

    @Test
    void noCredentialOfTheUsersGoesToAServerAndTheServersOwnDoes() {
        assertThat(door.router.withheldMetadata())
                .contains(
                        AsciiString.of("authorization"),
                        AsciiString.of("authentication"),
                        AsciiString.of("x-spark-username"),
                        AsciiString.of("x-spark-password"),
                        AsciiString.of("cookie"),
                        AsciiString.of("x-gatehouse-pool"),
                        AsciiString.of("x-forwarded-for"),
                        AsciiString.of("forwarded"))
                .allSatisfy(name -> assertThat(name.toString()).isLowerCase());
        while (door.record("etl", "alice", session) == null) {
            var call = door.client("alice").forward(ConnectMethod.CONFIG, session);
            if (call.server().equals(Door.A)) {
                assertThat(call.metadata()).containsEntry(AsciiString.of("authorization"), "Bearer token of a");
            } else {
                assertThat(call.metadata()).isEmpty();
            }
        }
    }
}

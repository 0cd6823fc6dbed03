// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.proxy.Boundary;
import io.gatehouse.proxy.Credentials;
import io.gatehouse.proxy.OwnAuthorization;
import io.gatehouse.proxy.Upstream;
import io.gatehouse.proxy.UpstreamGroup;
import io.gatehouse.proxy.exchange.UpstreamClient;
import io.gatehouse.proxy.testkit.ProxyUnderTest;
import io.gatehouse.proxy.testkit.RawClient;
import io.gatehouse.proxy.testkit.Response;
import io.gatehouse.proxy.testkit.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several History Servers behind one door, over real sockets. */
class HistoryServersIT {
    private static final Duration PATIENCE = Duration.ofMillis(700);

    private FakeSpark eu;
    private FakeSpark us;
    private FakeSpark driver;
    private @Nullable ProxyUnderTest door;
    private final OwnAuthorization token = new OwnAuthorization();

    @BeforeEach
    void open() throws Exception {
        eu = new FakeSpark().lists(ended("eu-3", 3), ended("both", 2), ended("eu-1", 1));
        us = new FakeSpark().lists(ended("us-4", 4), ended("us-2", 2), ended("both", 1), ended("dead", -1));
        for (String id : List.of("eu-1", "eu-3", "both")) {
            eu.answers(FakeSpark.LIST + "/" + id, json(ended(id, 2)));
            eu.answers("/history/" + id + "/jobs/", page("eu has " + id));
        }
        for (String id : List.of("us-4", "us-2")) {
            us.answers("/spark" + FakeSpark.LIST + "/" + id, json(ended(id, 4)));
            us.answers("/spark/history/" + id + "/jobs/", page("us has " + id));
        }
        us.answers("/spark" + FakeSpark.LIST + "/both", json(ended("both", 1)));
        us.answers(
                "/spark" + FakeSpark.LIST,
                FakeSpark.response(
                        200,
                        "application/json",
                        SparkJson.list(ended("us-4", 4), ended("us-2", 2), ended("both", 1), ended("dead", -1))));
        eu.answers("/static/historypage.js", page("eu's script"));
        us.answers("/spark/static/historypage.js", page("us' script"));
        driver = FakeSpark.driver("app-1");
        door = door(eu.upstream(), us.upstream());
    }

    @AfterEach
    void close() throws Exception {
        if (door != null) {
            door.close();
        }
        eu.close();
        us.close();
        driver.close();
    }

    private static String ended(String id, long end) {
        return SparkJson.entry(id, "n", end >= 0).replace("\"endTimeEpoch\" : -1", "\"endTimeEpoch\" : " + end);
    }

    private static String json(String body) {
        return FakeSpark.response(200, "application/json", body);
    }

    private static String page(String body) {
        return FakeSpark.response(200, "text/html", body);
    }

    private ProxyUnderTest door(Upstream first, Upstream second) throws Exception {
        HistoryServers servers = new HistoryServers(List.of(
                new HistoryServer("eu", UpstreamGroup.of(first), "", null),
                new HistoryServer("us", UpstreamGroup.of(second), "/spark", token)));
        UiRouting routing = new UiRouting("", "/sparkui", servers, PATIENCE);
        AppDirectory directory = new AppDirectory(
                List.of(new Application("app-1", "test", driver.upstream(), SparkJson.listing("app-1", "live", null))));
        ProxyUnderTest made = new ProxyUnderTest(new UiRouter(
                () -> routing,
                () -> directory,
                id -> {},
                new UpstreamClient(() -> Objects.requireNonNull(door).runtime().anyContext()),
                () -> true,
                () -> UiSafety.OPEN));
        made.listener()
                .guard(Boundary.OPEN.withCredentials(
                        new Credentials(Credentials.Cookies.SCOPED, List.of(), Credentials.Audience.PLATFORM, "")));
        return made;
    }

    private Response get(String target, String... fields) throws IOException {
        try (RawClient client = Objects.requireNonNull(door).client()) {
            return client.send("GET " + target + " HTTP/1.1\r\nHost: gate\r\n" + String.join("", fields) + "\r\n")
                    .response();
        }
    }

    private static List<String> ids(Response list) throws IOException {
        List<String> ids = new ArrayList<>();
        new ObjectMapper()
                .readTree(list.body())
                .forEach(entry -> ids.add(entry.get("id").asText()));
        return ids;
    }

    @Test
    void oneListHasWhatRunsAndWhatBothHaveInSparksOrder() throws Exception {
        Response list = get("/api/v1/applications");
        assertThat(ids(list)).containsExactly("app-1", "us-4", "eu-3", "both", "us-2", "eu-1", "dead");
        assertThat(list.field("gatehouse-incomplete")).isNull();
        assertThat(list.field("content-type")).isEqualTo("application/json");
        assertThat(ids(get("/history-servers/us/api/v1/applications?limit=4")))
                .containsExactly("app-1", "us-4", "eu-3", "both");
        assertThat(us.requests().getLast()).startsWith("GET /spark/api/v1/applications?limit=4 HTTP/1.1\r\n");
        assertThat(eu.requests().getLast()).startsWith("GET /api/v1/applications?limit=4 HTTP/1.1\r\n");

        try (RawClient client = Objects.requireNonNull(door).client()) {
            client.send("HEAD /api/v1/applications HTTP/1.1\r\nHost: gate\r\n\r\n");
            assertThat(client.headResponse().status()).isEqualTo(200);
            assertThat(client.get("/healthz").response().status()).isEqualTo(200);
        }
        assertThat(get("/api/v1/applications", "Content-Length: 0\r\n").status())
                .isEqualTo(200);
    }

    @Test
    void anEntryPassesWithEveryByteItCameWith() throws Exception {
        assertThat(get("/api/v1/applications").text())
                .startsWith("[ {\"id\":\"app-1\"")
                .contains(", " + ended("us-4", 4) + ", " + ended("eu-3", 3) + ", ")
                .endsWith("} ]");
    }

    @Test
    void everyApplicationIsFoundOnItsServer() throws Exception {
        assertThat(get("/history/us-4/jobs/").text()).isEqualTo("us has us-4");
        assertThat(get("/history/eu-1/jobs/").text()).isEqualTo("eu has eu-1");
        assertThat(us.requests())
                .filteredOn(head -> head.startsWith("GET /spark/history/"))
                .singleElement()
                .satisfies(head -> assertThat(Response.fields(head, "x-forwarded-context"))
                        .containsExactly("/history-servers/us"));
        assertThat(get("/api/v1/applications/us-2").text()).contains("\"us-2\"");
        assertThat(get("/app/us-4/jobs/").field("location")).isEqualTo("/history/us-4/jobs/");
        assertThat(get("/sparkui/eu-1/jobs/").field("location")).isEqualTo("/history/eu-1/jobs/");
        Response nowhere = get("/history/nowhere/");
        assertThat(nowhere.status()).isEqualTo(404);
    }

    @Test
    void anApplicationWithAVeryLongNameIsFoundAndOneTooLongTellsNothing() throws Exception {
        String name = "n".repeat(100_000);
        us.answers("/spark" + FakeSpark.LIST + "/us-4", json(ended("us-4", 4).replace("\"n\"", "\"" + name + "\"")));
        us.answers(
                "/spark" + FakeSpark.LIST + "/us-2",
                json(ended("us-2", 2).replace("\"n\"", "\"" + name.repeat(11) + "\"")));
        assertThat(get("/history/us-4/jobs/").text()).isEqualTo("us has us-4");
        assertThat(get("/history/us-2/jobs/").status()).isEqualTo(503);
    }

    @Test
    void whereItIsIsAskedForOnceOnly() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(get("/history/us-4/jobs/").status()).isEqualTo(200);
        }
        assertThat(eu.requestsFor("us-4")).isOne();
        assertThat(us.requestsFor(FakeSpark.LIST + "/us-4 ")).isOne();
    }

    @Test
    void aListTellsWhereApplicationsAre() throws Exception {
        get("/api/v1/applications");
        assertThat(get("/history/us-4/jobs/").text()).isEqualTo("us has us-4");
        assertThat(eu.requestsFor("us-4")).isZero();
    }

    @Test
    void theIdThatBothHaveIsTheOnesInWhichItEndedLast() throws Exception {
        assertThat(get("/history/both/jobs/").text()).isEqualTo("eu has both");
        assertThat(get("/history-servers/us/history/both/jobs/").text()).isEqualTo("eu has both");
    }

    @Test
    void pagesOfEachServerGetItsOwnScripts() throws Exception {
        assertThat(get("/history-servers/us/static/historypage.js").text()).isEqualTo("us' script");
        assertThat(get("/history-servers/eu/static/historypage.js").text()).isEqualTo("eu's script");
        us.answers("/spark/history/us-4/", FakeSpark.redirect("/spark/history/us-4/jobs/"));
        assertThat(get("/history/us-4/").field("location")).isEqualTo("/history-servers/us/history/us-4/jobs/");
    }

    @Test
    void aServerThatIsDownHidesNothingOfTheOther() throws Exception {
        // Given
        eu.close();

        // When, Then
        Response list = get("/api/v1/applications");
        assertThat(ids(list)).containsExactly("app-1", "us-4", "us-2", "both", "dead");
        assertThat(list.field("gatehouse-incomplete")).isEqualTo("eu");
        assertThat(list.field("proxy-status")).isEqualTo("gatehouse; error=connection_refused");
        assertThat(ids(get("/api/v1/applications?status=completed"))).contains("us-4");
        assertThat(get("/history/us-2/jobs/").text()).isEqualTo("us has us-2");
        assertThat(get("/history/elsewhere/").status()).isEqualTo(503);
        assertThat(get("/apps").text()).contains("/app/us-4/", "/app/app-1/", "No list at the moment from eu:");

        // When: none is left
        us.close();
        Response running = get("/api/v1/applications");
        assertThat(ids(running)).containsExactly("app-1");
        assertThat(running.field("gatehouse-incomplete")).isEqualTo("eu, us");
        assertThat(get("/api/v1/applications?status=completed").status()).isEqualTo(502);
    }

    @Test
    void aGatewaysWordForAServerOrALoginIsNoList() throws Exception {
        us.answers("/spark" + FakeSpark.LIST, FakeSpark.response(503, "text/html", "no healthy upstream"));
        assertThat(get("/api/v1/applications").field("gatehouse-incomplete")).isEqualTo("us");
        us.answers("/spark" + FakeSpark.LIST, FakeSpark.redirect("https://login.example/"));
        Response list = get("/api/v1/applications");
        assertThat(list.field("gatehouse-incomplete")).isEqualTo("us");
        assertThat(ids(list)).containsExactly("app-1", "eu-3", "both", "eu-1");
    }

    @Test
    void aServerThatHangsIsWaitedForOnce() throws Exception {
        // Given
        eu.hang(true);

        // When
        Response first = get("/api/v1/applications");
        assertThat(ids(first)).containsExactly("app-1", "us-4", "us-2", "both", "dead");
        assertThat(first.field("gatehouse-incomplete")).isEqualTo("eu");
        assertThat(first.field("proxy-status")).isEqualTo("gatehouse; error=http_response_timeout");

        // Then: also what nobody has asked for yet
        assertThat(get("/history/us-2/jobs/").text()).isEqualTo("us has us-2");
        assertThat(get("/apps").text()).contains("/app/us-4/");
        assertThat(get("/").status()).isEqualTo(404);
        eu.hang(false);
    }

    @Test
    void theFirstPageIsThatOfAServerThatAnswersAndHasATableForAll() throws Exception {
        // Given
        eu.answers("/", page("eu's page <h4>No completed applications found!</h4>"));
        us.answers("/spark/", page("us' page <h4>No completed applications found!</h4>"));

        // When, Then
        assertThat(get("/").text())
                .startsWith("eu's page")
                .contains("src=\"/history-servers/eu/static/historypage.js\"");
        eu.close();
        assertThat(get("/?showIncomplete=true").field("location")).isEqualTo("/?showIncomplete=true");
        assertThat(get("/").text())
                .startsWith("us' page")
                .contains("src=\"/history-servers/us/static/historypage.js\"");
        us.close();
        assertThat(get("/").text()).contains("href=\"/sparkui/app-1/\"", "The History Server does not answer");
    }

    @Test
    void credentialsOfOursGoToTheirServerAndToNobodyElse() throws Exception {
        // Given
        token.use("Bearer first-secret");

        // When
        String viewers = "Authorization: Basic viewer\r\n";
        get("/history/us-4/jobs/", viewers);
        get("/history/eu-1/jobs/", viewers);
        get("/api/v1/applications", viewers);
        get("/apps", viewers);
        get("/sparkui/app-1/jobs/", viewers);

        // Then: look-ups of ours too, and each once
        assertThat(us.requests())
                .hasSizeGreaterThan(3)
                .allSatisfy(head ->
                        assertThat(Response.fields(head, "authorization")).containsExactly("Bearer first-secret"));
        assertThat(eu.requests()).hasSizeGreaterThan(3).noneMatch(head -> head.contains("secret"));
        assertThat(eu.requestsFor("Authorization: Basic viewer")).isEqualTo(2);
        assertThat(driver.requests())
                .noneMatch(head -> !Response.fields(head, "authorization").isEmpty());

        // When: the file holds another
        token.use("Bearer second-secret");
        get("/history/us-4/jobs/");
        assertThat(Response.fields(us.requests().getLast(), "authorization")).containsExactly("Bearer second-secret");
        assertThat(Objects.requireNonNull(door).log(6)).noneMatch(line -> line.contains("secret"));
    }

    @Test
    void cookiesOfEachServerGoBackToItAlone() throws Exception {
        eu.answers(
                "/history/eu-3/jobs/",
                "HTTP/1.1 200 OK\r\nSet-Cookie: SID=1; Path=/spark\r\n" + "Content-Length: 0\r\n\r\n");
        assertThat(get("/history/eu-3/jobs/").field("set-cookie"))
                .isEqualTo("gh~_eu~SID=1; HttpOnly; SameSite=Lax; Path=/");
        get("/api/v1/applications", "Cookie: gh~_us~SID=1; gh~_eu~SID=2; gh~us~SID=3\r\n");
        assertThat(Response.fields(eu.requests().getLast(), "cookie")).containsExactly("SID=2");
    }

    /** It would be a session of ours, in the hands of whoever asked; and such filters believe a cookie before all else. */
    @Test
    void aServerThatKnowsUsByOurTokenSetsNoCookieAndGetsNone() throws Exception {
        us.answers(
                "/spark/history/us-4/jobs/",
                "HTTP/1.1 401 Unauthorized\r\nSet-Cookie: hadoop.auth=\"u=gatehouse&s=x\"; Path=/\r\n"
                        + "WWW-Authenticate: Basic realm=\"spark\"\r\nContent-Length: 0\r\n\r\n");
        Response answer = get("/history/us-4/jobs/", "Cookie: gh~_us~hadoop.auth=u=eve\r\n");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.head()).doesNotContainIgnoringCase("cookie").doesNotContainIgnoringCase("www-authenticate");
        assertThat(us.requests().getLast()).doesNotContainIgnoringCase("cookie");
    }

    @Test
    void aListThatBreaksOffIsCutVisibly() throws Exception {
        try (ScriptedUpstream broken = new ScriptedUpstream(connection -> {
            connection.head();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n[ "
                    + ended("us-4", 4) + ", {\"id\" : \"us-");
        })) {
            Objects.requireNonNull(door).close();
            door = door(eu.upstream(), new Upstream("127.0.0.1", broken.port()));
            try (RawClient client = door.client()) {
                client.get("/api/v1/applications");
                assertThat(client.everything()).contains("us-4").doesNotEndWith("0\r\n\r\n");
            }
            assertThat(door.log(1).getLast()).contains("http_response_incomplete");
        }
    }

    @Test
    void aHundredThousandOfEachPassWithoutBeingHeldThoughServersGiveUpOnConnectionsThatAreNotRead() throws Exception {
        AtomicLong sent = new AtomicLong();
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedUpstream newer = large("new", 200_000, sent, asked, false);
                ScriptedUpstream older = large("old", 100_000, sent, asked, true)) {
            Objects.requireNonNull(door).close();
            door = door(new Upstream("127.0.0.1", newer.port()), new Upstream("127.0.0.1", older.port()));
            try (RawClient client = new RawClient(door.address(), 64 << 10)) {
                // When: nobody reads
                client.get("/api/v1/applications");
                AtomicLong before = new AtomicLong();
                ProxyUnderTest.patiently()
                        .pollInterval(Duration.ofSeconds(1))
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> before.getAndSet(sent.get()) == sent.get() && sent.get() > 0);

                // Then: what has left the servers lies in the kernel's buffers and, bounded, in ours
                assertThat(sent.get()).isLessThan(40_000_000);

                // When
                Response list = client.response();

                // Then
                String text = list.text();
                assertThat(text.split("\"id\" : ", -1)).hasSize(200_001);
                assertThat(text).endsWith("} ]").contains("\"new-99999\"", "\"old-99999\"");
                assertThat(text.indexOf("\"new-99999\"")).isLessThan(text.indexOf("\"old-0\""));
                assertThat(asked.get()).as("the older one was asked again").isGreaterThan(2);
            }
        }
    }

    /** {@code gone}: closes once, in the middle, when nobody has read for a while. */
    private static ScriptedUpstream large(
            String prefix, long firstEnd, AtomicLong sent, AtomicInteger asked, boolean gone) throws IOException {
        return new ScriptedUpstream(connection -> {
            String head = connection.head();
            if (!head.contains("/applications ")) {
                connection.send(FakeSpark.response(404, "text/plain", ""));
                return;
            }
            boolean again = asked.incrementAndGet() > 2;
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n");
            StringBuilder chunk = new StringBuilder("[ ");
            for (int i = 0; i < 100_000; i++) {
                chunk.append(i == 0 ? "" : ", ").append(ended(prefix + "-" + i, firstEnd - i));
                if (i % 100 == 99) {
                    chunk.append(i == 99_999 ? " ]" : "");
                    connection.send(Integer.toHexString(chunk.length()) + "\r\n" + chunk + "\r\n");
                    sent.addAndGet(chunk.length());
                    chunk.setLength(0);
                }
                if (gone && !again && i == 1_000) {
                    return;
                }
            }
            connection.send("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        });
    }
}

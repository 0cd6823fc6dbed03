// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.Upstream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PlacementProperties {
    @Property
    void aSessionGoesToAServerThatIsUpAndHasTheFewest(
            @ForAll("states") List<Server.State> states, @ForAll("places") List<Integer> places, @ForAll long seed) {
        List<Server> servers = servers(states);
        List<SessionRecord> sessions = sessions(places);

        Placement placement = Placement.plan(servers, sessions, new Random(seed));

        Map<String, Integer> load = load(sessions);
        List<Integer> loadsOfUp = servers.stream()
                .filter(server -> server.state() == Server.State.UP)
                .map(server -> load.getOrDefault(address(server.name()), 0))
                .toList();
        if (loadsOfUp.isEmpty()) {
            assertThat(placement).isEqualTo(new Placement.NothingHealthy());
        } else {
            Server chosen = ((Placement.On) placement).server();
            assertThat(chosen.state()).isEqualTo(Server.State.UP);
            assertThat(load.getOrDefault(address(chosen.name()), 0))
                    .isEqualTo(loadsOfUp.stream().min(Integer::compare).orElseThrow());
        }
    }

    @Property
    void sessionsThatAreOnlyAddedNeverDifferByMoreThanOne(
            @ForAll @IntRange(min = 1, max = 8) int count, @ForAll @IntRange(max = 60) int added, @ForAll long seed) {
        List<Server> servers = servers(Collections.nCopies(count, Server.State.UP));
        List<SessionRecord> sessions = new ArrayList<>();
        Random random = new Random(seed);

        for (int i = 0; i < added; i++) {
            Server server = ((Placement.On) Placement.plan(servers, sessions, random)).server();
            sessions.add(session(i, server.name()));
        }

        Map<String, Integer> load = load(sessions);
        List<Integer> loads = servers.stream()
                .map(server -> load.getOrDefault(address(server.name()), 0))
                .sorted()
                .toList();
        assertThat(loads.get(loads.size() - 1) - loads.get(0)).isLessThanOrEqualTo(1);
    }

    @Property(tries = 20)
    void equalsAreChosenInTurnBySomeSeed(@ForAll @IntRange(min = 2, max = 5) int count) {
        List<Server> servers = servers(Collections.nCopies(count, Server.State.UP));
        Set<String> chosen = new HashSet<>();

        for (int seed = 0; seed < 200; seed++) {
            chosen.add(((Placement.On) Placement.plan(servers, List.of(), new Random(seed * 7919L)))
                    .server()
                    .name());
        }

        assertThat(chosen).hasSize(count);
    }

    @Provide
    Arbitrary<List<Server.State>> states() {
        return Arbitraries.of(Server.State.class).list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<List<Integer>> places() {
        return Arbitraries.integers().between(0, 9).list().ofMaxSize(60);
    }

    private static List<Server> servers(List<Server.State> states) {
        List<Server> servers = new ArrayList<>();
        for (Server.State state : states) {
            int i = servers.size();
            servers.add(Server.of("s" + i, new Upstream("host" + i, 15002), null)
                    .in(state)
                    .inLife(i % 3));
        }
        return servers;
    }

    private static List<SessionRecord> sessions(List<Integer> places) {
        List<SessionRecord> sessions = new ArrayList<>();
        for (int place : places) {
            int i = sessions.size();
            sessions.add(session(i, i % 2 == 0 ? "s" + place : "s" + place + "#" + i % 3));
        }
        return sessions;
    }

    private static SessionRecord session(int i, String server) {
        return new SessionRecord(
                new SessionKey("pool", "alice", "session" + i), server, true, "", Instant.EPOCH, Instant.EPOCH, i);
    }

    private static Map<String, Integer> load(List<SessionRecord> sessions) {
        Map<String, Integer> load = new HashMap<>();
        sessions.forEach(session -> load.merge(address(session.server()), 1, Integer::sum));
        return load;
    }

    /** A name without the life: what a server had before it was away is load still. */
    private static String address(String name) {
        return name.replaceFirst("#.*", "");
    }
}

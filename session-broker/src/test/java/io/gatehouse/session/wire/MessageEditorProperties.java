// SPDX-License-Identifier: Apache-2.0
package io.gatehouse.session.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Generated messages beside protobuf-java: legal ones in any order and number of fields, and the same with a few bytes changed. */
class MessageEditorProperties {
    @Property(tries = 3000)
    void aLegalMessageIsTakenAndSaysWhatWasVerified(
            @ForAll("messages") List<byte[]> messages, @ForAll("methods") ConnectMethod method)
            throws InvalidProtocolBufferException {
        byte[] request = WireOracle.framed(messages.toArray(byte[][]::new));

        assertThat(WireOracle.edit(method, request).violation()).isNull();
        WireOracle.check(method, request);
    }

    @Property(tries = 5000)
    void aMutatedMessageIsRefusedOrSaysWhatWasVerified(@ForAll("mutated") byte[] message)
            throws InvalidProtocolBufferException {
        WireOracle.check(ConnectMethod.EXECUTE_PLAN, WireOracle.framed(message));
    }

    @Property(tries = 2000)
    void theCutsMakeNoDifference(@ForAll("mutated") byte[] message, @ForAll("cuts") int[] cuts) {
        byte[] request = WireOracle.framed(message, message);
        int[] within = Arrays.stream(cuts)
                .map(cut -> cut % (request.length + 1))
                .sorted()
                .toArray();

        WireOracle.Edited whole = WireOracle.edit(ConnectMethod.ADD_ARTIFACTS, request);
        WireOracle.Edited cut = WireOracle.edit(ConnectMethod.ADD_ARTIFACTS, request, within);

        assertThat(cut.violation() == null).isEqualTo(whole.violation() == null);
        assertThat(WireOracle.messages(cut.wire())).containsExactlyElementsOf(WireOracle.messages(whole.wire()));
    }

    @Property(tries = 2000)
    void theKeyIsTheSameAtEveryCut(@ForAll("mutated") byte[] message, @ForAll("cuts") int[] cuts)
            throws InvalidProtocolBufferException {
        byte[] request = WireOracle.framed(message(Messages.suffix(WireOracle.SESSION, "alice", ""), message));

        WireOracle.checkKey(ConnectMethod.CONFIG, request, cuts[0] % (request.length + 1));
    }

    /** The crafted tail: a field that claims as many bytes as will be appended. */
    @Property(tries = 500)
    void nothingSwallowsWhatIsAppended(@ForAll("message") byte[] message, @ForAll("dangling") byte[] tail) {
        WireOracle.Edited edited = WireOracle.edit(ConnectMethod.CONFIG, WireOracle.framed(message(message, tail)));

        assertThat(edited.violation()).isNotNull();
        assertThat(WireOracle.messages(edited.wire())).isEmpty();
    }

    @Provide
    Arbitrary<ConnectMethod> methods() {
        return Arbitraries.of(ConnectMethod.class);
    }

    @Provide
    Arbitrary<int[]> cuts() {
        return Arbitraries.integers()
                .between(0, 400)
                .array(int[].class)
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<byte[]> dangling() {
        int appended = Messages.suffix(WireOracle.SESSION, WireOracle.USER, "").length;
        return Combinators.combine(
                        Arbitraries.integers().between(1, 2000),
                        Arbitraries.integers().between(1, 2 * appended))
                .as((field, length) -> varints(field << 3 | 2, length));
    }

    @Provide
    Arbitrary<List<byte[]>> messages() {
        return message().list().ofMaxSize(3);
    }

    /** Fields of all numbers that mean something, and some that do not, each any number of times. */
    @Provide
    Arbitrary<byte[]> message() {
        Arbitrary<UnknownFieldSet> inner = fields(scalar(), Arbitraries.of(3, 4, 999));
        Arbitrary<UnknownFieldSet> userContext = Combinators.combine(fields(text(), Arbitraries.of(1, 2)), inner)
                .as((user, rest) -> user.toBuilder().mergeFrom(rest).build());
        Arbitrary<UnknownFieldSet.Field> user = userContext.map(fields -> UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(fields.toByteString())
                .build());
        // Field 5 is walked in ExecutePlan.
        Arbitrary<UnknownFieldSet.Field> options = fields(user, Arbitraries.of(1, 2))
                .map(fields -> UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(fields.toByteString())
                        .build());
        return Combinators.combine(
                        fields(text(), Arbitraries.just(1)),
                        fields(user, Arbitraries.just(2)),
                        fields(options, Arbitraries.just(5)),
                        fields(scalar(), Arbitraries.of(3, 4, 6, 8, 17, 999, 1024, 536_870_911)))
                .as((session, context, walked, rest) -> List.of(session, context, walked, rest))
                .flatMap(parts -> Arbitraries.shuffle(parts.toArray(UnknownFieldSet[]::new)))
                .map(MessageEditorProperties::concatenated);
    }

    @Provide
    Arbitrary<byte[]> mutated() {
        Arbitrary<List<Tuple.Tuple2<Integer, Byte>>> changes = Combinators.combine(
                        Arbitraries.integers().between(0, 300), Arbitraries.bytes())
                .as(Tuple::of)
                .list()
                .ofMaxSize(4);
        return Combinators.combine(message(), changes).as((message, list) -> {
            byte[] changed = message.clone();
            list.forEach(change -> {
                if (changed.length > 0) {
                    changed[change.get1() % changed.length] = change.get2();
                }
            });
            return changed;
        });
    }

    private static Arbitrary<UnknownFieldSet> fields(
            Arbitrary<UnknownFieldSet.Field> values, Arbitrary<Integer> numbers) {
        return Combinators.combine(numbers, values)
                .as(Tuple::of)
                .list()
                .ofMaxSize(4)
                .map(list -> {
                    UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();
                    list.forEach(field -> fields.mergeField(field.get1(), field.get2()));
                    return fields.build();
                });
    }

    private static Arbitrary<UnknownFieldSet.Field> text() {
        return Arbitraries.strings()
                .ofMaxLength(40)
                .map(text -> UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFromUtf8(text))
                        .build());
    }

    private static Arbitrary<UnknownFieldSet.Field> scalar() {
        return Arbitraries.oneOf(
                text(),
                Arbitraries.longs()
                        .map(value -> UnknownFieldSet.Field.newBuilder()
                                .addVarint(value)
                                .build()),
                Arbitraries.longs()
                        .map(value -> UnknownFieldSet.Field.newBuilder()
                                .addFixed64(value)
                                .build()),
                Arbitraries.integers()
                        .map(value -> UnknownFieldSet.Field.newBuilder()
                                .addFixed32(value)
                                .build()));
    }

    /** One message of two parts. */
    private static byte[] message(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] concatenated(List<UnknownFieldSet> parts) {
        ByteString all = ByteString.EMPTY;
        for (UnknownFieldSet part : parts) {
            all = all.concat(part.toByteString());
        }
        return all.toByteArray();
    }

    private static byte[] varints(int... values) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        for (int value : values) {
            int rest = value;
            while (rest > 0x7f) {
                out.write(rest & 0x7f | 0x80);
                rest >>>= 7;
            }
            out.write(rest);
        }
        return out.toByteArray();
    }
}

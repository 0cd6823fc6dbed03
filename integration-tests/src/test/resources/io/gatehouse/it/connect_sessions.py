# SPDX-License-Identifier: Apache-2.0
"""What ConnectST does with real PySpark: connect_sessions.py SCENARIO DOOR [ARGUMENT...]; prints "ok" and what was seen.

DOOR is host:port. Each scenario ends with a failed assertion or with its last line.
"""
import base64
import os
import sys
import threading
import time
import traceback
import uuid
import warnings

warnings.filterwarnings("ignore")

import grpc
from pyspark.sql import SparkSession
from pyspark.sql.connect.proto import base_pb2 as pb
from pyspark.sql.connect.proto import base_pb2_grpc as stubs

ALICE = "alice:wonderland"
BOB = "bob:builder:with:colons"
LARGEST = 128 << 20
# Whom PySpark takes for the user by itself, whoever logs in.
ON_THE_DESKTOP = "somebody"
os.environ["SPARK_USER"] = ON_THE_DESKTOP


def token(login):
    return base64.b64encode(login.encode()).decode().rstrip("=")


def session(door, login):
    return SparkSession.builder.remote(f"sc://{door}/;token={token(login)}").create()


def raw(door, login):
    options = [("grpc.max_receive_message_length", LARGEST), ("grpc.max_send_message_length", LARGEST)]
    return grpc.insecure_channel(door, options), [("authorization", "Bearer " + token(login))]


def value(spark):
    return spark.sql("select * from mine").collect()[0][0]


def isolation(door):
    """Two users with three sessions each: what one session calls "mine" is nobody else's."""
    sessions = {f"{login} {n}": session(door, login) for login in (ALICE, BOB) for n in range(3)}
    for name, spark in sessions.items():
        spark.sql(f"select '{name}' as name").createOrReplaceTempView("mine")
    for _ in range(3):
        for name, spark in sessions.items():
            assert value(spark) == name, (value(spark), name)
    drivers = {spark.conf.get("spark.app.name") for spark in sessions.values()}
    for spark in sessions.values():
        spark.stop()
    print("ok", len(sessions), "sessions on", len(drivers), "servers")


def plan(sql):
    request = pb.ExecutePlanRequest()
    request.plan.root.sql.query = sql
    return request.plan


def answers(channel, metadata, data):
    """The rows of an ExecutePlan that is sent as these bytes, or the status it fails with."""
    import pyarrow

    call = channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan",
                                request_serializer=lambda x: x,
                                response_deserializer=pb.ExecutePlanResponse.FromString)
    rows = []
    try:
        for answer in call(data, metadata=metadata, timeout=60):
            if answer.HasField("arrow_batch"):
                with pyarrow.ipc.open_stream(answer.arrow_batch.data) as reader:
                    rows += reader.read_all().to_pylist()
    except grpc.RpcError as e:
        return e.code().name + ": " + e.details()
    return rows


def meeting(door, channel, metadata):
    """A session of Alice's, at the server that has Bob's with the same id: at another one he could not reach hers anyway."""
    others = []
    stub = stubs.SparkConnectServiceStub(channel)
    ask = pb.ConfigRequest()
    ask.operation.get.keys.append("spark.app.name")
    # With as many sessions at one server as at the other they part; else it is left to chance.
    for _ in range(30):
        hers = session(door, ALICE)
        ask.session_id = hers.session_id
        his = stub.Config(ask, metadata=metadata, timeout=60)
        if his.pairs[0].value == hers.conf.get("spark.app.name"):
            for other in others:
                other.stop()
            return hers
        others.append(hers)
        stub.ReleaseSession(pb.ReleaseSessionRequest(session_id=hers.session_id), metadata=metadata, timeout=60)
    raise AssertionError("they never met")


def forgery(door):
    """Bob writes Alice's session id and user id, in every way there is: he never reads her view."""
    channel, metadata = raw(door, BOB)
    hers = meeting(door, channel, metadata)
    hers.sql("select 'secret of alice' as name").createOrReplaceTempView("mine")
    session_id = hers.session_id
    request = pb.ExecutePlanRequest(session_id=session_id, plan=plan("select * from mine"))
    request.user_context.user_id = "alice"
    honest = request.SerializeToString()
    stranger = pb.ExecutePlanRequest(session_id=str(uuid.uuid4()), plan=plan("select * from mine"))
    stranger.user_context.user_id = "bob"
    tail = pb.ExecutePlanRequest(session_id=session_id)
    tail.user_context.user_id = "alice"
    dangling = b"\xfa\x7f"  # an unknown field, length-delimited, that is to swallow what is appended
    twin = pb.ExecutePlanRequest(session_id=session_id, plan=plan("select * from mine"))
    twin.user_context.user_id = ON_THE_DESKTOP
    attempts = {
        "as alice": honest,
        "as her own client": twin.SerializeToString(),
        "alice behind bob": stranger.SerializeToString() + tail.SerializeToString(),
        "alice before bob": tail.SerializeToString() + stranger.SerializeToString(),
    }
    for length in (1, 40, 60, 80, 81, 82, 83, 84, 85, 100, 127):
        attempts[f"dangling {length}"] = honest + dangling + bytes([length])
    for name, data in attempts.items():
        seen = answers(channel, metadata, data)
        assert "secret of alice" not in str(seen), (name, seen)
        if name.startswith("dangling"):
            assert str(seen).startswith("INVALID_ARGUMENT"), (name, seen)
        else:
            assert "TABLE_OR_VIEW_NOT_FOUND" in str(seen), (name, seen)
    # Interrupting hers interrupts nothing of hers.
    done = []
    thread = threading.Thread(target=lambda: done.append(hers.sql("select sum(id) from range(30000000)").collect()[0][0]))
    thread.start()
    interrupt = pb.InterruptRequest(session_id=session_id, interrupt_type=1)
    interrupt.user_context.user_id = "alice"
    while thread.is_alive():
        answer = stubs.SparkConnectServiceStub(channel).Interrupt(interrupt, metadata=metadata, timeout=30)
        assert not answer.interrupted_ids, answer
        time.sleep(0.2)
    assert done == [30000000 * 29999999 // 2], done
    assert value(hers) == "secret of alice"
    hers.stop()
    print("ok", len(attempts), "forgeries")


def operations(door):
    """Interrupt, tags, artifacts, clone, reattach."""
    spark = session(door, ALICE)
    caught = []

    def long_query():
        spark.addTag("mine")
        try:
            # Many short tasks: Spark ends a job between two of them.
            spark.sql("select java_method('java.lang.Thread', 'sleep', 50L) from range(0, 5000, 1, 5000)").collect()
        except Exception as e:
            caught.append(str(e))

    for interrupt in (spark.interruptAll, lambda: spark.interruptTag("mine")):
        caught.clear()
        thread = threading.Thread(target=long_query)
        thread.start()
        deadline = time.time() + 60
        while thread.is_alive() and time.time() < deadline:
            thread.join(1)
            interrupt()
        assert caught and "CANCEL" in caught[0].upper(), caught
    spark.sql("select 'of the clone' as name").createOrReplaceTempView("mine")
    clone = spark.cloneSession()
    assert value(clone) == "of the clone"
    clone.sql("select 'changed' as name").createOrReplaceTempView("mine")
    assert value(spark) == "of the clone" and value(clone) == "changed"
    clone.stop()
    with open("artifact.txt", "w") as file:
        file.write("x" * 3_000_000)
    spark.addArtifacts("artifact.txt", file=True)
    channel, metadata = raw(door, ALICE)
    status = pb.ArtifactStatusesRequest(session_id=spark.session_id, names=["files/artifact.txt"])
    known = stubs.SparkConnectServiceStub(channel).ArtifactStatus(status, metadata=metadata, timeout=60)
    assert known.session_id == spark.session_id, known
    assert spark.sql("select current_user()").count() == 1
    spark.stop()
    print("ok")


def volume(door):
    """200 MB each way, and one message of 100 MB."""
    import pandas

    spark = session(door, ALICE)
    started = time.time()
    frame = spark.sql("select id, repeat('x', 1000000) as b from range(200)").toPandas()
    assert len(frame) == 200 and int(frame.b.str.len().sum()) == 200_000_000
    down = time.time() - started
    started = time.time()
    rows = pandas.DataFrame({"b": [bytes(1_000_000)] * 200})
    assert spark.createDataFrame(rows).selectExpr("sum(length(b))").collect()[0][0] == 200_000_000
    up = time.time() - started
    channel, metadata = raw(door, ALICE)
    request = pb.ConfigRequest(session_id=spark.session_id)
    request.operation.set.pairs.add(key="gatehouse.test", value="y" * 100_000_000)
    stubs.SparkConnectServiceStub(channel).Config(request, metadata=metadata, timeout=120)
    ask = pb.ConfigRequest(session_id=spark.session_id)
    ask.operation.get.keys.append("gatehouse.test")
    answer = stubs.SparkConnectServiceStub(channel).Config(ask, metadata=metadata, timeout=120)
    assert len(answer.pairs[0].value) == 100_000_000
    spark.stop()
    print("ok", f"down {down:.1f} s, up {up:.1f} s")


def forms(door, *others):
    """Every way to log in that spark-session-operator knows, and wrong ones."""
    session_id = str(uuid.uuid4())

    def user_of(metadata, user_id=None):
        request = pb.ConfigRequest(session_id=session_id)
        if user_id is not None:
            request.user_context.user_id = user_id
        request.operation.get_all.SetInParent()
        try:
            stubs.SparkConnectServiceStub(grpc.insecure_channel(door)).Config(request, metadata=metadata, timeout=60)
            return "OK"
        except grpc.RpcError as e:
            return e.code().name

    plain = base64.b64encode(BOB.encode()).decode()
    good = [
        ([("authorization", "Bearer " + plain)], None),
        ([("authorization", "Bearer " + plain.rstrip("="))], None),
        ([("authorization", "Basic " + plain)], None),
        ([("authentication", "Bearer " + plain)], None),
        ([("x-spark-username", "bob"), ("x-spark-password", "builder:with:colons")], None),
        ([], plain),
    ]
    for metadata, user_id in good:
        assert user_of(metadata, user_id) == "OK", (metadata, user_id)
    wrong = [
        ([("authorization", "Bearer " + token("bob:wrong"))], None),
        ([("x-spark-username", "nobody"), ("x-spark-password", "builder:with:colons")], None),
        ([], "bob"),
        ([], None),
    ]
    for metadata, user_id in wrong:
        assert user_of(metadata, user_id) == "UNAUTHENTICATED", (metadata, user_id, user_of(metadata, user_id))
    print("ok", len(good), "forms")


def secure(door):
    """A query over TLS, and none without."""
    spark = SparkSession.builder.remote(f"sc://{door}/;use_ssl=true;token={token(BOB)}").create()
    assert spark.range(5).count() == 5
    spark.stop()
    plain, metadata = raw(door, BOB)
    try:
        request = pb.ConfigRequest(session_id=str(uuid.uuid4()))
        stubs.SparkConnectServiceStub(plain).Config(request, metadata=metadata, timeout=20)
        raise AssertionError("an answer without TLS")
    except grpc.RpcError as e:
        assert e.code() == grpc.StatusCode.UNAVAILABLE, e
    print("ok")


def spread(*doors):
    """The calls of six sessions, each at a door that is chosen at random: each reaches its session."""
    import random

    channels = {door: {login: raw(door, login) for login in (ALICE, BOB)} for door in doors}
    sessions = []
    for n in range(6):
        login = (ALICE, BOB)[n % 2]
        spark = session(random.choice(doors), login)
        spark.sql(f"select 'number {n}' as name").createOrReplaceTempView("mine")
        sessions.append((n, login, spark))
    for _ in range(60):
        n, login, spark = random.choice(sessions)
        channel, metadata = channels[random.choice(doors)][login]
        request = pb.ExecutePlanRequest(session_id=spark.session_id, plan=plan("select * from mine"))
        rows = answers(channel, metadata, request.SerializeToString())
        assert rows == [{"name": f"number {n}"}], (n, rows)
    for _, _, spark in sessions:
        spark.stop()
    print("ok", len(doors), "doors")


def survivor(door):
    """A query of half a minute, and a view that is there before and after."""
    spark = session(door, ALICE)
    spark.sql("select 'still there' as name").createOrReplaceTempView("mine")
    done = []

    def query():
        done.append(len(spark.sql("select id, java_method('java.lang.Thread', 'sleep', 100L)"
                                  " from range(0, 600, 1, 600)").collect()))

    thread = threading.Thread(target=query)
    thread.start()
    time.sleep(5)
    print("running", flush=True)
    thread.join(240)
    assert done == [600], done
    assert value(spark) == "still there"
    spark.stop()
    print("ok")


def six_sessions(door):
    """Sessions on both servers, each with its number in a view; goes on when the test says so."""
    sessions = [session(door, ALICE) for _ in range(6)]
    for n, spark in enumerate(sessions):
        spark.sql(f"select 'number {n}' as name").createOrReplaceTempView("mine")
    print("ready", flush=True)
    sys.stdin.readline()
    return sessions


def silent(door):
    """One server says nothing for a while, to a door that knows of no session."""
    sessions = six_sessions(door)
    seen = {}

    def look(n):
        try:
            seen[n] = value(sessions[n])
        except Exception as e:
            seen[n] = str(e)

    threads = [threading.Thread(target=look, args=[n]) for n in range(len(sessions))]
    for thread in threads:
        thread.start()
    # It waits until the server that says nothing counts as down.
    fresh = session(door, ALICE)
    assert fresh.range(7).count() == 7
    time.sleep(10)
    assert 0 < len(seen) < len(sessions), seen
    print("still silent", flush=True)
    for thread in threads:
        thread.join(120)
    assert seen == {n: f"number {n}" for n in range(len(sessions))}, seen
    for spark in [*sessions, fresh]:
        spark.stop()
    print("ok")


def orphan(door):
    """One server dies."""
    sessions = six_sessions(door)
    lost = 0
    for n, spark in enumerate(sessions):
        started = time.time()
        try:
            seen = value(spark)
        except Exception as e:
            assert "SESSION_CHANGED" in str(e) or "NO_ACTIVE_SESSION" in str(e), e
            assert time.time() - started < 30, time.time() - started
            lost += 1
            continue
        assert seen == f"number {n}", seen
    assert 0 < lost < len(sessions), lost
    again = session(door, ALICE)
    assert again.range(7).count() == 7
    print("ok", lost, "lost")


if __name__ == "__main__":
    try:
        globals()[sys.argv[1]](*sys.argv[2:])
    except BaseException:
        traceback.print_exc()
        # Not sys.exit: sessions that were not stopped have threads that it would wait for.
        sys.stdout.flush()
        os._exit(1)

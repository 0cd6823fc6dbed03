# SPDX-License-Identifier: Apache-2.0
"""What users of every Spark Connect client do: connect_clients.py SCENARIO VERSION [ARGUMENT...]; prints "ok" and what was seen.

Nothing but what PySpark offers to its users, so that it runs with each of them. DOOR is host:port.
"""
import base64
import importlib.util
import os
import sys
import time
import traceback
import warnings
from urllib.parse import quote

warnings.filterwarnings("ignore")

import pyspark
from pyspark.sql import SparkSession

ALICE = ("alice@example.com", "alice-pw")
BOB = ("bob@example.com", "bob-pw")


def encoded(user, password):
    return base64.b64encode(f"{user}:{password}".encode()).decode().rstrip("=")


def session(door, more):
    return SparkSession.builder.remote(f"sc://{door}/;{more}").create()


def over_tls(door, login):
    return session(door, "use_ssl=true;token=" + encoded(*login))


def refused(door, more):
    """What a client says that may not come in, and that it says so at once."""
    started = time.time()
    try:
        session(door, more).sql("select 1").collect()
    except Exception as e:
        assert time.time() - started < 30, time.time() - started
        return str(e)
    raise AssertionError("not refused: " + more)


def look_up(spark):
    return spark.sql("select * from mine").collect()[0][0]


def tables(spark):
    """Queries, data of the client's own, a view, and an error."""
    assert spark.sql("select 1 as one").collect()[0].one == 1
    assert spark.range(100_000).count() == 100_000
    rows = [(n, f"naïve café {n}") for n in range(500)]
    frame = spark.createDataFrame(rows, ["id", "name"])
    assert sorted(tuple(row) for row in frame.collect()) == rows
    frame.createOrReplaceTempView("five_hundred")
    assert spark.sql("select max(id) from five_hundred").collect()[0][0] == 499
    assert spark.table("five_hundred").toPandas().name.tolist() == [name for _, name in rows]
    spark.conf.set("spark.sql.shuffle.partitions", "7")
    assert spark.conf.get("spark.sql.shuffle.partitions") == "7"
    try:
        spark.sql("select * from nowhere").collect()
        raise AssertionError("there is no such table")
    except Exception as e:
        assert "TABLE_OR_VIEW_NOT_FOUND" in str(e), e


def work(version, door):
    """Four sessions over TLS, each with a view of its own; they are on two servers."""
    assert pyspark.__version__ == version, pyspark.__version__
    sessions = [over_tls(door, ALICE) for _ in range(4)]
    tables(sessions[0])
    for n, spark in enumerate(sessions):
        spark.sql(f"select 'number {n}' as name").createOrReplaceTempView("mine")
    for _ in range(3):
        for n, spark in enumerate(sessions):
            assert look_up(spark) == f"number {n}", (n, look_up(spark))
    servers = {spark.conf.get("spark.app.name") for spark in sessions}
    assert len(servers) == 2, servers
    for spark in sessions:
        spark.stop()
    again = over_tls(door, ALICE)
    try:
        look_up(again)
        raise AssertionError("a view of a session that was stopped")
    except Exception as e:
        assert "TABLE_OR_VIEW_NOT_FOUND" in str(e), e
    again.stop()
    print("ok", version, servers)


def forms(version, secure, plain):
    """Where each client can show a password, and where it is refused."""
    token = encoded(*ALICE)
    name, password = map(quote, ALICE)
    good = [
        (secure, "use_ssl=true;token=" + token),
        (secure, f"use_ssl=true;x-spark-username={name};x-spark-password={password}"),
        (secure, "use_ssl=true;user_id=" + token),
        (plain, f"x-spark-username={name};x-spark-password={password}"),
        (plain, "user_id=" + token),
    ]
    # A token is TLS for 3.5, also where the URL does not say so; for 4 it is not at "localhost", by that very name.
    good.append((secure if version.startswith("3.") else plain, "token=" + token))
    for door, more in good:
        spark = session(door, more)
        assert spark.range(3).count() == 3, more
        spark.stop()
    # Somebody else with each client: who has been wrong ten times must wait, and each of these is some calls.
    nobody = "nobody-" + version
    wrong = [
        (secure, "use_ssl=true;token=" + encoded(nobody, "wrong")),
        (secure, "use_ssl=true"),
        (plain, f"x-spark-username={nobody};x-spark-password=wrong"),
        (plain, "user_id=alice"),
    ]
    for door, more in wrong:
        assert "UNAUTHENTICATED" in refused(door, more), (more, refused(door, more))
    print("ok", len(good), "forms")


def alone(version):
    """There is nothing of a JVM in this client."""
    assert pyspark.__version__ == version, pyspark.__version__
    assert importlib.util.find_spec("py4j") is None
    assert not os.path.exists(os.path.join(os.path.dirname(pyspark.__file__), "jars"))
    print("ok")


def login(version, door):
    """Ten results and three million rows, with one login."""
    started = time.time()
    spark = over_tls(door, BOB)
    for n in range(10):
        assert spark.sql(f"select {n}").collect()[0][0] == n
    frame = spark.range(3_000_000).toPandas()
    assert len(frame) == 3_000_000 and int(frame.id.sum()) == 3_000_000 * 2_999_999 // 2
    spark.stop()
    print("ok", f"{time.time() - started:.1f} s")


def steps(version, url, seconds):
    """Six parts of a thousand rows each, `seconds` apart from the first to the last: each row once, in order, and all of one run."""
    spark = SparkSession.builder.remote(url).create()
    spark.sql("select 'still there' as name").createOrReplaceTempView("mine")
    pause = int(seconds) * 1000 // 6
    # Parts sleep side by side, each longer than the one before.
    query = f"""
        select part, n, current_timestamp() as run, slept
        from (select id as part, java_method('java.lang.Thread', 'sleep', {pause} * (id + 1)) as slept from range(0, 6, 1, 6))
        lateral view explode(sequence(1, 1000)) as n"""
    started = time.time()
    seen = []
    for row in spark.sql(query).toLocalIterator():
        if not seen:
            print("rows", flush=True)
        seen.append(row)
    took = time.time() - started
    assert [(row.part, row.n) for row in seen] == [(part, n) for part in range(6) for n in range(1, 1001)], len(seen)
    assert len({row.run for row in seen}) == 1, {row.run for row in seen}
    assert took >= int(seconds), took
    assert look_up(spark) == "still there"
    spark.stop()
    print("ok", f"{took:.1f} s")


if __name__ == "__main__":
    try:
        globals()[sys.argv[1]](*sys.argv[2:])
    except BaseException:
        traceback.print_exc()
        # Not sys.exit: sessions that were not stopped have threads that it would wait for.
        sys.stdout.flush()
        os._exit(1)

# SPDX-License-Identifier: Apache-2.0
"""What ConnectServersST does with real PySpark's messages: connect_servers.py DOOR SERVER; prints "ok" at its end.

DOOR and SERVER are host:port: Gatehouse, and the server behind it. No call says what its client has seen, as none does before Spark 4.0.
"""
import sys
import time
import uuid
import warnings

warnings.filterwarnings("ignore")

import grpc
from pyspark.sql.connect.proto import base_pb2 as pb
from pyspark.sql.connect.proto import base_pb2_grpc as stubs

door, server = (stubs.SparkConnectServiceStub(grpc.insecure_channel(address)) for address in sys.argv[1:3])


def request(kind, session, **more):
    made = kind(session_id=session, **more)
    made.user_context.user_id = "alice"
    return made


def config(stub, session):
    """The server's name of the session, or how the call fails; what passes by itself is waited for."""
    asked = request(pb.ConfigRequest, session)
    asked.operation.get_all.SetInParent()
    deadline = time.time() + 120
    while True:
        try:
            return stub.Config(asked, timeout=30).server_side_session_id
        except grpc.RpcError as e:
            if e.code() != grpc.StatusCode.UNAVAILABLE or time.time() > deadline:
                return e.code().name + ": " + e.details()
            time.sleep(0.2)


# Another session of the same id on the same server, behind Gatehouse's back: what a restart between two looks would leave.
session = str(uuid.uuid4())
first = config(door, session)
uuid.UUID(first)
assert config(door, session) == first
server.ReleaseSession(request(pb.ReleaseSessionRequest, session, allow_reconnect=True), timeout=30)
changed = config(door, session)
assert changed.startswith("INTERNAL: [INVALID_HANDLE.SESSION_CHANGED]"), changed
second = config(door, session)
uuid.UUID(second)
assert second != first

# One that comes back by its client's own wish is told nothing.
door.ReleaseSession(request(pb.ReleaseSessionRequest, session, allow_reconnect=True), timeout=30)
third = config(door, session)
uuid.UUID(third)
assert third != second

# The server is started anew.
print("ready")
sys.stdin.readline()
release = request(pb.ReleaseExecuteRequest, session, operation_id=str(uuid.uuid4()))
release.release_all.SetInParent()
try:
    door.ReleaseExecute(release, timeout=30)
    raise AssertionError("released")
except grpc.RpcError as e:
    assert e.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE), e
changed = config(door, session)
assert changed.startswith("INTERNAL: [INVALID_HANDLE.SESSION_CHANGED]"), changed
uuid.UUID(config(door, session))
print("ok")

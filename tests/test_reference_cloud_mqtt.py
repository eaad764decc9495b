"""`edge cloud` as a process beside a real mosquitto: stores, answers, comes back, stops cleanly."""

from __future__ import annotations

import json
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import paho.mqtt.client as paho
import pytest
from conftest import Mosquitto
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.clock import SystemClock
from edge.codec.bodies import BODIES
from edge.codec.json_text import pack_object, read_object
from edge.codec.topics import Topics
from edge.errors import CloudError
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.main import run
from edge.reference_cloud.mqtt import Bell, Broker, Link
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.store import CloudStore

TID = "T7K3M9Q2"
EPOCH = "01KAQ3Z8F0S7J6W2R9XDBN4V5C"
PATIENCE_S = 20.0
CLOUD = "import sys; from edge.reference_cloud.main import run; sys.exit(run(sys.argv[1:]))"


class CloudProcess:
    """`edge cloud` in a process of its own, so that it can be killed."""

    def __init__(self, url: str, db: Path) -> None:
        self.db = db
        self._process = subprocess.Popen(
            [sys.executable, "-c", CLOUD, "--url", url, "--db", str(db)], stdout=subprocess.PIPE, text=True
        )
        assert self.line().startswith("ready: ")

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()

    def stop(self, how: signal.Signals) -> int:
        self._process.send_signal(how)
        self._process.communicate(timeout=PATIENCE_S)
        return self._process.returncode


class Box:
    """A terminal's side: publishes, and keeps what the cloud said."""

    def __init__(self, port: int) -> None:
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, TID, protocol=MQTTProtocolVersion.MQTTv5)
        subscribed: queue.Queue[bool] = queue.Queue()
        self._client.on_message = lambda _c, _u, message: self._said.put(read_object(bytes(message.payload)))
        self._client.on_subscribe = lambda *_: subscribed.put(True)
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(f"stores/v1/{TID}/dn/#", qos=1)
        self._client.loop_start()
        subscribed.get(timeout=PATIENCE_S)

    def send(self, leaf: str, message: dict[str, Any]) -> None:
        self.send_raw(leaf, pack_object(message))

    def send_raw(self, leaf: str, octets: bytes) -> None:
        self._client.publish(f"stores/v1/{TID}/up/{leaf}", octets, qos=1).wait_for_publish(PATIENCE_S)

    def heard(self, kind: str) -> dict[str, Any]:
        """The next message of this `t`."""
        while True:
            message = self._said.get(timeout=PATIENCE_S)
            if message.get("t") == kind:
                return message

    def told(self, member: str) -> dict[str, Any]:
        """The next message that has this member: ttl_s a command of class N, inline a notice."""
        while True:
            message = self._said.get(timeout=PATIENCE_S)
            if member in message:
                return message

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def cloud(broker: Mosquitto, tmp_path: Path) -> Iterator[CloudProcess]:
    process = CloudProcess(broker.url, tmp_path / "cloud.db")
    yield process
    process.kill()


@pytest.fixture
def box(broker: Mosquitto) -> Iterator[Box]:
    box = Box(broker.port)
    yield box
    box.close()


def sales(lo: int, hi: int) -> dict[str, Any]:
    events = [
        {"seq": seq, "id": f"019aadf2-18f1-7c3e-9d51-{seq:012x}", "type": "sale.completed", "sv": 1,
         "at": "2026-11-23T02:14:58.004Z", "boot": 17, "up": seq, "clk": "ok",
         "data": BODIES["sale.completed"].EXAMPLE | {"receipt": f"261123-1-{seq:04d}"}}
        for seq in range(lo, hi + 1)
    ]  # fmt: skip
    return {"v": 1, "tid": TID, "stream": "tx", "epoch": EPOCH, "base": lo, "n": len(events),
            "sent": "2026-11-23T02:16:12.003Z", "evs": events}  # fmt: skip


def hello() -> dict[str, Any]:
    position = {"first": 1, "head": 100, "acked": 0}
    return {"v": 1, "tid": TID, "sess": 1, "nonce": "q0b3Zp8dT6mV1yXc4Rk2wA", "boot": 17, "app": "0.1.0", "proto": [1],
            "caps": ["gzip"], "epoch": EPOCH, "cfg_ver": 0, "cat_ver": 0,
            "streams": {"tx": position, "pk": position, "ev": position}}  # fmt: skip


def test_a_sale_is_stored_told_and_acknowledged(cloud: CloudProcess, box: Box) -> None:
    box.send("hello", hello())
    assert box.heard("welcome")["upto"]["tx"] == 0
    box.send("tx", sales(1, 2))
    assert box.heard("ack")["upto"] == 2
    assert cloud.line() == f"sale  {TID}  tx 1  261123-1-0001  23.50 CNY"
    assert [row.seq for row in CloudReport(cloud.db).rows(TID, "tx")] == [1, 2]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(cloud: CloudProcess, how: signal.Signals) -> None:
    assert cloud.stop(how) == 0


def test_a_hostile_payload_does_not_stop_it(cloud: CloudProcess, box: Box) -> None:
    for octets in (b"\x1f\x8b garbage", b"{" * 60_000, b"x" * 70_000, b""):
        box.send_raw("tx", octets)
    box.send("tx", sales(1, 1))
    assert box.heard("ack")["upto"] == 1
    assert CloudReport(cloud.db).refused() == {"proto.encoding": 2, "proto.malformed": 1, "proto.too_large": 1}


def test_a_killed_cloud_asks_for_a_hello_and_doubles_nothing(cloud: CloudProcess, box: Box, broker: Mosquitto) -> None:
    box.send("hello", hello())
    box.heard("welcome")
    box.send("tx", sales(1, 50))
    assert box.heard("ack")["upto"] == 50
    cloud.kill()
    again = CloudProcess(broker.url, cloud.db)
    try:
        box.heard("rebirth")
        box.send("hello", hello())
        assert box.heard("welcome")["last"]["tx"]["seq"] == 50
        box.send("tx", sales(31, 80))
        assert box.heard("ack")["upto"] == 80
    finally:
        again.kill()
    assert [row.seq for row in CloudReport(cloud.db).rows(TID, "tx")] == list(range(1, 81))


def test_it_comes_back_when_the_broker_does(cloud: CloudProcess, broker: Mosquitto) -> None:
    broker.restart()
    assert cloud.line().startswith("ready: ")
    box = Box(broker.port)
    box.send("tx", sales(1, 1))
    assert box.heard("ack")["upto"] == 1
    box.close()


@pytest.mark.parametrize("refusal", ["20 02 00 01", "20 03 00 84 00"])
def test_a_broker_that_speaks_only_3_1_1_is_served(tmp_path: Path, refusal: str) -> None:
    with OldBroker(bytes.fromhex(refusal)) as old:
        assert run_until_ready(old.port, tmp_path) == ["the broker speaks MQTT 3.1.1 only"]
    assert old.levels == [5, 4]


class OldBroker:
    """Refuses CONNECT of MQTT 5 as 3.1.1 brokers do; takes 3.1.1 and its SUBSCRIBE."""

    def __init__(self, refusal: bytes) -> None:
        self._refusal = refusal
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.levels: list[int] = []
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> OldBroker:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(PATIENCE_S)
        self._listener.close()

    def _serve(self) -> None:
        while 4 not in self.levels:
            session, _ = self._listener.accept()
            with session:
                level = session.recv(1024)[8]
                self.levels.append(level)
                session.sendall(self._refusal if level == 5 else b"\x20\x02\x00\x00")
                if level == 4:
                    subscribe = session.recv(1024)
                    session.sendall(b"\x90\x03" + subscribe[2:4] + b"\x01")
                    session.recv(1024)


def run_until_ready(port: int, tmp_path: Path) -> list[str]:
    """What went wrong before a session was open."""
    store, clock, bell = CloudStore(tmp_path / "cloud.db"), SystemClock(), Bell()
    store.open()
    troubles: list[CloudError] = []
    link = Link(
        Broker("127.0.0.1", port), Ingest(store, clock, Random(1)), clock, Random(1), client_id="old",
        topics=Topics(), bell=bell, ready=bell.ring, trouble=troubles.append,
    )  # fmt: skip
    link.run()
    store.close()
    bell.close()
    return [trouble.what for trouble in troubles]


@pytest.mark.parametrize(
    "argv",
    [["--url", "http://127.0.0.1", "--db", "x.db"], ["--url", "mqtt://", "--db", "x.db"], ["--db", "x.db"],
     ["--url", "mqtt://127.0.0.1:99999", "--db", "x.db"], ["--url", "mqtt://127.0.0.1", "--db", "/no/folder/x.db"],
     ["--url", "mqtt://127.0.0.1", "--db", "x.db", "--topic-prefix", "stores/"], ["report", "--db", "/no/x.db"],
     ["--url", "mqtts://127.0.0.1", "--db", "x.db", "--ca-file", "/no/ca.crt"], ["report"]],
)  # fmt: skip
def test_wrong_arguments_are_refused_in_a_sentence(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(argv) == 2
    assert "edge cloud" in capsys.readouterr().err


def test_the_report_says_what_is_there_and_whether_all_is_well(
    cloud: CloudProcess, box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    box.send("tx", sales(1, 3))
    assert box.heard("ack")["upto"] == 3
    assert run(["report", "--db", str(cloud.db)]) == 0
    assert "3 rows, 0 lost or missing, 0 duplicates absorbed, 0 parked" in capsys.readouterr().out
    box.send("tx", sales(5, 5))
    assert box.heard("ack")["upto"] == 3
    assert run(["report", "--db", str(cloud.db), "--json"]) == 1
    lane = json.loads(capsys.readouterr().out)
    assert (lane["tid"], lane["stream"], lane["rows"], lane["upto"], lane["missing"]) == (TID, "tx", 4, 3, 1)

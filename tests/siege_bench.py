"""A real terminal with a wall of lockers, a real mosquitto with TLS, and somebody who may write at that broker.

Who attacks holds the cloud's own certificate, so that the broker lets all of it through: what stands between them and a
door is the signature alone. The terminal tells of each refused message at once, and not of one an hour.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path
from random import Random
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from identity_bench import ONE, Fleet, Station, until
from shop_bench import Program

from edge.clock import SystemClock, iso_ms
from edge.codec.json_text import compact, read_object
from edge.codec.jws import key_text
from edge.model.ids import uuid7
from edge.reference_cloud.broker_folder import INGEST
from edge.sim.counter.addresses import free_port
from edge.sim.counter.station import put_up
from edge.sim.counter.wall import BOARDS, PROTOCOL, SIZES
from edge.sim.locker import LockerModel
from edge.sim.wiring import PtyHost

KID, NEXT_KID = "cmd-2026q4", "cmd-2027q1"
SECRET, NEXT_SECRET = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
LISTENS = "0A"
"""The state of a TCP socket in /proc/net/tcp."""
OPEN_GAP_S = 1.1
"""Between two doors that are opened: one a second is the limit."""
TALKATIVE = (
    "import sys, edge.services.inbound as inbound, edge.__main__ as edge; inbound.TELL_EVERY_S = 0; "
    "sys.exit(edge.main(sys.argv[1:]))"
)
"""The terminal's program, which tells of each refused message."""
_SETTINGS = """\
[terminal]
tid = "{tid}"
store = "S-1"
data_dir = "./data"
[cloud]
url = "mqtts://localhost:{port}"
ca_file = "{roots}"
cert_file = "{pair}"
key_file = "{pair}"
command_keys = "command-keys.toml"
[web]
bind = "127.0.0.1:0"
[parcels]
shelf = "1-1"
[devices.locker_wall]
driver = "locker_cu16"
port = "{folder}/wall"
boards = [1, 2]
"""


class Siege:
    """Everything of it ends with the block. `sess` and `nonce` are of the terminal's newest hello."""

    def __init__(self, folder: Path) -> None:
        self.fleet = Fleet(folder / "ca", free_port())
        self.clock = SystemClock()
        self.ctr = 0
        self._cloud: Station | None = None
        self._chance = Random(7)
        self._wall = LockerModel(PROTOCOL, dict.fromkeys(BOARDS, len(SIZES)))
        self._cable = PtyHost(self._wall, folder / "wall")
        self._config = folder / "shop.toml"
        self._config.write_text(
            _SETTINGS.format(
                tid=ONE, port=self.fleet.port, roots=self.fleet.roots, pair=self.fleet.pair(ONE), folder=folder
            ),
            encoding="utf-8",
        )
        self._keys = folder / "command-keys.toml"
        self.believes((KID, SECRET), (NEXT_KID, NEXT_SECRET))
        put_up(folder / "data", self.clock)
        words = ("run", "--config", str(self._config))
        self.terminal = Program(*words, log=folder / "terminal.log", entry=("-c", TALKATIVE))

    def __enter__(self) -> Self:
        self._cable.__enter__()
        try:
            self._open()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        self.terminal.kill()
        if self._cloud is not None:
            self._cloud.close()
        self.fleet.stop()
        self._cable.__exit__(None, None, None)

    def _open(self) -> None:
        self.fleet.start()
        pair, own = self.fleet.folder / "ingest.pem", self.fleet.folder / INGEST
        pair.write_bytes(own.with_suffix(".key").read_bytes() + own.with_suffix(".crt").read_bytes())
        self._cloud = self.fleet.station(pair)
        assert self._cloud.taken()
        self._cloud.subscribe("stores/v1/+/up/#")
        self.power_on()
        self.welcome()

    def believes(self, *keys: tuple[str, Ed25519PrivateKey]) -> None:
        """From its next start on."""
        lines = [f'"{kid}" = "{key_text(key.public_key().public_bytes_raw())}"' for kid, key in keys]
        self._keys.write_text("\n".join(lines) + "\n", encoding="utf-8")

    # --- the terminal ----------------------------------------------------------------------------------------------

    def power_on(self) -> None:
        """Returns when it has said hello."""
        greeted = len(self.heard("hello"))
        self.terminal.start()
        until(lambda: len(self.heard("hello")) > greeted, lambda: f"a hello: {self.terminal.text}")

    def power_cut(self) -> None:
        self.terminal.kill()

    def listening(self) -> set[str]:
        """Addresses at which it takes connections or datagrams from anybody."""
        process = Path(f"/proc/{self.terminal.pid}")
        links = [str(fd.readlink()) for fd in (process / "fd").iterdir() if fd.is_symlink()]
        own = {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:[")}
        found = set()
        for table in ("tcp", "tcp6", "udp", "udp6"):
            for line in (process / "net" / table).read_text().splitlines()[1:]:
                cells = line.split()
                if cells[9] in own and (cells[3] == LISTENS or table.startswith("udp")):
                    found.add(_address(cells[1].partition(":")[0]))
        return found

    @property
    def pulses(self) -> list[tuple[int, int]]:
        """(board, lock) of all coils that were ever given power."""
        with self._cable.lock:
            return self._wall.pulses

    def heard(self, leaf: str) -> list[dict[str, Any]]:
        topic = f"stores/v1/{ONE}/up/{leaf}"
        return [
            dict(read_object(octets))
            for name, octets in list(self._cloud.heard if self._cloud else ())
            if name == topic
        ]

    @property
    def hello(self) -> dict[str, Any]:
        return self.heard("hello")[-1]

    def answers(self, cid: str) -> list[dict[str, Any]]:
        return [result for result in self.heard("res") if result["cid"] == cid]

    def answer(self, cid: str, n: int = 1) -> dict[str, Any]:
        """The `n`-th final one."""

        def final() -> list[dict[str, Any]]:
            return [result for result in self.answers(cid) if result["state"] not in ("accepted", "running")]

        until(lambda: len(final()) >= n, lambda: f"answer {n} to {cid}: {self.answers(cid)}\n{self.terminal.text}")
        return final()[n - 1]

    def refused(self) -> list[tuple[str, str]]:
        """(code, topic) of each message of which the terminal told, in its order."""
        events = {event["id"]: event for batch in self.heard("ev") for event in batch["evs"]}
        return [
            (event["data"]["code"], event["data"]["on"])
            for event in events.values() if event["type"] == "message.refused"
        ]  # fmt: skip

    # --- what is said to it ----------------------------------------------------------------------------------------

    def say(self, leaf: str, octets: bytes) -> None:
        assert self._cloud is not None
        self._cloud.publish(f"stores/v1/{ONE}/dn/{leaf}", octets)

    def welcome(self, *, years_ahead: int = 0) -> None:
        """The cloud's clock is what it says here. Rows are acknowledged now and leave at once from now on."""
        hello = self.hello
        at = iso_ms(self.clock.wall().replace(year=self.clock.wall().year + years_ahead))
        upto = {stream: place["head"] for stream, place in hello["streams"].items()}
        pace = {stream: {"window": 100, "linger_ms": 0} for stream in upto}
        told = {"t": "welcome", "sess": hello["sess"], "epoch": hello["epoch"], "upto": upto, "cfg_ver": 0,
                "cat_ver": 0, "pace": pace}  # fmt: skip
        self.say("ctl", _octets({"v": 1, "tid": ONE, "at": at} | told))
        probe = self.command(type="cat.sync")  # of class N: answered otherwise than clock.unset once it is online
        until(lambda: self._is_answered_by_a_clock(probe), lambda: f"online: {self.terminal.text}")

    def _is_answered_by_a_clock(self, probe: dict[str, Any]) -> bool:
        self.say("cmd", _octets({key: value for key, value in probe.items() if key not in ("nonce", "ctr")}))
        threading.Event().wait(0.1)
        return any(one.get("err", {}).get("code") != "clock.unset" for one in self.answers(probe["cid"]))

    def command(self, box: str = "B05", **changes: Any) -> dict[str, Any]:
        """A right order for a door. None takes a member away."""
        self.ctr += 1
        now = self.clock.wall()
        whole = {
            "v": 1, "tid": ONE, "cid": uuid7(now, self._chance), "type": "locker.open", "iat": iso_ms(now), "ttl_s": 15,
            "args": {"box": box, "why": "look"}, "by": "svc:desk", "nonce": self.hello["nonce"], "ctr": self.ctr,
        } | changes  # fmt: skip
        return {key: value for key, value in whole.items() if value is not None}

    def order(self, command: dict[str, Any], *, kid: str = KID, key: Ed25519PrivateKey = SECRET) -> bytes:
        """Signed and sent; the octets, for whoever records them."""
        octets = sealed(compact(command).encode(), header={"kid": kid}, key=key)
        self.say("cmd", octets)
        return octets

    def pause(self) -> None:
        threading.Event().wait(OPEN_GAP_S)


def _address(text: str) -> str:
    """As /proc/net writes it: four octets, the last one first."""
    return ".".join(str(octet) for octet in reversed(bytes.fromhex(text))) if len(text) == 8 else text


def sealed(payload: bytes, *, header: dict[str, Any] | None = None, key: Ed25519PrivateKey = SECRET) -> bytes:
    """A JWS as it goes over the wire, signed rightly. `header` changes members; None takes one away."""
    return _octets({"jws": signed(payload, header=header, key=key)})


def signed(payload: bytes, *, header: dict[str, Any] | None = None, key: Ed25519PrivateKey = SECRET) -> str:
    told = {"alg": "Ed25519", "kid": KID, "typ": "cmd+jws"} | (header or {})
    head = key_text(compact({name: value for name, value in told.items() if value is not None}).encode())
    text = f"{head}.{key_text(payload)}"
    return f"{text}.{key_text(key.sign(text.encode()))}"


def _octets(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()

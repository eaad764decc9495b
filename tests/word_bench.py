"""A station whose cloud signs its commands: a parcel in cell 1, a printer that is ready."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from counter_bench import TID, TOPICS, Habits
from parcel_bench import OPENS_S, STOP, ParcelBench, waybill
from test_jws import KEYS, SECRET

from edge.clock import iso_ms
from edge.codec.json_text import pack_object
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.messages import CloudMessage, Outcome
from edge.model.ids import uuid7

A = waybill(1)
CHANCE = Random(1)


class WordBench(ParcelBench):
    """A cloud that signs, and a parcel in cell 1."""

    ctr = 0

    def __init__(self, folder: Path, **more: Any) -> None:
        super().__init__(folder, habits=Habits(parcels=True, command_keys=KEYS), **more)
        self.go_online()
        self.courier()
        self.keys("1E")
        self.scan(A)
        self.pass_s(OPENS_S)
        self.put_in(1)
        self.keys("E")
        self.card(STOP)
        self.reset_code(A, "123456")
        self.printer_ready()
        self.paper(Outcome.DONE)  # the courier's slip
        self.hush()

    def order(self, box: str, *, parcel: str | None = None, why: str = "collect") -> dict[str, Any]:
        """locker.open, as the cloud sends it; returns the command."""
        self.ctr += 1
        now, args = self.clock.wall(), {"box": box, "why": why} | ({"parcel": parcel} if parcel else {})
        command = {
            "v": 1, "tid": TID, "cid": uuid7(now, CHANCE), "type": "locker.open", "iat": iso_ms(now), "ttl_s": 15,
            "args": args, "by": "svc:desk", "nonce": self.link.nonce(), "ctr": self.ctr,
        }  # fmt: skip
        self.send(command)
        return command

    def send(self, command: dict[str, Any]) -> None:
        octets = pack_object({"jws": write_jws(command, kid="cmd-2026q4", sign=SECRET.sign)})
        self.tell(CloudMessage(TOPICS.down(TID, Down.CMD), octets))

    def answers(self) -> list[tuple[str, str]]:
        """(state, code) of each answer so far."""
        found = [result.wire() for result in self.sent("res")]
        return [(one["state"], one.get("err", {}).get("code", "")) for one in found]

    @property
    def slips(self) -> list[str]:
        return [str(one.slip) for one in self.printed]

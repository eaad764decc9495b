"""MQTT topics of the contract (B2): `stores/v1/{tid}/up/…` to the cloud, `stores/v1/{tid}/dn/…` to the terminal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from edge.errors import SettingsError, WireError

ROOT = "stores/v1"
TID_LEVEL = "/{tid}/"
DEFAULT_PREFIX = ROOT + TID_LEVEL
TID = "[A-Z0-9]{8,23}"
"""23 is the only client id length that MQTT 3.1.1 guarantees."""
MAX_TOPIC = 64
MAX_SLASHES = 7
LONGEST_TID = "0" * 23


class Up(StrEnum):
    STATUS = "status"
    HELLO = "hello"
    TX = "tx"
    PK = "pk"
    EV = "ev"
    TELE = "tele"
    CFG = "cfg"
    RES = "res"
    REQ = "req"


class Down(StrEnum):
    ACK = "ack"
    CTL = "ctl"
    CMD = "cmd"
    CFG = "cfg"
    CAT = "cat"
    RES = "res"


@dataclass(frozen=True, slots=True)
class Topics:
    """The tree under a `topic_prefix` template, whose `{tid}` is one whole level.

    Raises SettingsError for a template that brokers would not carry (64 characters, 7 slashes).
    """

    prefix: str = DEFAULT_PREFIX
    _pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        levels = self.prefix.split("/")
        if levels.count("{tid}") != 1 or levels[-1] or re.search(r"[+#\s\0]", self.prefix):
            raise SettingsError(
                "a topic prefix needs {tid} as one level and a slash at its end",
                where="topic_prefix", expected=f"such as {DEFAULT_PREFIX}", got=repr(self.prefix),
            )  # fmt: skip
        longest = self.up(LONGEST_TID, Up.STATUS)
        if len(longest.encode()) > MAX_TOPIC or longest.count("/") > MAX_SLASHES:
            raise SettingsError(
                "a topic prefix is too long", where="topic_prefix",
                expected=f"topics of at most {MAX_TOPIC} bytes and {MAX_SLASHES} slashes", got=longest,
            )  # fmt: skip
        head, tail = (re.escape(part) for part in self.prefix.split("{tid}", 1))
        object.__setattr__(self, "_pattern", re.compile(f"{head}({TID}){tail}(up|dn)/([a-z]+)"))

    def up(self, tid: str, leaf: Up) -> str:
        return f"{self.prefix.replace('{tid}', tid)}up/{leaf}"

    def down(self, tid: str, leaf: Down) -> str:
        return f"{self.prefix.replace('{tid}', tid)}dn/{leaf}"

    def terminal_filter(self, tid: str) -> str:
        """The one subscription of a terminal: overlapping ones deliver a command several times."""
        return f"{self.prefix.replace('{tid}', tid)}dn/#"

    def cloud_filter(self) -> str:
        return f"{self.prefix.replace('{tid}', '+')}up/#"

    def read_up(self, topic: str) -> tuple[str, Up]:
        """(tid, leaf) of a topic towards the cloud; raises WireError for any other."""
        tid, way, leaf = self._parts(topic)
        if way != "up" or leaf not in _UP:
            raise _foreign(topic)
        return tid, _UP[leaf]

    def read_down(self, topic: str) -> tuple[str, Down]:
        """(tid, leaf) of a topic towards a terminal; raises WireError for any other."""
        tid, way, leaf = self._parts(topic)
        if way != "dn" or leaf not in _DOWN:
            raise _foreign(topic)
        return tid, _DOWN[leaf]

    def _parts(self, topic: str) -> tuple[str, str, str]:
        match = self._pattern.fullmatch(topic) if len(topic) <= MAX_TOPIC else None
        if match is None:
            raise _foreign(topic)
        return match[1], match[2], match[3]


def _foreign(topic: str) -> WireError:
    return WireError("proto.malformed", "a topic that the contract does not have", got=repr(topic[: MAX_TOPIC + 1]))


_UP = {leaf.value: leaf for leaf in Up}
_DOWN = {leaf.value: leaf for leaf in Down}

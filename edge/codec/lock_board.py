"""What all protocols of lock boards have in common, and how their frames are found among other bytes.

One master asks, one board answers: an exchange. So an answer is looked for among the bytes that came since the
question, wherever it stands in them (an adapter that turns round leaves garbage), and it counts only if it is of that
board and that question. All of devices 8; each protocol is one file beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from edge.errors import CodecError
from edge.model.door import Contacts, Wiring


@dataclass(frozen=True, slots=True)
class Heard:
    """The bytes since a question. `silent`: the line has been quiet for long enough, nothing more belongs to them.

    `groups` is how many bytes of contacts this board told last time; None: it is asked for the first time. `deaf`: the
    adapter was seen not to hear itself; else what is the question once more is nobody's answer.
    """

    octets: bytes
    silent: bool = False
    groups: int | None = None
    deaf: bool = False


@dataclass(frozen=True, slots=True)
class LockBoard:
    """One protocol on one bus. Locks count from 1, whatever the board counts from.

    `read_state` and `read_unlock` return None as long as there is no answer; `read_unlock` True: the board says that
    the coil was pulsed, False: it refuses. A pulse is no open door (devices 8).
    `state_s` and `answer_s`: how long an answer to `state` and to `unlock` may take; to the latter some boards give it
    when the pulse is over, some never. `rest`: what a board is told when the port is opened, so that no output stays
    on; None: its outputs end by themselves. `state_one` and `read_one`: of one lock alone, whose answer never is the
    question, where that of all locks may be; None: neither is. `why`: what a technician is to make of bytes that are no
    answer; empty: nothing that is of this protocol alone.
    """

    addresses: range
    locks: int
    wiring: Wiring
    state: Callable[[int], bytes]
    read_state: Callable[[int, Heard], Contacts | None]
    unlock: Callable[[int, int], bytes]
    read_unlock: Callable[[int, int, Heard], bool | None]
    state_s: float = 0.06
    answer_s: float = 0.75
    rest: Callable[[int], bytes] | None = None
    state_one: Callable[[int, int], bytes] | None = None
    read_one: Callable[[int, int, Heard], int | None] | None = None
    why: Callable[[int, bytes], str] = lambda board, octets: ""


def starts(octets: bytes, header: bytes) -> Iterator[int]:
    """Where `header` stands, the first place first."""
    at = octets.find(header)
    while at >= 0:
        yield at
        at = octets.find(header, at + 1)


def answers_twice(protocol: LockBoard, address: int, heard: Heard) -> bool:
    """Whether these bytes hold two answers, one behind the other."""

    def is_answer(octets: bytes) -> bool:
        return protocol.read_state(address, replace(heard, octets=octets, silent=True)) is not None

    cuts = (at for at in range(1, len(heard.octets)) if is_answer(heard.octets[:at]))
    first = next(cuts, None)
    return first is not None and is_answer(heard.octets[first:])


def checked(number: int, numbers: range, what: str) -> int:
    """`number` itself. Raises CodecError: there is none. On many boards a number beside them means all at once."""
    if number not in numbers:
        raise CodecError(
            f"there is no such {what} on this bus", expected=f"{numbers[0]} to {numbers[-1]}", got=str(number)
        )
    return number


def sum_of(octets: bytes) -> int:
    """The low byte of the sum of all bytes."""
    return sum(octets) & 0xFF

"""What lock boards understand and answer, in each maker's bytes; written from the manuals, without the box's codecs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import reduce
from operator import xor
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edge.sim.locker import BoardModel

PULSE_S = 0.5


class Verb(Enum):
    ASK = auto()
    ASK_ONE = auto()
    PULSE = auto()
    HOLD = auto()
    RELEASE = auto()


@dataclass(frozen=True, slots=True)
class Order:
    """`board` None: all of them; `locks` None: all of the board. `echo` is what was said, for those who repeat it."""

    verb: Verb
    board: int | None
    locks: tuple[int, ...] | None = ()
    power_s: float = PULSE_S
    echo: bytes = b""


class Tongue(Protocol):
    def find(self, octets: bytes) -> tuple[Order, bytes] | None:
        """The first request in there and what lies behind it; None: there is no whole one yet."""
        ...

    def answer(self, order: Order, address: int, board: BoardModel) -> bytes | None: ...


def _xor(octets: bytes) -> bytes:
    return bytes((reduce(xor, octets, 0),))


def _sum(octets: bytes) -> bytes:
    return bytes((sum(octets) % 256,))


def _crc(octets: bytes) -> bytes:
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            carry, crc = crc & 1, crc >> 1
            crc ^= 0xA001 * carry
    return crc.to_bytes(2, "little")


def _bits(flags: Sequence[bool], groups: int) -> bytes:
    """Lowest first."""
    octets = max(groups, (len(flags) + 7) // 8)
    return sum(1 << index for index, flag in enumerate(flags) if flag).to_bytes(octets, "little")


def _open(board: BoardModel) -> list[bool]:
    doors = [door.is_open for door in board.doors]
    return doors if board.told_locks is None else (doors + [False] * board.told_locks)[: board.told_locks]


def _full(board: BoardModel) -> list[bool]:
    return [door.has_parcel for door in board.doors]


class _EightA:
    """Three groups at least, also of a board of eight (devices 8.2)."""

    GROUPS = 3

    def __init__(self, contact: int, *, high_first: bool) -> None:
        self._contact, self._high_first = contact, high_first

    def find(self, octets: bytes) -> tuple[Order, bytes] | None:
        for at in range(len(octets) - 4):
            frame = octets[at : at + 5]
            if _xor(frame[:4]) != frame[4:]:
                continue
            head, board, lock, mark = frame[:4]
            verb = {
                (0x8A, 0x11): Verb.PULSE, (0x9A, 0x11): Verb.HOLD, (0x9B, 0x11): Verb.RELEASE,
                (0x80, 0x33): Verb.ASK_ONE if lock else Verb.ASK,
            }.get((head, mark))  # fmt: skip
            if verb is not None:
                driven = (lock,) if lock else None if verb is Verb.PULSE else ()
                return Order(verb, board, driven, echo=frame), octets[at + 5 :]
        return None

    def answer(self, order: Order, address: int, board: BoardModel) -> bytes | None:
        bits = [is_open == bool(self._contact) for is_open in _open(board)]
        if order.verb is Verb.ASK:
            groups = _bits(bits, self.GROUPS if board.told_locks is None else 1)
            told = bytes((0x80, address)) + (groups[::-1] if self._high_first else groups) + b"\x33"
            return told + _xor(told)
        if not board.acknowledges or not order.locks:
            return None
        lock = order.locks[0]
        state = 0x11 if lock <= len(bits) and bits[lock - 1] else 0x00
        told = bytes((order.echo[0], address, lock, state))
        return told + _xor(told)


class _Cu16:
    def __init__(self, contact: int, *, high_first: bool) -> None:
        """Neither is left to the contact here."""

    def find(self, octets: bytes) -> tuple[Order, bytes] | None:
        for at in range(len(octets) - 4):
            frame = octets[at : at + 5]
            if frame[0] != 0x02 or frame[3] != 0x03 or _sum(frame[:4]) != frame[4:]:
                continue
            board, lock = frame[1] >> 4, (frame[1] & 0x0F) + 1
            match frame[2]:
                case 0x30:
                    return Order(Verb.ASK, board), octets[at + 5 :]
                case 0x31:
                    return Order(Verb.PULSE, board, (lock,)), octets[at + 5 :]
                case 0x33:
                    return Order(Verb.PULSE, board, None), octets[at + 5 :]
        return None

    def answer(self, order: Order, address: int, board: BoardModel) -> bytes | None:
        if order.verb is not Verb.ASK:
            return None
        locks = _bits([not is_open for is_open in (_open(board) + [False] * 16)[:16]], 2)
        told = bytes((0x02, address << 4, 0x35)) + locks + _bits(_full(board), 2)[:2] + b"\x03"
        return told + _sum(told)


class _Cu48:
    """Board first, lock second, in the orders of one source; the other's have the lock first. Answers have the board
    first, and are long where the board has sensors.
    """

    LOCK_FIRST = False

    def __init__(self, contact: int, *, high_first: bool) -> None:
        """Neither is left to the contact here."""

    def find(self, octets: bytes) -> tuple[Order, bytes] | None:
        for at in range(len(octets) - 5):
            frame = octets[at : at + 6]
            if frame[0] != 0x02 or frame[4] != 0x03 or _sum(frame[:5]) != frame[5:]:
                continue
            _, board, index, command = frame[:4]
            if self.LOCK_FIRST:
                board, index = index, board
            if command == 0x60:
                return Order(Verb.ASK, board), octets[at + 6 :]
            if command == 0x61:
                return Order(Verb.PULSE, board, None if index == 48 else (index + 1,)), octets[at + 6 :]
        return None

    def answer(self, order: Order, address: int, board: BoardModel) -> bytes | None:
        if order.verb is not Verb.ASK:
            return None
        locks = _bits([not is_open for is_open in (_open(board) + [False] * 48)[:48]], 6)
        if board.sensors:
            told = bytes((0x02, address, 0x00, 0x75)) + locks + _bits(_full(board), 6) + b"\x03"
        else:
            told = bytes((0x02, address, 0x00, 0x75, 0x06)) + locks
        return told + _sum(told)


class _Cu48LockFirst(_Cu48):
    LOCK_FIRST = True


class _Dingchang:
    def __init__(self, contact: int, *, high_first: bool) -> None:
        """Neither is left to the contact here."""

    def find(self, octets: bytes) -> tuple[Order, bytes] | None:
        for at in range(len(octets) - 5):
            if octets[at : at + 2] != b"\xdc\x02":
                continue
            end = at + 6 + octets[at + 4]
            body, rest = octets[at + 2 : end], octets[end:]
            if len(octets) < end or _sum(body[:-1]) != body[-1:]:
                continue
            board, command, told = body[0], body[1], body[3:-1]
            echo = bytes((command,)) + told
            match command:
                case 0x12:
                    return Order(Verb.ASK, board, echo=echo), rest
                case 0x10:
                    return Order(Verb.PULSE, board, (told[0],), echo=echo), rest
                case 0x14:
                    return Order(Verb.PULSE, board, None, echo=echo), rest
                case 0x16:
                    verb = Verb.HOLD if told[1] else Verb.RELEASE
                    return Order(verb, board, (told[0],), echo=echo), rest
        return None

    def answer(self, order: Order, address: int, board: BoardModel) -> bytes | None:
        command = order.echo[0]
        if order.verb is Verb.ASK:
            told = _bits(_open(board), 2)[::-1]
        elif order.verb is Verb.PULSE and order.locks and board.acknowledges:
            lock = order.locks[0]
            told = bytes((lock, int(1 <= lock <= len(board.doors))))
        else:
            return None
        body = bytes((address, command, len(told))) + told
        return b"\xdc\xfe" + body + _sum(body)


class _Wkly:
    def __init__(self, contact: int, *, high_first: bool) -> None:
        """Neither is left to the contact here."""

    def find(self, octets: bytes) -> tuple[Order, bytes] | None:
        at = octets.find(b"WKLY")
        while at >= 0:
            length = octets[at + 4] if len(octets) > at + 4 else 0
            frame, rest = octets[at : at + length], octets[at + length :]
            if length >= 8 and len(frame) == length and _xor(frame[:-1]) == frame[-1:]:
                board, command = frame[5], frame[6]
                verbs = {0x82: Verb.PULSE, 0x84: Verb.ASK, 0x86: Verb.PULSE, 0x88: Verb.HOLD, 0x89: Verb.RELEASE}
                if command in verbs:
                    locks = None if command == 0x86 else tuple(frame[7:-1])
                    return Order(verbs[command], board, locks, echo=frame), rest
            at = octets.find(b"WKLY", at + 1)
        return None

    def answer(self, order: Order, address: int, board: BoardModel) -> bytes | None:
        states = bytes(int(not is_open) for is_open in _open(board))
        if order.verb is Verb.ASK:
            return self._frame(address, 0x84, bytes((0, len(states))) + states)
        if order.verb is Verb.PULSE and order.locks and board.acknowledges:
            lock = order.locks[0]
            is_there = 1 <= lock <= len(states)
            told = bytes((0x00 if is_there else 0xFF, lock, states[lock - 1] if is_there else 0xFF))
            return self._frame(address, 0x82, told)
        return None

    def _frame(self, address: int, command: int, told: bytes) -> bytes:
        frame = b"WKLY" + bytes((8 + len(told), address, command)) + told
        return frame + _xor(frame)


class _Modbus:
    """A relay board with inputs, and a timed pulse of its own."""

    def __init__(self, contact: int, *, high_first: bool) -> None:
        self._contact = contact

    def find(self, octets: bytes) -> tuple[Order, bytes] | None:
        for at in range(len(octets) - 7):
            frame, rest = octets[at : at + 8], octets[at + 8 :]
            if _crc(frame[:6]) != frame[6:]:
                continue
            board, function = frame[0], frame[1]
            word, value = int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")
            if function == 0x02:
                return Order(Verb.ASK, board, echo=frame), rest
            if function == 0x05 and word == 0x00FF:
                return Order(Verb.RELEASE, board, None, echo=frame), rest
            if function == 0x05 and word & 0xFF00 == 0x0200:
                return Order(Verb.PULSE, board, ((word & 0xFF) + 1,), power_s=value / 10, echo=frame), rest
            if function == 0x05 and word < 0x0100:
                verb = Verb.HOLD if value == 0xFF00 else Verb.RELEASE
                return Order(verb, board, (word + 1,), echo=frame), rest
        return None

    def answer(self, order: Order, address: int, board: BoardModel) -> bytes | None:
        if order.verb is Verb.ASK:
            count = int.from_bytes(order.echo[4:6], "big")
            bits = [is_open == bool(self._contact) for is_open in _open(board)]
            if count > 8 * ((len(bits) + 7) // 8):
                told = bytes((address, 0x82, 0x02))
            else:
                octets = _bits(bits, (count + 7) // 8)[: (count + 7) // 8]
                told = bytes((address, 0x02, len(octets))) + octets
            return told + _crc(told)
        if order.locks and any(lock > len(board.doors) for lock in order.locks):
            told = bytes((address, 0x85, 0x02))
            return told + _crc(told)
        return order.echo if board.acknowledges else None


TONGUES: MappingProxyType[str, Callable[..., Tongue]] = MappingProxyType(
    {"8a": _EightA, "cu16": _Cu16, "cu48": _Cu48, "dc": _Dingchang, "modbus": _Modbus, "wkly": _Wkly}
)
"""By the driver's name behind `locker_`."""
TWINS: MappingProxyType[str, Callable[..., Tongue]] = MappingProxyType({"cu48_lock_first": _Cu48LockFirst})
"""Boards of a driver above that want a setting."""

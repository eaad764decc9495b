"""Lock boards: however an answer is split it says the same, and behind any garbage the next good one is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import fuzz_corpus as good
from fuzz_target import Target, of_octets

from edge.codec import (
    cell_map,
    json_text,
    lock,
    lock_8a,
    lock_board,
    lock_cu16,
    lock_cu48,
    lock_dc,
    lock_modbus,
    lock_wkly,
    modbus,
)
from edge.codec.lock_board import Heard, LockBoard
from edge.errors import CodecError
from edge.model.cell_map import LockLine
from edge.model.door import Contacts, Wiring

MAX_GARBAGE = 200
"""With an answer behind it that is what the bus keeps of one exchange."""
BOARD, LOCK = 1, 5


@dataclass(frozen=True, slots=True)
class Tried:
    """A protocol and what board 1 answers: of its contacts, where lock 5 alone is open, and to the order to open it."""

    protocol: LockBoard
    state: bytes
    contacts: Contacts
    unlocked: bytes


def _octets(text: str) -> bytes:
    return bytes.fromhex(text)


TRIED = {
    "lock_8a": Tried(
        lock_8a.BOARD, _octets("80 01 00 00 10 33 A2"), Contacts(_octets("00 00 10")), _octets("8A 01 05 00 8E")
    ),
    "lock_cu16": Tried(
        lock_cu16.BOARD, _octets("02 10 35 EF FF 02 00 03 3A"), Contacts(_octets("EF FF"), _octets("02 00")),
        _octets("02 14 31 03 4A"),
    ),
    "lock_cu48.board_first": Tried(
        lock_cu48.board_of(lock_first=False), _octets("02 01 00 75 EF FF FF FF FF FF 02 00 00 00 00 00 03 67"),
        Contacts(_octets("EF FF FF FF FF FF"), _octets("02 00 00 00 00 00")), _octets("02 01 04 61 03 6B"),
    ),
    "lock_cu48.lock_first": Tried(
        lock_cu48.board_of(lock_first=True), _octets("02 01 00 75 06 EF FF FF FF FF FF 68"),
        Contacts(_octets("EF FF FF FF FF FF")), _octets("02 04 01 61 03 6B"),
    ),
    "lock_dc": Tried(
        lock_dc.BOARD, _octets("DC FE 01 12 02 00 10 25"), Contacts(_octets("00 10")),
        _octets("DC FE 01 10 02 05 01 19"),
    ),
    "lock_modbus": Tried(
        lock_modbus.board_of(locks=8, pulse_tenths=5), _octets("01 02 01 10 A0 44"), Contacts(_octets("10")),
        _octets("01 05 02 04 00 05 4D B0"),
    ),
    "lock_wkly": Tried(
        lock_wkly.BOARD, _octets("57 4B 4C 59 12 01 84 00 08 01 01 01 01 00 01 01 01 97"), Contacts(_octets("EF")),
        _octets("57 4B 4C 59 0B 01 82 00 05 00 84"),
    ),
}  # fmt: skip


def first_answer(tried: Tried, octets: bytes, groups: int | None) -> Contacts | None:
    """As a bus hears them, one at a time, and silence at the end."""
    for end in range(1, len(octets) + 1):
        told = tried.protocol.read_state(BOARD, Heard(octets[:end], silent=False, groups=groups))
        if told is not None:
            return told
    return tried.protocol.read_state(BOARD, Heard(octets, silent=True, groups=groups))


def answers_of(name: str) -> Callable[[bytes], object]:
    tried = TRIED[name]
    groups = len(tried.contacts.locks)

    def read(octets: bytes) -> object:
        """The garbage may be an answer itself; if it is none, the good one behind it is read as it is."""
        garbage = octets[:MAX_GARBAGE]
        stream = garbage + tried.state
        heard = Heard(stream, silent=True, groups=groups)
        assert tried.protocol.read_state(BOARD, heard) is not None
        first = first_answer(tried, stream, groups)
        assert first is not None
        if all(
            tried.protocol.read_state(BOARD, Heard(stream[:end], True, groups)) is None for end in range(len(stream))
        ):
            assert first == tried.contacts
        lock_board.answers_twice(tried.protocol, BOARD, heard)
        assert tried.protocol.read_unlock(BOARD, LOCK, Heard(garbage + tried.unlocked, True, groups)) is not None
        tried.protocol.why(BOARD, garbage)
        return first

    return read


def _described(read: Callable[[bytes, bytes | None], Mapping[str, object]]) -> Callable[[bytes], object]:
    return lambda octets: json.dumps(read(octets, octets[:4]))


def _frames_read(octets: bytes) -> None:
    for function in (modbus.READ_COILS, modbus.READ_INPUTS, modbus.WRITE_COIL, modbus.WRITE_COILS):
        for frame in modbus.answers(octets, octets[0], function) if octets else ():
            told = bytes((frame.address, frame.function | 0x80 * (frame.refusal is not None))) + frame.body
            assert told + modbus.crc16(told).to_bytes(2, "little") in octets


def _map_read(octets: bytes) -> None:
    """What is kept of it is read again as it was."""
    buses = {"locker_wall": LockLine((1, 2), Wiring(), 50), "second": LockLine((1,), Wiring(1, high_first=False), 16)}
    cells, wrong = cell_map.read_cell_map(json_text.salvaged(octets), buses)
    assert all(isinstance(sentence, str) and sentence for sentence in wrong)
    assert cell_map.read_cell_map(cell_map.document_of(cells), buses) == (cells, [])


FRAMES = good.frames_of("lock_8a", "lock_cu16", "lock_cu48", "lock_dc", "lock_wkly", "modbus")
DOCUMENT = json.dumps({
    "cells": [
        {"id": "B07", "device": "locker_wall", "board": 1, "lock": 7, "size": "M"},
        {"id": "C1", "device": "second", "board": 1, "lock": 1, "size": "XL", "door": 31},
    ],
    "boards": [{"device": "locker_wall", "board": 1, "open_bit": 1, "high_first": True}],
}).encode()  # fmt: skip

LOCK_PARSERS: tuple[Target, ...] = (
    *(
        Target(name, of_octets(answers_of(name)), (*FRAMES, tried.state, tried.unlocked), ())
        for name, tried in TRIED.items()
    ),
    *(
        Target(f"{area}.described" if area != "modbus" else "lock", of_octets(_described(read)), FRAMES, (CodecError,))
        for area, read in lock.LOCK_AREAS.items()
    ),
    Target("modbus", of_octets(_frames_read), FRAMES, ()),
    Target("lock_board", of_octets(lambda x: list(lock_board.starts(x, x[:2] or b"\0"))), FRAMES, ()),
    Target("cell_map", of_octets(_map_read), (DOCUMENT,), ()),
)

"""Hostile inputs from one seed: chance alone, and what chance makes of good ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random
from typing import Any

MAX_OCTETS = 4_096
"""Of most cases: past every limit of a text, and short enough for a hundred thousand."""
MAX_RANDOM = 96
"""A frame is short: longer noise says nothing new."""
BLOW_UP_EVERY = 500
"""One case in so many is a huge one: past 64 kB, nested ten thousand deep, or one octet many thousand times."""
MAX_STEPS = 4
"""Changes to one good input: more of them leave nothing of it."""

SPLINTERS = (
    b"", b"\0", b"\xff", b"\x7f", b"\x80", b"\r", b"\n", b"\r\n", b"\t", b" ", b"\x1b", b"\x1d", b"\x10\x04\x01",
    b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"'", b"=", b".", b"-", b"+", b"#", b"/", b"//", b"[[", b'"""',
    b"null", b"true", b"NaN", b"Infinity", b"1e999", b"-1", b"0", b"00", b"1.5", b"9007199254740993", b"9" * 400,
    b"\\ud800", b"\\u0000", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xe4\xb8\xad", b"\xa3\xb1",
    b"\x84\x31\xa4\x37", b"\xc2\xb2", b"\xd9\xa3", b"\xef\xbc\x91", b"\xe2\x80\x8e", b"[]", b"{}", b'""', b"%00",
    b"%f0%28", b"]C1", b"]Q3", b"01", b"10", b"17", b"3922", b"ZZ", b"http://", b"\x1f\x8b",
)  # fmt: skip
"""What has tripped readers before: signs of the formats, ends of ranges, letters that are not what they look like."""

STRANGE_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**53 + 1, 2**63, 10**30, 1.5, 1e308, float("inf"), "", " ", "0", "-1",
    "x" * 300, "\ud800", "\0", "中", "2026-02-30", "2026-11-23T24:00:00.000Z", [], {}, [None], [[]], {"": None},
    [1, "a"], {"a": {"b": []}},
)  # fmt: skip
"""In the place of any value of a JSON document."""
MAX_PATH = 8
"""Steps down into a document; ours are less deep."""

Change = Callable[[Random, bytes, Sequence[bytes]], bytes]


def hostile(chance: Random, corpus: Sequence[bytes]) -> bytes:
    """One input. `corpus` holds good ones; it must not be empty."""
    kind = chance.random()
    if kind * BLOW_UP_EVERY < 1:
        return _blown_up(chance, corpus)
    if kind < 0.1:
        return chance.randbytes(chance.randrange(MAX_RANDOM))
    octets = chance.choice(corpus)
    if octets[-1:] in (b"}", b"]") and chance.random() < 0.6:
        return _revalued(chance, octets, corpus)[:MAX_OCTETS]
    for _ in range(chance.randint(1, MAX_STEPS)):
        octets = chance.choice(CHANGES)(chance, octets, corpus)
    return octets[:MAX_OCTETS]


def _blown_up(chance: Random, corpus: Sequence[bytes]) -> bytes:
    octets = chance.choice(corpus)
    match chance.randrange(4):
        case 0:
            return octets[: chance.randrange(len(octets) + 1)] + chance.choice((b"[", b'{"a":', b"(")) * 10_000
        case 1:
            return (octets or b"0") * (70_000 // (len(octets) or 1))
        case 2:
            return octets + bytes((chance.randrange(256),)) * chance.choice((5_000, 20_000, 70_000))
        case _:
            return chance.randbytes(chance.choice((4_097, 20_000, 64_001)))


def _flipped(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(octets) + 1)
    return octets[:at] + bytes(octet ^ (1 << chance.randrange(8)) for octet in octets[at : at + 1]) + octets[at + 1 :]


def _replaced(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(octets) + 1)
    return octets[:at] + bytes((chance.randrange(256),)) + octets[at + 1 :]


def _splintered(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(octets) + 1)
    return octets[:at] + chance.choice(SPLINTERS) + octets[at + chance.choice((0, 0, 1, 2, 8)) :]


def _cut_short(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    return octets[: chance.randrange(len(octets) + 1)]


def _robbed(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    start, end = sorted((chance.randrange(len(octets) + 1), chance.randrange(len(octets) + 1)))
    return octets[:start] + octets[end:]


def _doubled(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    start, end = sorted((chance.randrange(len(octets) + 1), chance.randrange(len(octets) + 1)))
    return octets[:end] + octets[start:end] * chance.choice((1, 1, 2, 9)) + octets[end:]


def _spliced(chance: Random, octets: bytes, corpus: Sequence[bytes]) -> bytes:
    other = chance.choice(corpus)
    return octets[: chance.randrange(len(octets) + 1)] + other[chance.randrange(len(other) + 1) :]


def _swapped(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    """Two stretches change places: keys and values of another kind."""
    a, b, c = sorted(chance.randrange(len(octets) + 1) for _ in range(3))
    return octets[:a] + octets[b:c] + octets[a:b] + octets[c:]


def _digit_changed(chance: Random, octets: bytes, _: Sequence[bytes]) -> bytes:
    """A number stays a number: it passes the shape and fails, or does not fail, the meaning."""
    places = [at for at, octet in enumerate(octets[:512]) if 0x30 <= octet <= 0x39]
    if not places:
        return octets
    at = chance.choice(places)
    return octets[:at] + bytes((chance.randrange(0x30, 0x3A),)) + octets[at + 1 :]


def _revalued(chance: Random, octets: bytes, corpus: Sequence[bytes]) -> bytes:
    """A JSON document, whatever stands before it, that stays one: some of its values change, go, or come twice."""
    head, zero, text = octets.rpartition(b"\0")
    try:
        document = json.loads(text)
    except ValueError:
        return _splintered(chance, octets, corpus)
    for _ in range(chance.choice((1, 1, 1, MAX_STEPS))):
        document = _with_change(chance, document)
    told = json.dumps(document, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return head + zero + (gzip.compress(told, 1) if chance.random() < 0.1 else told)


def _with_change(chance: Random, document: Any) -> Any:
    """One place in it, changed in place; the whole is returned, since the place can be the whole."""
    holder: Any = None
    key: Any = None
    place = document
    for _ in range(chance.randrange(1, MAX_PATH)):
        if isinstance(place, dict) and place:
            holder, key = place, chance.choice(list(place))
        elif isinstance(place, list) and place:
            holder, key = place, chance.randrange(len(place))
        else:
            break
        place = holder[key]
    match chance.randrange(5):
        case _ if holder is None:
            return deepcopy(chance.choice(STRANGE_VALUES))
        case 0:
            del holder[key]
        case 1 if isinstance(holder, list):
            holder.append(place)
        case 2 if isinstance(place, int):
            holder[key] = place + chance.choice((-1, 1, 10**6, -place, -2 * place))
        case 3 if isinstance(place, str):
            holder[key] = place[: chance.randrange(len(place) + 1)] + chance.choice(("", "0", "\u0663", "\x00", "é"))
        case _:
            holder[key] = deepcopy(chance.choice(STRANGE_VALUES))
    return document


CHANGES: tuple[Change, ...] = (
    _flipped, _replaced, _splintered, _splintered, _cut_short, _robbed, _doubled, _spliced, _swapped, _digit_changed,
)  # fmt: skip

"""Payload bytes: what the contract allows is read, everything else is refused by code, bombs are not unpacked."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.codec.json_text import (
    MAX_DECODED_OCTETS,
    MAX_WIRE_OCTETS,
    canonical,
    compact,
    pack,
    pack_object,
    read_object,
)
from edge.errors import WireError

REFUSED = {
    "nothing": (b"", "proto.encoding"),
    "an array": (b"[1]", "proto.encoding"),
    "a byte order mark": (b'\xef\xbb\xbf{"a":1}', "proto.encoding"),
    "a leading blank": (b' {"a":1}', "proto.encoding"),
    "zstd": (b"\x28\xb5\x2f\xfd\x00", "proto.encoding"),
    "UTF-16": ('{"a":1}'.encode("utf-16-le"), "proto.malformed"),
    "not UTF-8": (b'{"a":"\xff"}', "proto.encoding"),
    "half a surrogate pair": (b'{"a":"\\ud800"}', "proto.encoding"),
    "a torn object": (b'{"a":1', "proto.malformed"),
    "two objects": (b'{"a":1}{"a":1}', "proto.malformed"),
    "NaN": (b'{"a":NaN}', "proto.malformed"),
    "Infinity": (b'{"a":-Infinity}', "proto.malformed"),
    "a float beyond all bounds": (b'{"a":1e999}', "proto.malformed"),
    "a key given twice": (b'{"a":1,"a":1}', "proto.malformed"),
    "a key given twice, once escaped": (b'{"a":1,"\\u0061":1}', "proto.malformed"),
    "a key given twice deep inside": (b'{"a":[{"b":{"c":1,"c":2}}]}', "proto.malformed"),
    "nine levels": (b'{"a":' + b"[" * 8 + b"]" * 8 + b"}", "proto.malformed"),
    "nine levels beside brackets in a text": (b'{"b":"}}}","a":' + b"[" * 8 + b"]" * 8 + b"}", "proto.malformed"),
    "thirty thousand levels": (b'{"a":' + b"[" * 30_000, "proto.malformed"),
    "an integer beyond 2^53": (b'{"a":9007199254740993}', "proto.malformed"),
    "an integer of 5,000 digits": (b'{"a":' + b"9" * 5000 + b"}", "proto.malformed"),
    "64,001 bytes": (b'{"a":"' + b"x" * (MAX_WIRE_OCTETS - 7) + b'"}', "proto.too_large"),
    "torn gzip": (gzip.compress(b'{"a":1}')[:-4], "proto.encoding"),
    "gzip with a wrong checksum": (gzip.compress(b'{"a":1}')[:-8] + b"\0" * 8, "proto.encoding"),
    "gzip with a tail": (gzip.compress(b'{"a":1}') + b"x", "proto.encoding"),
    "gzip in gzip": (gzip.compress(gzip.compress(b'{"a":1}')), "proto.encoding"),
    "more than 50 to 1": (gzip.compress(b'{"a":"' + b"x" * 100_000 + b'"}'), "proto.encoding"),
    "more than 1 MiB": (
        gzip.compress(b'{"a":"' + bytes(range(32, 34)) * MAX_DECODED_OCTETS + b'"}'),
        "proto.encoding",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_code(case: str) -> None:
    octets, code = REFUSED[case]
    with pytest.raises(WireError) as caught:
        read_object(octets)
    assert caught.value.code == code


def test_limits_themselves_are_allowed() -> None:
    assert read_object(b'{"a":' + b"[" * 7 + b"]" * 7 + b"}")
    assert read_object(b'{"a":9007199254740992,"b":-9007199254740992}')["b"] == -(2**53)
    assert len(read_object(b'{"a":"' + b"x" * (MAX_WIRE_OCTETS - 8) + b'"}')["a"]) == MAX_WIRE_OCTETS - 8  # type: ignore[arg-type]
    assert read_object(b'{"sscc":"123456789012345678"}') == {"sscc": "123456789012345678"}


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"{" + b" " * 50_000_000)
    tracemalloc.start()
    with pytest.raises(WireError):
        read_object(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MAX_DECODED_OCTETS


def test_small_objects_go_plain_and_big_ones_gzipped_and_always_the_same() -> None:
    small, big = {"a": "x" * 400}, {"evs": [{"name": f"矿泉水 {n}", "n": n} for n in range(400)]}
    assert pack_object(small)[:1] == b"{"
    assert pack_object(big)[:2] == b"\x1f\x8b" and len(pack_object(big)) < len(compact(big)) / 3
    assert pack_object(big) == pack_object(big)
    assert read_object(pack_object(big)) == big


def test_what_a_receiver_would_take_for_a_bomb_is_sent_plain() -> None:
    text = compact({"a": "x" * 60_000})
    assert pack(text) == text.encode()
    assert read_object(pack(text)) == {"a": "x" * 60_000}


def test_what_fits_no_payload_is_refused_before_it_is_sent() -> None:
    with pytest.raises(WireError) as caught:
        pack(compact({"a": "x" * 70_000}))
    assert caught.value.code == "proto.too_large"


def test_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": {"d": 2, "c": "水"}}) == canonical({"a": {"c": "水", "d": 2}, "b": 1})
    assert canonical({"b": 1, "a": "水"}) == '{"a":"水","b":1}'.encode()


def test_not_a_number_is_never_written() -> None:
    with pytest.raises(WireError):
        compact({"a": float("nan")})


@settings(max_examples=1500, deadline=None)
@given(st.integers(0, 2**64))
def test_an_object_is_read_back_exactly_when_it_is_shallow_enough(seed: int) -> None:
    value = grown(Random(seed), levels=10)
    octets = compact(value).encode()
    if depth(value) <= 8:
        assert read_object(octets) == value
        assert read_object(gzip.compress(octets)) == value
        assert read_object(json.dumps(value).encode()) == value
    else:
        with pytest.raises(WireError):
            read_object(octets)


@settings(max_examples=3000, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\u01d8eE-.+"NaIt ', max_size=80).map(str.encode))
def test_garbage_raises_only_our_error(octets: bytes) -> None:
    for candidate in (octets, b"{" + octets, b"\x1f\x8b" + octets, b'{"a":' + octets + b"}"):
        try:
            assert isinstance(read_object(candidate), dict)
        except WireError as error:
            assert error.code.startswith("proto.")


TEXTS = ("", "a", "水", "}{", '"', "\\", "]]]]]]]]]", '{"a":1}', "123456789012345678", "\n\u2028")


def grown(chance: Random, *, levels: int) -> dict[str, object]:
    return {chance.choice(TEXTS): branch(chance, levels - 1) for _ in range(chance.randrange(1, 4))}


def branch(chance: Random, levels: int) -> object:
    kind = chance.randrange(9) if levels else 0
    if kind >= 6:
        return grown(chance, levels=levels)
    if kind >= 4:
        return [branch(chance, levels - 1) for _ in range(chance.randrange(3))]
    return chance.choice((None, True, chance.choice(TEXTS), chance.randrange(-(2**53), 2**53), 0.735))


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max((depth(inner) for inner in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((depth(inner) for inner in value), default=0)
    return 0

"""Payload bytes ⇄ one JSON object, by the strict rules of contract B3 and the limits of B8.

7B …        JSON, UTF-8, no BOM
1F 8B …     the same, gzip
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping

from edge.errors import WireError

MAX_WIRE_OCTETS = 64_000
"""One PUBLISH payload: the smallest limit among the brokers that we may meet (B8)."""
MAX_DECODED_OCTETS = 1 << 20
MAX_RATIO = 50
"""Decoded to wire. Real batches reach 5: 1; more is a bomb."""
MAX_DEPTH = 8
MAX_INTEGER = 1 << 53
"""Beyond it other languages' readers lose digits."""
GZIP_ABOVE = 512
"""Below it gzip saves nothing worth its time (B8)."""

_GZIP = b"\x1f\x8b"
_GZIP_WBITS = 31
_LONG_NUMBER = b"0" * 16
_STRUCTURE = b'{}[]"\\'
_NOT_STRUCTURE = bytes(octet for octet in range(256) if octet not in _STRUCTURE)
_TO_PARENTHESES = bytes.maketrans(b"{[}]", b"(())")
_TO_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def read_object(octets: bytes) -> dict[str, object]:
    """The one object of a payload. Raises WireError with a `proto.*` code of contract B6."""
    if len(octets) > MAX_WIRE_OCTETS:
        raise WireError(
            "proto.too_large", "a payload over the limit", expected=f"{MAX_WIRE_OCTETS} B", got=f"{len(octets)} B"
        )
    if octets[:2] == _GZIP:
        octets = _inflated(octets)
    if octets[:1] != b"{":
        got = octets[:4].hex(" ") or "nothing"
        raise WireError("proto.encoding", "not a JSON object", expected="{ or gzip", got=got)
    value = _parsed(octets)
    if not _is_shallow(octets) and _depth(value) > MAX_DEPTH:
        raise WireError("proto.malformed", "nested too deeply", expected=f"at most {MAX_DEPTH} levels")
    return value


def salvaged(octets: bytes) -> object:
    """What a lenient reader would still make of a payload that `read_object` refused; None for nothing."""
    try:
        return json.loads(_inflated(octets) if octets[:2] == _GZIP else octets[:MAX_WIRE_OCTETS])
    except (WireError, ValueError, RecursionError):
        return None


def compact(value: object) -> str:
    """Compact JSON text, keys in the order given, UTF-8 left as it is. Raises WireError for NaN and infinity."""
    try:
        return _ENCODER.encode(value)
    except ValueError as error:
        raise WireError("proto.malformed", f"not a JSON value: {error}") from error


def as_text(value: object) -> str:
    """A member that must be a text. Raises TypeError for another type, ValueError for half a surrogate pair."""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} in the place of a text")
    value.encode()  # half a pair comes out of JSON, and into no file, line or QR code
    return value


def as_whole(value: object) -> int:
    """A member that must be a whole number; true and 1.0 are none. Raises TypeError."""
    if type(value) is not int:
        raise TypeError(f"{type(value).__name__} in the place of a whole number")
    return value


def canonical(value: object) -> bytes:
    """Sorted keys, no spaces: what a SHA-256 of a document is taken over (P14)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def pack(text: str) -> bytes:
    """JSON text as payload: gzip where it pays, plain where the receiver would take it for a bomb.

    Raises WireError proto.too_large when it fits neither way.
    """
    try:
        octets = text.encode()
    except UnicodeEncodeError as error:
        raise WireError("proto.encoding", f"a text that UTF-8 cannot hold: {error.reason}") from error
    if GZIP_ABOVE < len(octets) <= MAX_DECODED_OCTETS:
        deflate = zlib.compressobj(level=1, wbits=_GZIP_WBITS)  # its header carries mtime 0: same text, same bytes
        packed = deflate.compress(octets) + deflate.flush()
        if len(octets) <= MAX_RATIO * len(packed):
            octets = packed
    if len(octets) > MAX_WIRE_OCTETS:
        raise WireError(
            "proto.too_large", "a payload over the limit", expected=f"{MAX_WIRE_OCTETS} B", got=f"{len(octets)} B"
        )
    return octets


def pack_object(value: Mapping[str, object]) -> bytes:
    """An object as payload."""
    return pack(compact(value))


def _inflated(octets: bytes) -> bytes:
    limit = min(MAX_DECODED_OCTETS, MAX_RATIO * len(octets))
    inflate = zlib.decompressobj(wbits=_GZIP_WBITS)
    try:
        text = inflate.decompress(octets, limit + 1)
    except zlib.error as error:
        raise WireError("proto.encoding", f"broken gzip: {error}") from error
    if len(text) > limit:
        raise WireError("proto.encoding", "a gzip bomb", expected=f"at most {limit} B", got="more")
    if not inflate.eof or inflate.unused_data:
        raise WireError("proto.encoding", "broken gzip: it does not end where the payload ends")
    return text


def _parsed(octets: bytes) -> dict[str, object]:
    decoder = _CAREFUL if _LONG_NUMBER in octets.translate(_TO_ZEROS) else _QUICK
    try:
        text = octets.decode()
        value: dict[str, object] = decoder.decode(text)
        if _SURROGATE.search(octets):
            compact(value).encode()
    except UnicodeError as error:
        raise WireError("proto.encoding", f"not UTF-8: {error.reason}") from error  # type: ignore[attr-defined]
    except RecursionError as error:
        raise WireError("proto.malformed", "nested too deeply", expected=f"at most {MAX_DEPTH} levels") from error
    except ValueError as error:
        raise WireError("proto.malformed", f"not JSON: {error}") from error
    return value


def _is_shallow(octets: bytes) -> bool:
    """True when depth ≤ MAX_DEPTH is certain; False when strings hide brackets or escapes, or it is deeper.

    Every string without brackets leaves two quotes side by side; where brackets follow an odd number of quotes, some
    quote stays. So without quotes left, all brackets are structure, and each pass takes the innermost pairs away.
    """
    brackets = octets.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    if b'"' in brackets or b"\\" in brackets:
        return False
    brackets = brackets.translate(_TO_PARENTHESES)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"()", b"")
    return not brackets


def _depth(value: object) -> int:
    """Levels of nesting, level by level: no recursion that a deep value could exhaust."""
    depth, level = 0, [value]
    while depth <= MAX_DEPTH and (nests := [item for item in level if isinstance(item, dict | list)]):
        depth += 1
        level = [inner for nest in nests for inner in (nest.values() if isinstance(nest, dict) else nest)]
    return depth


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is given twice")
    return members


def _integer(digits: str) -> int:
    if len(digits) > 17 or not -MAX_INTEGER <= int(digits) <= MAX_INTEGER:
        raise ValueError("an integer beyond 2^53")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number beyond all bounds")
    return number


def _constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_QUICK = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_number, parse_constant=_constant)
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_number, parse_constant=_constant, parse_int=_integer
)

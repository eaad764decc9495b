"""A signed message: compact JWS with Ed25519, its algorithm pinned (contract 0.7, decisions 4).

    BASE64URL(header) . BASE64URL(payload) . BASE64URL(signature over the first two with their dot)

The header is exactly {"alg": "Ed25519", "kid": …, "typ": "cmd+jws"}, of a coupon "coupon+jws", of a store licence
"licence+jws": nothing that could name another key or way.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

from edge.codec.json_text import compact, read_object
from edge.errors import WireError

ALG, TYP, COUPON_TYP = "Ed25519", "cmd+jws", "coupon+jws"
"""The type keeps a signature for one purpose from counting for another."""
KEY_OCTETS, SIGNATURE_OCTETS = 32, 64

_PART = re.compile(r"[A-Za-z0-9_-]*")


def read_jws(text: str, keys: Mapping[str, bytes], *, typ: str = TYP) -> dict[str, Any]:
    """The payload of a message that one of `keys` (32 octets by kid) has signed.

    Raises WireError: sig.header, sig.unknown_kid, sig.invalid, and proto.malformed for a payload that is no object.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise WireError("sig.header", "this is no compact JWS", expected="three parts", got=f"{len(parts)}")
    header = _header(parts[0], typ)
    key = keys.get(str(header["kid"]))
    if key is None:
        raise WireError("sig.unknown_kid", "no such key on this terminal", got=repr(header["kid"])[:40])
    signature = _octets(parts[2])
    if len(signature) != SIGNATURE_OCTETS or not _verified(key, f"{parts[0]}.{parts[1]}".encode(), signature):
        raise WireError("sig.invalid", "the signature does not fit")
    return read_object(_octets(parts[1]))


def claimed_payload(text: str) -> dict[str, Any]:
    """What it says, whoever signed it, so to be believed in nothing; {} for what cannot be read."""
    parts = text.split(".")
    try:
        return read_object(_octets(parts[1])) if len(parts) == 3 else {}
    except WireError:
        return {}


def write_jws(payload: Mapping[str, Any], *, kid: str, sign: Callable[[bytes], bytes], typ: str = TYP) -> str:
    """The reverse; `sign` gives 64 octets of Ed25519."""
    header = {"alg": ALG, "kid": kid, "typ": typ}
    signed = f"{_text(compact(header).encode())}.{_text(compact(dict(payload)).encode())}"
    return f"{signed}.{_text(sign(signed.encode()))}"


def key_text(octets: bytes) -> str:
    """A key as it stands in a file: base64url without padding."""
    return _text(octets)


def read_key(text: str) -> bytes:
    """The reverse; raises WireError for anything but 32 octets."""
    octets = _octets(text)
    if len(octets) != KEY_OCTETS:
        raise WireError("sig.invalid", "this is no Ed25519 key", expected="43 characters of base64url", got=text[:8])
    return octets


def _header(part: str, typ: str) -> dict[str, Any]:
    try:
        header = read_object(_octets(part))
    except WireError as error:
        raise WireError("sig.header", "the header cannot be read") from error
    kid = header.get("kid")
    if header != {"alg": ALG, "kid": kid, "typ": typ} or not isinstance(kid, str):
        raise WireError("sig.header", "another header than ours", expected=f'alg "{ALG}", kid, typ "{typ}"')
    return header


def _verified(key: bytes, message: bytes, signature: bytes) -> bool:
    # Late: 9 MB that a terminal without signed commands never needs (decisions 5).
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _octets(part: str) -> bytes:
    """Strict: one way only to write each value, or a signed text could be written in several."""
    if not _PART.fullmatch(part):
        raise WireError("sig.invalid", "this is not base64url", got=f"{len(part)} characters")
    try:
        octets = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise WireError("sig.invalid", "this is not base64url", got=f"{len(part)} characters") from error
    if _text(octets) != part:
        raise WireError("sig.invalid", "this is not base64url as it is written", got=f"{len(part)} characters")
    return octets


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")

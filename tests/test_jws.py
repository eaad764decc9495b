"""Signed messages: only a key of ours, only our header, only what was signed."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.jws import key_text, read_jws, read_key, write_jws
from edge.errors import WireError

# RFC 8037, appendix A: the key pair of its example.
SEED = read_key("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
PUBLIC = read_key("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
SECRET = Ed25519PrivateKey.from_private_bytes(SEED)
KEYS = {"cmd-2026q4": PUBLIC}
PAYLOAD = {"v": 1, "type": "payment.received", "args": {"amt": 300}}


def signed(**header: object) -> str:
    text = write_jws(PAYLOAD, kid="cmd-2026q4", sign=SECRET.sign)
    if not header:
        return text
    head, body, _ = text.split(".")
    told = {"alg": "Ed25519", "kid": "cmd-2026q4", "typ": "cmd+jws"} | header
    head = key_text(json.dumps(told, separators=(",", ":")).encode())
    return f"{head}.{body}.{key_text(SECRET.sign(f'{head}.{body}'.encode()))}"


def code(text: str) -> str:
    with pytest.raises(WireError) as refused:
        read_jws(text, KEYS)
    return refused.value.code


def test_the_public_key_belongs_to_the_secret_one() -> None:
    assert SECRET.public_key().public_bytes_raw() == PUBLIC


def test_what_we_signed_is_read() -> None:
    assert read_jws(signed(), KEYS) == PAYLOAD


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "EdDSA"}, {"alg": "HS256"}, {"typ": "JWT"}, {"jwk": {}}, {"crit": []}, {"kid": 7}],
)
def test_another_header_is_refused_even_where_the_signature_fits(header: dict[str, object]) -> None:
    assert code(signed(**header)) == "sig.header"


def test_an_unknown_key_is_named_as_such() -> None:
    assert code(signed(kid="cmd-2027q1")) == "sig.unknown_kid"


@pytest.mark.parametrize("part", [1, 2])
def test_a_changed_payload_or_signature_is_refused(part: int) -> None:
    parts = signed().split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]
    assert code(".".join(parts)) == "sig.invalid"


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "…", "..", signed() + "=", signed().replace(".", ". ", 1)])
def test_what_is_no_jws_is_refused(text: str) -> None:
    assert code(text) in ("sig.header", "sig.invalid")


def test_a_signature_that_could_be_written_in_two_ways_counts_in_one_only() -> None:
    text = signed()
    other = text[:-1] + chr(ord(text[-1]) + 1)
    assert code(other) == "sig.invalid"


@given(st.text(max_size=200))
def test_garbage_raises_our_error_only(text: str) -> None:
    with pytest.raises(WireError):
        read_jws(text, KEYS)

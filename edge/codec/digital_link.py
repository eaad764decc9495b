"""GS1 Digital Link URIs, read as text and never fetched.

    https://any.domain/any/path/01/09506000134352/10/ABC/21/123?17=180426
                                └AI └GTIN         └qualifiers   └further AIs

GS1 Digital Link Standard: URI Syntax; keys are numeric AIs, `/gtin/` and the like are of the past.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

from edge.codec.gs1 import MAX_ELEMENTS, Elements, element
from edge.codec.gtin import GTIN_LENGTHS, is_digits, to_gtin14
from edge.errors import CodecError

MAX_URI = 2048
"""Longer than any link on goods; a longer one is somebody's web page."""

SCHEMES = ("http://", "https://")


def is_web_address(text: str) -> bool:
    """Whether `text` begins as a link does; QR codes may have it in capitals."""
    return text[:8].lower().startswith(SCHEMES)


def parse_digital_link(text: str) -> Elements:
    """The elements of a Digital Link, a GTIN of 8, 12 or 13 digits padded to 14.

    Raises CodecError: not http(s), no `/01/…` or `/00/…` in the path, a wrong check digit, a value its AI cannot have.
    """
    if not is_web_address(text) or len(text) > MAX_URI:
        raise CodecError("this is not a GS1 Digital Link", expected="https://…/01/…", got=repr(text[:40]))
    try:
        parts = urlsplit(text)
        query = parse_qsl(parts.query.replace(";", "&"), max_num_fields=MAX_ELEMENTS)
    except ValueError as err:
        raise CodecError("this web address is malformed", got=repr(text[:40])) from err
    raw: dict[str, str] = {}
    for ai, value in [*_path_elements(parts.path), *((key, value) for key, value in query if is_digits(key))]:
        if ai in raw:
            raise CodecError("this AI is there twice", where=f"AI {ai}", expected=raw[ai], got=value[:40])
        raw[ai] = element(ai, value)
    return Elements(raw)


def _path_elements(path: str) -> list[tuple[str, str]]:
    segments = [unquote(segment) for segment in path.strip("/").split("/")]
    start = _primary_key(segments)
    if (len(segments) - start) % 2:
        raise CodecError("an AI in this web address has no value", got=repr(segments[-1]))
    pairs = list(zip(segments[start::2], segments[start + 1 :: 2], strict=True))
    if len(pairs) > MAX_ELEMENTS:
        raise CodecError("too many AIs in this web address", expected=f"up to {MAX_ELEMENTS}", got=str(len(pairs)))
    key, value = pairs[0]
    return [(key, to_gtin14(value) if key == "01" else value), *pairs[1:]]


def _primary_key(segments: list[str]) -> int:
    """Where the key begins: the last `01` or `00` that is followed by digits of its length."""
    for at in range(len(segments) - 2, -1, -1):
        value = segments[at + 1]
        fits = {"01": len(value) in GTIN_LENGTHS, "00": len(value) == 18}.get(segments[at], False)
        if fits and is_digits(value):
            return at
    raise CodecError("this web address names no goods", expected="/01/ and a GTIN", got=repr("/".join(segments)[:40]))

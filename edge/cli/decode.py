"""`edge decode`: the technician's magnifying glass, over the codecs that the terminal itself uses."""

from __future__ import annotations

import json

from edge.codec.scan import describe_scan
from edge.errors import CodecError, SettingsError
from edge.platform_file import load_carriers


def decode_scan(text: str, mode: str | None) -> int:
    """Prints JSON; 1 when the code is a misread. Without a shop the carriers are those of all platforms."""
    try:
        answer = describe_scan(text, load_carriers(), mode)
    except CodecError as error:
        raise SettingsError(error.what, where="--mode", expected=error.expected, got=error.got) from error
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 1 if answer.get("class") == "misread" else 0


def decode_frame(protocol: str, hex_text: str, request: str | None) -> int:
    """Prints JSON; 1 when the bytes are no valid frame of the protocol."""
    from edge.codec.frame import describe_frame

    answer = describe_frame(protocol, hex_text, request)
    print(json.dumps(answer, ensure_ascii=False, indent=2))
    return 1 if answer.get("valid") is False else 0

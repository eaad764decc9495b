"""The scale protocols by name: how each is read, asked, and set on the line; and frames in a technician's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from edge.codec import scale_8217, scale_ascii, scale_cas, scale_nci, scale_toledo, scale_yaohua
from edge.codec.scale_frame import FrameDecoder, ReadingDecoder, frame_text
from edge.errors import CodecError
from edge.model.weight import Load, Reading, Unit

Keys = dict[str, object]


@dataclass(frozen=True, slots=True)
class Protocol:
    """`ask`: what a scale is asked with, empty for one that talks unasked. `go` follows when it has answered ACK.

    `bits` and `parity`: what the line usually is; the baud rate is 9600 for all. `tells_unit`: else a setting says it.
    `checked`: a frame carries a checksum.
    """

    decoder: Callable[[], ReadingDecoder]
    ask: bytes = b""
    go: bytes = b""
    bits: int = 8
    parity: str = "N"
    tells_unit: bool = True
    checked: bool = True


PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {
        "ascii": Protocol(scale_ascii.decoder, checked=False),
        "cas": Protocol(scale_cas.decoder, ask=scale_cas.ENQ, go=scale_cas.DC1),
        "toledo_8217": Protocol(
            scale_8217.decoder, ask=scale_8217.ASK, bits=7, parity="E", tells_unit=False, checked=False
        ),
        "nci": Protocol(scale_nci.decoder, ask=scale_nci.ASK, bits=7, parity="E", checked=False),
        "yaohua": Protocol(scale_yaohua.decoder, tells_unit=False),
        "yaohua_equals": Protocol(scale_yaohua.equals_decoder, tells_unit=False, checked=False),
        "yaohua_equals_normal": Protocol(
            partial(scale_yaohua.equals_decoder, scale_yaohua.Order.NORMAL), tells_unit=False, checked=False
        ),
        "yaohua_command": Protocol(scale_yaohua.decoder, ask=scale_yaohua.command_frame("A"), tells_unit=False),
        "toledo": Protocol(scale_toledo.decoder),
        "toledo_unchecked": Protocol(partial(scale_toledo.decoder, checked=False), checked=False),
    }
)
"""By the word of the settings. The two orders of "=" and the two rules of Toledo are words of their own."""


_AREAS: Mapping[str, tuple[Callable[[], FrameDecoder[Any]], ...]] = MappingProxyType(
    {
        "scale_8217": (scale_8217.decoder,),
        "scale_ascii": (scale_ascii.decoder,),
        "scale_cas": (scale_cas.decoder,),
        "scale_nci": (scale_nci.decoder,),
        "scale_toledo_cont": (scale_toledo.decoder, partial(scale_toledo.decoder, checked=False)),
        "scale_yaohua": (
            scale_yaohua.decoder, partial(scale_yaohua.equals_decoder, scale_yaohua.Order.AUTO),
            scale_yaohua.command_decoder,
        ),
    }
)  # fmt: skip
"""The areas of `vectors.json`, and the decoders of each: the first that finds a frame tells what it is."""
AREAS = tuple(_AREAS)
_LINE_END = b"\r"
"""Whoever copies a line of text by hand leaves its end out."""


def describe_scale_frame(area: str, octets: bytes) -> Keys:
    """The first frame of this area in `octets` under the keys of `vectors.json`. Raises CodecError: there is none."""
    trouble: CodecError | None = None
    for make in _AREAS[area]:
        decoder = make()
        found = decoder.feed(octets + _LINE_END)
        if found:
            more: Keys = {"frames": len(found)} if len(found) > 1 else {}
            return _described(area, found[0]) | more
        trouble = trouble or decoder.trouble
    raise trouble or CodecError("no frame of this scale is in these bytes", got=frame_text(octets) or "nothing")


def _described(area: str, frame: Reading | scale_yaohua.Command) -> Keys:
    if isinstance(frame, scale_yaohua.Command):
        return {"valid": True, **asdict(frame)}
    return describe_reading(replace(frame, unit=Unit.KILOGRAM) if area == "scale_8217" else frame)


def describe_reading(reading: Reading) -> Keys:
    """A reading under the names that makers give its parts; what the protocol does not tell is left out."""
    keys: Keys = {"valid": True}
    if reading.weight is not None:
        text = f"{reading.weight:f}"
        keys |= {"value": text} | ({"unit": reading.unit.value, reading.unit.value: text} if reading.unit else {})
    if reading.kg is not None:
        keys["kg"] = f"{reading.kg:f}"
    if reading.stable is not None:
        keys |= {"stable": reading.stable, "motion": not reading.stable}
    if reading.load is not None:
        keys |= {load.value: reading.load is load for load in Load}
    if reading.zero is not None:
        keys |= dict.fromkeys(("at_zero", "centre_of_zero", "center_of_zero"), reading.zero)
    keys |= {"negative": reading.negative, "under": reading.under}
    keys |= dict.fromkeys(("over", "overload", "over_capacity"), reading.over)
    return keys | dict.fromkeys(reading.faults, True) | {"frame": frame_text(reading.frame)}

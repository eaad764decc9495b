"""One adapter per area of vectors.json: a vector in, the keys that its `expected` names out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from edge.codec.aim import split_aim
from edge.codec.chronology import back_dated, chronological
from edge.codec.digital_link import parse_digital_link
from edge.codec.gs1 import parse_elements
from edge.codec.gtin import upce_to_upca
from edge.codec.instore import label_readings
from edge.codec.keyboard import KeyDecoder
from edge.codec.paycode import channels
from edge.codec.pickup import find_pickup
from edge.codec.scan import elements_keys, gtin_keys, label_keys, link_keys, reads_as_sscc, s10_keys
from edge.codec.scanner_frame import describe_hid_report, describe_input_events, describe_scanner_command
from edge.codec.waybill import carrier_names
from edge.errors import CodecError
from edge.platform_file import load_carriers

Vector = dict[str, Any]
Keys = dict[str, Any]


@dataclass(frozen=True)
class Stamped:
    id: str
    boot_seq: int
    seq: int


def _upce(vector: Vector) -> Keys:
    try:
        return {"valid": True, "upc_a": upce_to_upca(vector["text"])}
    except CodecError as err:
        return {"valid": False, "expected_check": err.expected}


def _link(vector: Vector) -> Keys:
    aim, uri = split_aim(vector["text"])
    return {"aim": aim} | link_keys(parse_digital_link(uri))


def _aim(vector: Vector) -> Keys:
    aim, content = split_aim(vector["text"])
    return {"aim": aim, "data": content}


def _instore(vector: Vector) -> Keys:
    """The reading that the vector means: its layout is a setting of the shop, so any one of them may be it."""
    readings = [label_keys(label) for label in label_readings(vector["text"])]
    fitting = [keys for keys in readings if vector["expected"].items() <= keys.items()]
    return (fitting or readings)[0]


def _evdev(vector: Vector) -> Keys:
    if "input_hex" in vector:
        return describe_input_events(bytes.fromhex(vector["input_hex"]))
    decoder = KeyDecoder()
    scans = [list(scan) for code, value in vector["input_events"] for scan in decoder.feed((code, value))]
    return {"scans": scans, "partial": decoder.partial}


def _pickup(vector: Vector) -> Keys:
    found = find_pickup(vector["text"])
    return {"shelf": found.shelf, "layer": found.layer, "serial": found.serial} if found else {}


def _paycode(vector: Vector) -> Keys:
    return {"channels": list(channels(vector["text"])), "biip_sscc": reads_as_sscc(vector["text"])}


def _time(vector: Vector) -> Keys:
    events = vector["input_events"]
    if "boot_seq" in events[0]:
        stamped = [Stamped(event["id"], event["boot_seq"], event["seq"]) for event in events]
        return {"order": [event.id for event in chronological(stamped)]}
    sync_at = datetime.fromisoformat(events[1]["sync_wall"])
    wall = back_dated(events[0]["mono"], sync_mono_s=events[1]["sync_mono"], sync_at=sync_at)
    return {"wall": wall.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


ADAPTERS: dict[str, Callable[[Vector], Keys]] = {
    "gtin": lambda vector: gtin_keys(vector["text"]),
    "upce": _upce,
    "gs1": lambda vector: elements_keys(parse_elements(vector["text"])),
    "gs1dl": _link,
    "aim": _aim,
    "instore": _instore,
    "evdev": _evdev,
    "hidpos": lambda vector: describe_hid_report(bytes.fromhex(vector["input_hex"])),
    "scancmd": lambda vector: describe_scanner_command(bytes.fromhex(vector["input_hex"])),
    "paycode": _paycode,
    "s10": lambda vector: s10_keys(vector["text"]),
    "waybill": lambda vector: {"candidates": list(carrier_names(vector["text"], load_carriers()))},
    "pickup": _pickup,
    "time": _time,
}

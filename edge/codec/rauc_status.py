"""What `rauc status --detailed --output-format=json` says of the slots (RAUC 1.8 to 1.15).

    {"booted": …, "boot_primary": "rootfs.1", "slots": [{"rootfs.0": {"bootname": "A", "state": "booted",
     "boot_status": "good", "slot_status": {"bundle": {"version": "1.2"}, "installed": {"timestamp": "…Z"}}}}, …]}

`booted` is a name or the path of a device, so that the slot is known by its state. A slot without a `bootname` is
started with another one, and not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from edge.codec.json_text import read_object
from edge.errors import CodecError, WireError
from edge.model.software import Slot

MAX_SLOTS = 16


def read_rauc_status(octets: bytes) -> tuple[Slot, ...]:
    """In the order of their names; raises CodecError when it is none."""
    try:
        told = read_object(octets)
    except WireError as error:
        raise CodecError("the status of the slots cannot be read", got=str(octets[:80])) from error
    slots, primary = told.get("slots"), _text(told, "boot_primary")
    if not isinstance(slots, list):
        raise CodecError("the status of the slots names none", got=str(octets[:80]))
    found = sorted(_slots(slots[:MAX_SLOTS], primary), key=lambda slot: slot.name)
    return tuple(found)


def _slots(slots: list[Any], primary: str) -> Iterator[Slot]:
    for one in slots:
        for key, slot in one.items() if isinstance(one, dict) else ():
            name = _text(slot, "bootname")
            if not name:
                continue
            status, good = _part(slot, "slot_status") or slot, _text(slot, "boot_status")
            version, at = _text(_part(status, "bundle"), "version"), _text(_part(status, "installed"), "timestamp")
            yield Slot(
                name, version, _moment(at), is_running=_text(slot, "state") == "booted", is_next=key == primary,
                is_good=good == "good" if good else None,
            )  # fmt: skip


def _part(of: object, key: str) -> Mapping[str, Any]:
    found = of.get(key) if isinstance(of, dict) else None
    return found if isinstance(found, dict) else {}


def _text(of: object, key: str) -> str:
    found = of.get(key) if isinstance(of, dict) else None
    return found[:64] if isinstance(found, str) else ""


def _moment(text: str) -> str:
    """Empty for what is none, or names no zone."""
    try:
        return text if datetime.fromisoformat(text).tzinfo is not None else ""
    except ValueError:
        return ""

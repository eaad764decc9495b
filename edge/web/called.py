"""What people call a device: by the name that it usually has, else by what its driver is for."""

from __future__ import annotations

from collections.abc import Mapping

from edge.model.first_setup import part_of

USUAL: Mapping[str, str] = {
    "scanner_serial": "counter_scanner", "scanner_evdev": "counter_scanner", "keypad": "counter_keypad",
    "printer_escpos": "receipt_printer", "line_display": "customer_display", "scale_serial": "scale",
    "speaker": "loudspeaker",
}  # fmt: skip
"""By driver, what such a device is called where nobody says otherwise."""
_PARTS = {name: part_of(driver) for driver, name in USUAL.items()} | {"locker_wall": part_of("locker_")}


def word_of(name: str, drivers: Mapping[str, str]) -> str:
    """The key of its word; there is none for a name that somebody has made up, of a device that does not run."""
    driver = drivers.get(name)
    if driver is None or part_of(driver) is _PARTS.get(name):
        return f"called.{name}"
    return f"part.{part_of(driver)}"

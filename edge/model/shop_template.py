"""What one shop's box hands on to the next one like it: settings that its page made, and devices by what they are.

A port whose name holds a serial number is another one on another box: a device is told by its kind, by vendor and
product, and by its socket where the kernel names that; where it hangs there shows when it is plugged in there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from edge.model.found_port import NETWORK, FoundPort, PortKind, fits
from edge.model.page_layer import DEVICES, may_set

OF_THIS_BOX: Mapping[str, frozenset[str]] = MappingProxyType({
    "terminal": frozenset({"shop_name", "till"}), "receipt": frozenset({"header", "footer"}),
})  # fmt: skip
"""What no other box shall have of what the page may set: a receipt's lines tell the shop's address and telephone."""
ENDINGS = (".json",)
"""How files of templates on a stick end."""
PORT = "port"
_BY_ID = "/by-id/"


class Lack(StrEnum):
    """Why a device of a template is not taken: nothing of its kind is plugged in, several are, or it hangs there but
    is another device's here.
    """

    ABSENT = "absent"
    SEVERAL = "several"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class PortSought:
    """`kind` of PortKind; `usb`: vendor and product; `path`: a name without a serial number. Each may be empty."""

    kind: str = ""
    usb: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class DeviceSought:
    """`table`: its settings but for the port, `driver` included. `port` None: the driver has none."""

    table: Mapping[str, Any]
    port: PortSought | None


@dataclass(frozen=True, slots=True)
class ShopTemplate:
    """`devices`: by name; None: there is none of this name, whatever the file of the box says."""

    app: str
    made_at: str
    settings: Mapping[str, Mapping[str, Any]]
    devices: Mapping[str, DeviceSought | None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A template on this box. `settings`: (table, key, value); `devices`: (name, whole table, or None: taken out);
    `lacking`: (name, driver, why) of those that are left for a person.
    """

    settings: tuple[tuple[str, str, Any], ...]
    devices: tuple[tuple[str, Mapping[str, Any] | None], ...]
    lacking: tuple[tuple[str, str, Lack], ...]

    def but(self, body: Mapping[str, Any]) -> Fitted:
        """What of it the page's layer `body` does not say already."""

        def is_news(table: str, key: str, value: Any) -> bool:
            keys = body.get(table, {})
            return key not in keys or keys[key] != value

        return Fitted(
            tuple(one for one in self.settings if is_news(*one)),
            tuple((name, table) for name, table in self.devices if is_news(DEVICES, name, table)), self.lacking,
        )  # fmt: skip


def template_of(body: Mapping[str, Any], found: Sequence[FoundPort], *, app: str, made_at: str) -> ShopTemplate:
    """`body`: the page's layer in force; `found`: what is plugged in here."""
    settings = {
        table: kept for table, keys in body.items() if table != DEVICES
        and (kept := {key: value for key, value in keys.items() if key not in OF_THIS_BOX.get(table, ())})
    }  # fmt: skip
    devices = {name: _sought(table, found) for name, table in body.get(DEVICES, {}).items()}
    return ShopTemplate(app, made_at, settings, devices)


def may_hand_on(table: str, key: str) -> bool:
    return table != DEVICES and may_set(table, key) and key not in OF_THIS_BOX.get(table, ())


def fitted(template: ShopTemplate, found: Sequence[FoundPort], others: Mapping[str, Mapping[str, Any]]) -> Fitted:
    """`others`: the devices of this box's settings as they are now, by name; one of the same name is replaced."""
    used = {str(table[PORT]) for name, table in others.items() if name not in template.devices and table.get(PORT)}
    devices: list[tuple[str, Mapping[str, Any] | None]] = []
    lacking: list[tuple[str, str, Lack]] = []
    for name, sought in template.devices.items():
        if sought is None or sought.port is None:
            devices.append((name, sought.table if sought is not None else None))
            continue
        port = _place(sought, sought.port, found, used)
        if isinstance(port, Lack):
            lacking.append((name, str(sought.table.get("driver", "")), port))
            continue
        used.add(port)
        devices.append((name, {**sought.table, PORT: port}))
    settings = tuple(
        (table, key, value) for table, keys in template.settings.items() for key, value in keys.items()
    )  # fmt: skip
    return Fitted(settings, tuple(devices), tuple(lacking))


def _sought(table: Mapping[str, Any] | None, found: Sequence[FoundPort]) -> DeviceSought | None:
    if table is None:
        return None
    rest = {key: value for key, value in table.items() if key != PORT}
    if PORT not in table:
        return DeviceSought(rest, None)
    address = str(table[PORT])
    port = next((one for one in found if address in one.names), None)
    if port is None:
        return DeviceSought(rest, PortSought(path="" if _BY_ID in address else address))
    names = (address, *port.names)
    return DeviceSought(rest, PortSought(port.kind.value, port.usb, next((n for n in names if _BY_ID not in n), "")))


def _place(device: DeviceSought, sought: PortSought, found: Sequence[FoundPort], used: set[str]) -> str | Lack:
    """Where it hangs on this box, as a person could choose it there, too. Of several of a kind it is the one in the
    same socket.
    """
    is_bare, is_listed = sought.kind in ("", PortKind.NAMED), any(sought.path in one.names for one in found)
    if is_bare and not is_listed and sought.path.startswith(NETWORK):
        return Lack.TAKEN if sought.path in used else sought.path
    same = [one for one in found if is_bare or (one.kind == sought.kind and one.usb == sought.usb)]
    if is_bare or not sought.usb:
        same = [one for one in same if sought.path in one.names]
    same = [one for one in same if fits(one.kind, str(device.table.get("driver", "")))]
    free = [one for one in same if not used.intersection(one.names)]
    if len(free) > 1:
        free = [one for one in free if sought.path and sought.path in one.names]
        return free[0].address if len(free) == 1 else Lack.SEVERAL
    return free[0].address if free else Lack.TAKEN if same else Lack.ABSENT

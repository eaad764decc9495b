"""A shop's template as the file that a technician takes from one box to the next (docs/shop-template.md).

    {"edge_template": 1, "app": "0.1.0", "made_at": "…", "sha256": "…",
     "settings": {"terminal": {"language": "zh-CN"}, "receipt": {"print": "on_request"}},
     "devices": {"scale": {"driver": "scale_serial", "baud": 9600, "port": {"kind": "serial", "usb": "1a86:7523",
                           "path": "/dev/serial/by-path/…"}}, "spare_printer": null}}

`sha256` is of all the rest: sorted keys, no blanks, UTF-8. It finds what a stick or a phone has spoilt, nothing more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from edge.errors import BackupRefused
from edge.model.shop_template import PORT, DeviceSought, PortSought, ShopTemplate, may_hand_on

VERSION = 1
MAX_OCTETS = 64 * 1024
"""Twenty devices with every setting, and a receipt's lines, are 20 KB."""
MAX_DEVICES = 20
_MARK, _SUM = "edge_template", "sha256"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


def write_template(template: ShopTemplate) -> bytes:
    body: dict[str, Any] = {
        _MARK: VERSION, "app": template.app, "made_at": template.made_at, "settings": template.settings,
        "devices": {name: None if one is None else _device(one) for name, one in template.devices.items()},
    }  # fmt: skip
    return (json.dumps(body | {_SUM: _sum(body)}, ensure_ascii=False, indent=1) + "\n").encode()


def read_template(octets: bytes) -> ShopTemplate:
    """Raises BackupRefused: "no_template", "template_broken", "template_newer" or "template_long"."""
    if len(octets) > MAX_OCTETS:
        raise BackupRefused("template_long")
    try:
        told = json.loads(octets.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        is_ours = f'"{_MARK}"'.encode() in octets[:200]
        raise BackupRefused("template_broken" if is_ours else "no_template") from error
    if not isinstance(told, dict) or type(told.get(_MARK)) is not int:
        raise BackupRefused("no_template")
    if told[_MARK] > VERSION:
        raise BackupRefused("template_newer", got=str(told.get("app"))[:40])
    if told.pop(_SUM, None) != _sum(told):
        raise BackupRefused("template_broken")
    return _template(told)


def _template(told: Mapping[str, Any]) -> ShopTemplate:
    """Whole as it was written; what this version does not know was written by one that can do more."""
    settings, devices = told.get("settings"), told.get("devices")
    if not isinstance(settings, dict) or not isinstance(devices, dict) or len(devices) > MAX_DEVICES:
        raise BackupRefused("template_broken")
    for table, keys in settings.items():
        if not isinstance(keys, dict):
            raise BackupRefused("template_broken", where=table[:40])
        if wrong := [key for key in keys if not may_hand_on(table, key)]:
            raise BackupRefused("template_newer", where=f"{table}.{wrong[0]}"[:80])
    found = {name: _read_device(name, table) for name, table in devices.items()}
    return ShopTemplate(str(told.get("app", ""))[:40], str(told.get("made_at", ""))[:40], settings, found)


def _device(one: DeviceSought) -> dict[str, Any]:
    port = one.port
    told = {} if port is None else {PORT: {"kind": port.kind, "usb": port.usb, "path": port.path}}
    return {**one.table, **told}


def _read_device(name: str, table: object) -> DeviceSought | None:
    if table is None:
        return None
    is_named = 1 <= len(name) <= 32 and _NAME.issuperset(name) and name[0].isalpha()
    if not is_named or not isinstance(table, dict) or not isinstance(table.get("driver"), str):
        raise BackupRefused("template_broken", where=name[:40])
    rest = {key: value for key, value in table.items() if key != PORT}
    if PORT not in table:
        return DeviceSought(rest, None)
    port = table[PORT]
    if not isinstance(port, dict):
        raise BackupRefused("template_broken", where=name)
    kind, usb, path = (str(port.get(key, ""))[:200] for key in ("kind", "usb", "path"))
    return DeviceSought(rest, PortSought(kind, usb, path))


def _sum(body: Mapping[str, Any]) -> str:
    try:
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
    except (ValueError, RecursionError):  # a lone half of a sign
        return ""

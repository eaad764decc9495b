"""The settings of the shop of the day, for both its players: the same shop, other cables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from day_script import Script

SHOP = "巷口便利店"
_SETTINGS = """\
[terminal]
tid = "{tid}"
store = "S-00817"
shop_name = "{shop}"
data_dir = "./data"
language = "zh-CN"
time_zone = "Asia/Shanghai"
[cloud]
url = "mqtt://127.0.0.1:{broker_port}"
[promotions]
file = "promotions.toml"
[devices.{scanner}]
driver = "scanner_serial"
port = "{ports[scanner]}"
[devices.{keypad}]
driver = "keypad"
port = "{ports[keypad]}"
[devices.{printer}]
driver = "printer_escpos"
port = "{ports[printer]}"
paper_width_mm = 58
drawer_open_level = "high"
poll_s = {poll_s}
[devices.{display}]
driver = "line_display"
port = "{ports[display]}"
kind = "cd5220"
[devices.{scale}]
driver = "scale_serial"
port = "{ports[scale]}"
protocol = "ascii"
{more}
[[labels]]
prefix = "21"
layout = "FF WWWWW EEEEE C"
[[labels]]
prefix = "22"
layout = "FF WWWWW NNNNN C"
"""


def shop_toml(
    tid: str, *, broker_port: int, names: Mapping[str, str], ports: Mapping[str, str], poll_s: int = 30, more: str = ""
) -> str:
    """`names`: of scanner, keypad, printer, display and scale; `more`: further tables."""
    return _SETTINGS.format(
        tid=tid, shop=SHOP, broker_port=broker_port, ports=ports, poll_s=poll_s, more=more, **names
    )  # fmt: skip


def promotions_toml(script: Script) -> str:
    """The script's promotions as a file of their own."""
    tables = (f"[{name}]\n{_lines(values)}" for name, values in script.promotions.items())
    return "\n".join(tables)


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())


def _toml(value: Any) -> str:
    match value:
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {_toml(one)}' for key, one in value.items())} }}"
        case int():
            return str(value)
        case _:
            return f'"{value}"'

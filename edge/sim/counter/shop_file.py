"""The settings file of the demo's terminal, in the very shape that a real shop has."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from edge.synthesizer import ENGINE

FILE_NAME = "shop.toml"
TID = "T7K3M9Q2"
STORE = "S-00817"
SCANNER = "counter_scanner"
COMMAND_KEYS = "command_keys.toml"
LICENCE_KEYS = "licence_keys.toml"
AUTHORITIES = "ca"
"""The folder of `edge cloud ca`: with a certificate of theirs `edge cloud files` takes the terminal's logs."""
PLATFORMS = ("alibaba", "jd", "china_post")
LANGUAGES = ("zh-CN", "en")
TIME_ZONE = "Asia/Shanghai"
BOOKLET = "booklet.csv"

_TEXT = """\
# Written by `edge demo` at each start; what the shop sold is in data/ and stays.
[terminal]
tid = "{tid}"
store = "{store}"
shop_name = "{shop_name}"
data_dir = "./data"
language = "{language}"
time_zone = "{time_zone}"

[cloud]
url = "mqtt://127.0.0.1:{broker_port}"     # through a proxy that can be cut
command_keys = "{command_keys}"      # whose word on money counts
upload_hosts = ["localhost"]               # where logs may be sent: edge cloud files --dir demo/{authorities}
download_hosts = ["localhost"]             # from where large catalogues may come
upload_ca_file = "./{authorities}/servers/roots.pem"

[web]
bind = "127.0.0.1:{web_port}"

[devices.counter_scanner]
driver = "scanner_serial"
port = "{scanner}"

[devices.counter_keypad]
driver = "keypad"
port = "{keypad}"

[devices.receipt_printer]
driver = "printer_escpos"
port = "{printer}"
paper_width_mm = 58
drawer_open_level = "high"

[devices.customer_display]
driver = "line_display"
port = "{display}"
kind = "cd5220"
chinese = {chinese}

[devices.loudspeaker]
driver = "speaker"
port = "{speaker}"
voice = "{voice}"

[devices.scale]
driver = "scale_serial"
port = "{scale}"
protocol = "cas"

[platforms]                                # whose carriers, wallets, suppliers, services
active = {platforms}
licence_keys = "{licence_keys}"      # whose word on what may be sold counts

[orders]                                   # what it orders for customers
booklet = "{booklet}"

[parcels]                                  # a parcel station: their carriers, this shelf
shelf = "1-1"

[devices.locker_wall]
driver = "locker_cu16"
port = "{wall}"
boards = [1, 2]

[[labels]]                                 # what the label scale in the back prints: the price
prefix = "21"
layout = "FF WWWWW EEEEE C"

[[labels]]                                 # and of goods with another prefix: the grams
prefix = "22"
layout = "FF WWWWW NNNNN C"
"""


@dataclass(frozen=True, slots=True)
class Cables:
    """Where each device of the counter hangs: paths of ptys, and two addresses."""

    scanner: Path
    keypad: Path
    display: Path
    printer: str
    speaker: str
    scale: Path
    wall: Path


def shop_toml(cables: Cables, *, broker_port: int, web_port: int, language: str) -> str:
    """Where espeak-ng is not installed the loudspeaker hums."""
    chinese = language == "zh-CN"
    return _TEXT.format(
        tid=TID, store=STORE, platforms=json.dumps(PLATFORMS), licence_keys=f"./{LICENCE_KEYS}",
        authorities=AUTHORITIES,
        time_zone=TIME_ZONE, booklet=f"./{BOOKLET}",
        language=language, command_keys=f"./{COMMAND_KEYS}", broker_port=broker_port, web_port=web_port,
        chinese="true" if chinese else "false", shop_name="巷口便利店" if chinese else "Corner Shop",
        scanner=cables.scanner, keypad=cables.keypad, display=cables.display, printer=cables.printer,
        speaker=cables.speaker, voice="espeak" if shutil.which(ENGINE) else "tone",
        scale=cables.scale, wall=cables.wall,
    )  # fmt: skip

"""Good inputs to begin from: the vectors, the contract's examples, and files as a shop has them."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cloud_bench import EPOCH, TID, batch, event, hello, request

from edge.codec.basket import write_counter
from edge.codec.bodies import BODIES
from edge.codec.command_card import card_code, receipt_code
from edge.codec.jws import read_key, write_jws
from edge.codec.pcm import wav_file
from edge.codec.refund_text import write_pending
from edge.codec.slip_text import write_slip
from edge.model.counter import Counter, Verb, Waiting
from edge.model.item import Gtin14, Item
from edge.model.money import Fen, Milli, Rounding
from edge.model.refund import Refund, RefundLine
from edge.model.sale import Event, Method, Sale, State, Tender, add_item, moved
from edge.model.set_up_slip import PageWays, set_up_slip
from edge.model.settlement import tender_cash
from edge.model.slip import Barcode, Picture, QrCode, Row, Slip, Text

HERE = Path(__file__).parent
ROOT = HERE.parent
SALE_ID = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"

Corpus = tuple[bytes, ...]


def _vectors() -> list[dict[str, Any]]:
    return list(json.loads((HERE / "vectors.json").read_text(encoding="utf-8")))


def texts_of(*areas: str) -> Corpus:
    """The texts of the vectors of these areas."""
    return tuple(v["text"].encode() for v in _vectors() if v["area"] in areas and "text" in v)


def frames_of(*areas: str) -> Corpus:
    """The bytes of the vectors of these areas."""
    return tuple(bytes.fromhex(v["input_hex"]) for v in _vectors() if v["area"] in areas and "input_hex" in v)


def lists_of(*areas: str) -> Corpus:
    """The event lists of the vectors of these areas, as JSON."""
    return tuple(
        json.dumps(v["input_events"]).encode() for v in _vectors() if v["area"] in areas and "input_events" in v
    )


WAVES: Corpus = (wav_file(bytes(range(200))), wav_file(bytes(80), 8_000))
NAMES: Corpus = ("可乐330ml，三元".encode(), b"Coca-Cola Zero 3", "号码幺三八 A-3".encode())
SCANS: Corpus = (
    *texts_of("gtin", "upce", "gs1", "gs1dl", "aim", "instore", "s10", "waybill", "pickup", "paycode"),
    card_code(102).encode(), receipt_code("261123-1-0042").encode(), b"V12345678907", b"H00017",
    "合计 ￥12.00".encode(), b"https://example.com/01/06901234567892/17/251200?10=AB", b"012345",
)  # fmt: skip

SCALES: Corpus = (
    *frames_of("scale_cas", "scale_8217", "scale_nci", "scale_yaohua", "scale_toledo_cont"),
    *texts_of("scale_ascii", "scale_yaohua"),
)

KEYS: Corpus = tuple(
    b"".join(struct.pack("<qqHHi", 0, 0, 1, code, value) for code, value in v["input_events"])
    for v in _vectors() if v["area"] == "evdev" and "input_events" in v
)  # fmt: skip
"""As /dev/input gives them."""


def _wire_examples() -> Iterator[tuple[str, bytes]]:
    title = ""
    for line in (HERE / "wire_examples.jsonc").read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            yield title.removeprefix("// ").split(" ")[0], line.encode()
        title = line


WIRE = tuple(_wire_examples())
"""(leaf such as up/tx, payload) of each example of the contract."""

LEAVES = tuple(sorted({leaf for leaf, _ in WIRE}))


def addressed(*ways: str) -> Corpus:
    """Topic, a zero octet, payload: what `fuzz_targets` takes apart again."""
    found = [f"stores/v1/{TID}/{leaf}".encode() + b"\0" + octets for leaf, octets in WIRE if leaf[:2] in ways]
    return (*found, *(f"{topic}\0".encode() + gzip.compress(octets) for topic, _, octets in map(_parted, found[:8])))


def _parted(octets: bytes) -> tuple[str, bytes, bytes]:
    topic, zero, payload = octets.partition(b"\0")
    return topic.decode(), zero, payload


SIGNERS = {"cmd-2026q4": read_key("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")}
KEY_FILES: Corpus = (b'"cmd-2026q4" = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"\n',)
SIGNED: Corpus = (write_jws({"v": 1, "cid": "c", "type": "t"}, kid="cmd-2026q4", sign=lambda _: bytes(64)).encode(),)
PAYMENT_ANSWERS: Corpus = (
    (
        b'{"v":1,"tid":"T7K3M9Q2","cid":"019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f","ok":true,"state":"approved","out":'
        b'{"pid":"019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f","amt":2350,"cur":"CNY","m":"wechat","ref":"4200002211"}}'
    ),
    (
        b'{"v":1,"tid":"T7K3M9Q2","cid":"019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f","ok":true,"more":true,'
        b'"state":"wait_customer","out":{"pid":"019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f","amt":2350,"cur":"CNY"}}'
    ),
)
PAYLOADS: Corpus = (
    *(octets for _, octets in WIRE), *(gzip.compress(octets) for _, octets in WIRE[:6]),
    gzip.compress(b'{"a":"' + b"x" * (2 << 20) + b'"}'), gzip.compress(b'{"a":"' + b"xy" * 3_000 + b'"}')[:-1],
    b'{"a":' + b"[" * 7 + b"]" * 7 + b"}", b'{"a":"[[[[[[[[[[","b":9007199254740992,"c":"\\ud83d\\ude00","d":1e2}',
)  # fmt: skip

BODY_TEXTS: Corpus = tuple(
    json.dumps({"type": kind, "data": body.EXAMPLE}, ensure_ascii=False).encode() for kind, body in BODIES.items()
)


def _up(leaf: str, message: dict[str, Any]) -> bytes:
    return f"stores/v1/{TID}/up/{leaf}".encode() + b"\0" + json.dumps(message, ensure_ascii=False).encode()


CLOUD: Corpus = (
    *addressed("up"),
    _up("tx", batch(event(1), event(2, kind="stock.moved"), event(3, kind="sale.voided"))),
    _up("tx", batch(event(4), gone=[{"lo": 1, "hi": 3, "why": "pruned"}])),
    _up("ev", batch(*(event(n, kind=kind) for n, kind in enumerate(BODIES, 1)), stream="ev")),
    _up("hello", hello(tx=(3, 0))), _up("req", request(1, "price.lookup", sku="1")), _up("req", request(2, "cat.full")),
)  # fmt: skip
"""What a terminal says to the cloud of `cloud_bench`."""


def _down(leaf: str, **message: Any) -> bytes:
    told = {"v": 1, "tid": TID, "at": "2026-11-23T04:00:00.000Z"} | message
    return f"stores/v1/{TID}/dn/{leaf}".encode() + b"\0" + json.dumps(told).encode()


COUNTER_CLOUD: Corpus = (
    *addressed("dn"),
    _down("ctl", t="welcome", sess=1, epoch=EPOCH, upto={"tx": 0}, cfg_ver=0, cat_ver=0, pace={"tx": {"window": 1}}),
    _down("ctl", t="rebirth"), _down("ack", t="ack", stream="ev", epoch=EPOCH, upto=1),
    _down("ack", t="ack", stream="ev", epoch=EPOCH, upto=2, rej=[{"seq": 2, "code": "schema.invalid"}]),
    _down("ack", t="resend", stream="ev", epoch=EPOCH, lo=1, hi=2, rid="rs-1", why="gap"),
    _down("cat", ver=1, kind="full", inline=[{"op": "put", "sku": "6901234567892", "name": "水", "price": 200}]),
    _down("cat", ver=2, base=1, kind="delta", inline=[{"op": "del", "sku": "6901234567892"}]),
)  # fmt: skip
"""What the cloud says to the terminal of `link_bench`; EPOCH stands for the terminal's own."""


def _sale() -> Sale:
    cola = Item("6900000000014", "可乐", Fen(350), gtin=Gtin14("06900000000014"), unit="罐", name_en="Cola")
    return moved(add_item(add_item(Sale(SALE_ID), cola), cola, qty=Milli(2000)), Event.SUBTOTAL)


REFUND = Refund(SALE_ID, SALE_ID, "261123-1-0042", (RefundLine(1, "6901", "可乐", Milli(1000), Fen(350), "罐"),))
PENDING_REFUNDS: Corpus = (write_pending(REFUND, (Tender(Method.WECHAT, Fen(350), payment=SALE_ID),)).encode(),)
COUNTERS: Corpus = tuple(
    write_counter(counter).encode()
    for counter in (
        Counter(), Counter(sale=_sale()), Counter(sale=tender_cash(_sale(), Fen(2000), Rounding.JIAO)),
        Counter(Sale(SALE_ID, State.OPEN), Waiting.CONFIRM, "6901", Verb.OPEN_PRICE, 90_000, pieces=Milli(3000)),
        Counter(waiting=Waiting.REFUND, refund=REFUND),
    )
)  # fmt: skip

SLIPS: Corpus = tuple(
    write_slip(slip).encode()
    for slip in (
        set_up_slip(tid=TID, store="S-1", ways=PageWays(("http://127.0.0.1/",)), pin="8JGP9PRMVS9XR", language="zh-CN"),
        Slip((Text("合计"), Row("可乐", "3.50"), Barcode("R2611230100424"), QrCode("x"), Picture(8, (b"\xff", b"\0")))),
    )
)  # fmt: skip

CSV: Corpus = (
    b"gtin,name,price_fen,unit\n6901234567892,cola,350,can\n,loose,,\n",
    """\ufeffgtin,sku,name,price_fen,unit,weighed,plu,blocked,pack\r
6900000000014,,可乐,350,罐,0,,否,24\r
,A1,苹果,2245,kg,是,0042,0,\r
""".encode(),
    """gtin,name,price_fen,unit,name_en,dept,tax,age,cost_fen,free_gift
6901234567892,水,200,瓶,Water,D,S9,18,100,1
""".encode("gb18030"),
)

OPS: Corpus = (
    b"""{"op":"put","sku":"6901234567892","name":"water","price":200,"unit":"b","gtin":"06901234567892","weighed":false}
{"op":"del","sku":"A1"}
""",
    b'{"op":"put","sku":"A1","price_fen":null,"plu":"0042","age":18,"pack":24,"cost":100,"free_gift":true,"tax":""}',
)

SETTINGS: Corpus = (
    b"""[terminal]
tid = "T7K3M9Q2"
store = "S-1"
data_dir = "./data"
day_starts = "04:00"
[receipt]
header = ["a", "b"]
""",
    b"""[terminal]
tid = "T7K3M9Q2"
store = "S-1"
data_dir = "./data"
language = "en"
[cloud]
url = "mqtt://127.0.0.1:1883"
[web]
bind = "127.0.0.1:8081"
[devices.counter_scanner]
driver = "scanner_serial"
port = "sim://scanner"
""",
    b"""[devices.receipt_printer]
driver = "printer_escpos"
port = "sim://printer"
paper_width_mm = 58
drawer = true
[devices.display]
driver = "line_display"
port = "/dev/x"
kind = "led8"
[devices.pad]
driver = "keypad"
port = "/dev/y"
""",
)

PLATFORMS: Corpus = (
    *((HERE.parent / f"edge/platforms/{name}.toml").read_bytes() for name in ("alibaba", "china_post", "jd")),
    (HERE / "fourth_platform.toml").read_bytes(),
)
NUMBER_PATTERNS: Corpus = (b"SF[A-Z0-9][0-9]{12}", b"[34][0-9]{14}", b"7[3-68][0-9]{8,12}", b"[A-Z]{2}[0-9]{9}[A-Z]{2}")
PROMOTIONS: Corpus = ((HERE / "golden_promotions.toml").read_bytes(),)
TOML: Corpus = (
    *SETTINGS,
    b"""# c
a = 1
"b.c" = 'x'
[[t]]
k = '''
x
'''
[[t]]
k = [1, [2, {z = "="}],
 3]
[t.u."v w"]
d = 2026-11-23
""",
)

PROMPTS: Corpus = (
    """["sale.change"]
zh-CN = "{a}{b}"
en = "{a} {b}"
["q"]
amounts = "point"
zh-CN = "{n}号"
en = "No. {n}"
""".encode(),
    """["a.b"]
zh-CN = "{item}在{shelf}，{phone}"
en = "{item} at {shelf}, {phone}"
""".encode(),
)

DOCUMENTS: Corpus = (
    b'{"schema":{"1":{"number":1}},"documents":{"1":{"key":"technician","value":{"pin":"x","n":[1,2.5,null]}}}}',
    b'{"schema":{"1":{"number":2}},"documents":{"1":{"key":"a","value":1},"2":{"key":"b","value":{"c":{"d":[]}}}}}',
)  # fmt: skip

PRINTED: Corpus = (
    b"\x1b@\x1c&\x1ba\x01\x1d!\x11\xba\xcf\xbc\xc6\n\x1d!\x00 1.00\n\x1bd\x03\x1dVA\x00\x1dr\x01",
    b"\x1dk\x04R261123\x00\x1dkI\x05{A123\x1dv0\x00\x01\x00\x02\x00\xff\x00\x1b*\x21\x01\x00abc\x1bp\x002 ",
    b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x05\x10\x04\x01\x10\x14\x01\x00\x05", *frames_of("escpos_lib"),
)  # fmt: skip

SHOWN: Corpus = (*frames_of("display"), b"\x0c\x1bQA12.50\r\x1bs2", b"\x1b@\x1bl\x01\x02abc\x1f$\x01\x02\x1fX\x04")

FRAMES: Corpus = tuple(
    bytes((number,)) + octets
    for number in range(14)
    for octets in (
        b"\x12",
        *frames_of("escpos_asb", "hidpos", "display", "scancmd")[:9],
        *lists_of("evdev", "time")[:2],
    )
)
"""First octet: which protocol."""

KEY_PAIRS: Corpus = tuple(
    b"".join(bytes((code & 0xFF, code >> 8 | value << 1)) for code, value in v["input_events"])
    for v in _vectors() if v["area"] == "evdev" and "input_events" in v
)  # fmt: skip
"""Key code and value in two octets."""

EVENTS: Corpus = tuple(json.dumps(event(1, kind=kind), ensure_ascii=False).encode() for kind in BODIES)

WOUNDS: Corpus = (
    b"\x00\x10\x00\x20", b"\x00\x00\x40\x90\x00\x60\x00\xc0", b"\x01\x20\x00\xd4\x00\x30\x10\xff", b"\x00\x00\x00\x81",
    bytes(range(1, 49)), b"\x00\x00\x64\x7f\x00\x20\x00\xb0", b"\x02\x00\x00\xfa",
)  # fmt: skip
"""See `fuzz_files.wounded`."""

COUNTER_CODES = (
    *(scan.decode("utf-8", "replace") for scan in SCANS[:8]), *(f"69012345678{digit}" for digit in "012345"),
    *(card_code(number) for number in (101, 102, 104, 105, 106, 109, 111, 121, 125, 163, 181, 182, 190)),
)  # fmt: skip

BADGES: Corpus = (b"OMFRGGZDFMZTWQ2LKNNWG23TPOA", b"OAAAAAAAAAAAAAAAAAAAAAAAAAB", b"O234567", b"ZZ2011", b"ZZ2028")
BADGE_DOCUMENTS: Corpus = (
    b'{"hash":"%s","role":"owner","name":"x","issued_at":"2026-11-23T00:00:00+00:00"}' % (b"a" * 64),
    b'{"hash":"%s","role":"courier","name":"x","issued_at":"2026-11-23T00:00:00+00:00","days":3}' % (b"b" * 64),
    b'{"role":"technician","name":"x","expires_at":"2026-11-23T00:00:00+08:00","badge":"0123456789ab"}',
)
CARDS: Corpus = (
    b'[101]\nzh-CN = "x"\n', b'[150]\nleft_out = true\n', b'[121]\nvalue = 7\n[220]\nkey = "5"\n',
    b'[300]\nzh-CN = "a"\nen = "b"\nzone = "red"\nicon = "stop"\nverb = "stop"\nstrip = true\n',
)  # fmt: skip

KEY_PRESSES: Corpus = tuple(bytes(range(start, start + 30)) for start in range(0, 220, 10))

COMMANDS: Corpus = (
    b"decode scan 6901234567892 --mode open", "decode scan '合计 \udcff'".encode("utf-8", "surrogateescape"),
    b"decode frame escpos_rt 12 --request '10 04 01'", b"decode frame evdev '[[42, 1], [21, 1]]'",
    b"decode frame gb18030 abc", b"journal --config shop.toml --since 5 --stream tx --verify",
    b"catalogue import --config shop.toml goods.csv", b"receipt --config shop.toml 261123-1-0001 --png out.png",
    b"--version", b"-h", b"decode frame display 0c31",
)  # fmt: skip

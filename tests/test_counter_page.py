"""The counter page over HTTP, with the real device models on real ptys and sockets, without a terminal or a browser."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from page_bench import PATIENCE_S, Counter, open_counter, read_serial
from PIL import Image

from edge.clock import SystemClock
from edge.codec.command_card import card_code
from edge.codec.escpos import encode_slip, paper_of
from edge.codec.gtin import is_gtin
from edge.codec.input_event import EV_KEY, SIZE_64, InputEventDecoder
from edge.codec.keyboard import NUMERIC_PAD, PRESS, RELEASE
from edge.codec.paycode import channels
from edge.errors import SettingsError
from edge.model.slip import QrCode, Slip, Text
from edge.sim.counter.bench import Bench
from edge.sim.counter.customers import PHONES
from edge.sim.counter.goods import cards, goods, labels, stranger
from edge.sim.counter.leash import Launcher, edge_command, edge_environment
from edge.sim.counter.shop import Plan, Shop
from edge.sim.counter.shop_file import TID
from edge.sim.counter.terminal import Talk, TerminalProcess

RECEIPT = b"\x1b@\x1c&" + "可乐 330ml  3.50\n合计 3.50\n".encode("gb18030") + b"\x1dVB\x00"
CUT_WORDS = ("可乐", "合计")


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with open_counter(tmp_path) as counter:
        yield counter


def print_on(counter: Counter, octets: bytes) -> None:
    cables = counter.shop.bench.cables
    with socket.create_connection(("127.0.0.1", int(cables.printer.rpartition(":")[2])), PATIENCE_S) as printer:
        printer.sendall(octets)
        counter.until(lambda state: state["slips"] and not state["hanging"])


def test_the_page_and_its_files_are_served_and_ask_nothing_from_outside(counter: Counter) -> None:
    for path in ("", "counter.css", "counter.js", "station.css", "station.js", "desk.css", "desk.js"):
        text = counter.get(path).decode()
        assert "https://" not in text
    assert b"counter.js" in counter.get("")


def test_the_shelf_has_goods_with_sound_codes_and_the_cards(counter: Counter) -> None:
    shelf = json.loads(counter.get("shelf"))
    assert len(shelf["goods"]) > 35
    assert all(is_gtin(good["code"]) and good["name_en"].isascii() for good in shelf["goods"])
    heaps = {card["code"]: card["heap"] for card in shelf["cards"]}
    for number in (101, 103, 110, 128, 206, 241, 242, 243, 244, 245):
        assert card_code(number) in heaps
    script = counter.get("counter.js").decode()
    tabs = re.findall(r"heaps: \{(.*?)\}", script)
    assert len(tabs) == 2
    assert all(set(re.findall(r"(\w+): \"", tab)) | {"stop", "parcels"} == set(heaps.values()) for tab in tabs)
    assert is_gtin(shelf["stranger"]) and shelf["stranger"] not in [good["code"] for good in shelf["goods"]]


def test_a_customers_phone_shows_a_new_code_each_time(counter: Counter) -> None:
    for phone in json.loads(counter.get("shelf"))["phones"]:
        assert counter.post("phone", {"digits": phone["digits"]}) == (200, "")
    lines = read_serial(counter.shop.bench.cables.scanner, 19 * len(PHONES)).split()
    assert [line[-2:].decode() for line in lines] == [phone.digits for phone in PHONES]
    assert len(set(lines)) == len(PHONES) and all(channels(line.decode()) == ("alipay",) for line in lines)


def test_money_sent_to_the_code_on_the_wall_is_an_order_of_the_cloud(counter: Counter) -> None:
    assert counter.post("wall", {"amount": 350}) == (200, "")
    with closing(sqlite3.connect(counter.shop.cloud_file)) as database:
        [(tid, body, state)] = database.execute("SELECT tid, body, state FROM command").fetchall()
    assert (tid, state) == (TID, "new") and json.loads(body)["args"]["amt"] == 350


def test_a_click_on_a_good_goes_through_the_serial_line(counter: Counter) -> None:
    code = goods()[0].code
    assert counter.post("scan", {"code": code}) == (200, "")
    assert read_serial(counter.shop.bench.cables.scanner, 14) == code.encode() + b"\r"


def test_a_key_is_a_press_and_a_release_of_the_real_pad(counter: Counter) -> None:
    assert counter.post("key", {"key": "7"}) == (200, "")
    events = InputEventDecoder(SIZE_64).feed(read_serial(counter.shop.bench.cables.keypad, 6 * SIZE_64))
    keys = [event for event in events if event.type == EV_KEY]
    assert [NUMERIC_PAD[event.code] for event in keys] == ["7", "7"]
    assert [event.value for event in keys] == [PRESS, RELEASE]


def test_the_display_shows_the_bytes_that_it_was_sent(counter: Counter) -> None:
    descriptor = os.open(counter.shop.bench.cables.display, os.O_RDWR | os.O_NOCTTY)
    os.write(descriptor, b"\x1b@\x1bQA" + "合计 3.50".encode("gb18030") + b"\r")
    state = counter.until(lambda state: "合计" in state["display"][0])
    os.close(descriptor)
    assert state["display"][0].rstrip() == "合计 3.50"


def test_a_receipt_is_a_picture_of_the_printed_bytes(counter: Counter) -> None:
    print_on(counter, RECEIPT)
    assert counter.state()["slips"] == [1]
    picture = Image.open(io.BytesIO(counter.get("slip/1.png")))
    assert picture.width > 384
    assert all(word in counter.shop.bench.slips()[0].text for word in CUT_WORDS)


def test_the_paper_of_yesterday_still_lies_there(counter: Counter, tmp_path: Path) -> None:
    print_on(counter, RECEIPT)
    again = Bench(tmp_path / "dev")
    assert [slip.text for slip in again.slips()] == [slip.text for slip in counter.shop.bench.slips()]


def test_the_code_on_a_slip_is_scanned_by_a_click_on_it(counter: Counter) -> None:
    code = "OWLZJDTJSVATXV4HWXHAFBL5GVU"
    print_on(counter, b"\x1b@" + encode_slip(Slip((Text("x"), QrCode(code))), paper_of(58)))
    (number,) = counter.state()["slips"]
    assert counter.post("scan", {"slip": number}) == (200, "")
    assert read_serial(counter.shop.bench.cables.scanner, 28) == code.encode() + b"\r"
    assert counter.post("scan", {"slip": 99}) == (409, "there is nothing to scan on it")


def test_the_cover_opens_in_the_middle_of_a_receipt_when_asked(counter: Counter) -> None:
    counter.post("switch", {"name": "trap", "on": True})
    lines = b"".join(b"line %d\n" % n for n in range(20))
    port = int(counter.shop.bench.cables.printer.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as printer:
        printer.sendall(b"\x1b@" + lines)
        state = counter.until(lambda state: state["printer"]["cover_open"])
    assert 0 < state["hanging"] < 20
    counter.post("switch", {"name": "cover", "on": False})
    assert counter.until(lambda state: not state["printer"]["cover_open"])["slips"] == [1], "torn off"


@pytest.mark.parametrize("on", [False, True])
def test_each_switch_is_seen(counter: Counter, on: bool) -> None:
    seen: dict[str, Callable[[dict[str, Any]], bool]] = {
        "paper": lambda state: state["printer"]["paper_out"] is not on,
        "cover": lambda state: state["printer"]["cover_open"] is on,
        "scanner": lambda state: state["scanner"] is on,
        "scale": lambda state: state["scale"]["on"] is on,
    }
    for name, holds in seen.items():
        assert counter.post("switch", {"name": name, "on": on}) == (200, "")
        counter.until(holds)


def test_goods_are_put_on_the_scale_and_its_display_shows_them(counter: Counter) -> None:
    assert counter.post("load", {"grams": 585}) == (200, "")
    state = counter.until(lambda state: state["scale"]["text"] == "0.585" and not state["scale"]["moving"])
    assert state["scale"]["on"]
    counter.post("load", {"grams": 16_000})
    counter.until(lambda state: state["scale"]["text"] == "-----")
    counter.post("load", {"grams": 0})
    assert counter.until(lambda state: state["scale"]["text"] == "0.000")["scale"]["on"]


def test_a_label_on_the_shelf_is_of_goods_that_are_there(counter: Counter) -> None:
    names = {good.name for good in goods()}
    assert labels()
    assert all(is_gtin(label.code) and label.name in names for label in labels())


def test_a_pulled_scanner_says_so(counter: Counter) -> None:
    link = counter.shop.bench.cables.scanner
    counter.post("switch", {"name": "scanner", "on": False})
    assert not link.exists()
    assert counter.post("scan", {"code": "1"}) == (409, "the scanner is not plugged in")


def test_the_drawer_is_pushed_shut(counter: Counter) -> None:
    with counter.shop.bench.at_the_printer() as printer:
        printer.drawer.pull_open()
    assert counter.until(lambda state: state["drawer"]["open"])["drawer"]["open"]
    counter.post("switch", {"name": "drawer", "on": False})
    assert not counter.until(lambda state: not state["drawer"]["open"])["drawer"]["open"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("scan", {"code": ""}, 409), ("scan", {"code": 7}, 409), ("scan", [], 400), ("scan", b"{", 400),
        ("phone", {"digits": "x"}, 409), ("wall", {"amount": 0}, 409), ("wall", {"amount": True}, 409),
        ("scan", b" " * 20_000, 400), ("key", {"key": "F1"}, 409), ("switch", {"name": "moon", "on": True}, 409),
        ("switch", {"name": "paper", "on": "yes"}, 409), ("scan", b"[" * 10_000, 400),
        ("scan", b'{"code":"\\ud800"}', 400), ("load", {"grams": -5}, 409), ("load", {"grams": True}, 409),
        ("load", {"grams": 20_001}, 409), ("load", {"grams": "1 kg"}, 409),
    ],
)  # fmt: skip
def test_nonsense_is_refused(counter: Counter, path: str, body: object, status: int) -> None:
    assert counter.post(path, body)[0] == status


def test_what_is_refused_is_told_in_the_language_of_the_page(counter: Counter) -> None:
    print_on(counter, b"no code on this one\n\x1dV\x00")
    script = counter.get("counter.js").decode()
    slip = counter.until(lambda state: state["slips"])["slips"][-1]
    posts = [("scan", {"code": ""}), ("scan", {"slip": slip}), ("phone", {"digits": "x"}), ("key", {"key": "F1"}),
             ("wall", {"amount": 100_000_000})]  # fmt: skip
    counter.post("switch", {"name": "scanner", "on": False})
    for path, body in [*posts, ("scan", {"code": "1"})]:
        status, said = counter.post(path, body)
        assert (status, f'"{said}": "' in script) == (409, True), said


def test_another_site_can_neither_post_nor_be_this_host(counter: Counter) -> None:
    assert counter.post("scan", b"code=1", kind="application/x-www-form-urlencoded")[0] == 415
    assert counter.post("scan", {"code": "1"}, host="evil.example")[0] == 400


def test_there_is_no_slip_that_was_not_printed(counter: Counter) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        counter.get("slip/7.png")


def test_a_second_demo_in_one_folder_is_told_so(counter: Counter, tmp_path: Path) -> None:
    second = Shop(Plan(folder=tmp_path, web_port=1), SystemClock(), lambda line: None)
    with pytest.raises(SettingsError, match="another demo has this folder open"):
        second.open_folder()
    second.close()


def test_a_taken_port_is_one_line_that_names_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = edge_command("demo", "--port", str(port), "--folder", str(tmp_path))
        result = subprocess.run(command, capture_output=True, text=True, timeout=30, env=edge_environment())
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"port {port} is taken" in result.stderr


def test_speech_and_sales_are_read_from_the_terminals_lines() -> None:
    shown: list[str] = []
    talk = Talk(shown.append)
    talk.hear("05:43:21+0800 edge.voice: sale.change 收您二十元，找您六元")
    talk.hear("05:43:21+0800 edge.sale: sale 261123-1-0001 ¥14.00 3 lines, journal 17, 2.5 ms")
    talk.hear("05:43:21+0800 edge.worker: counter_scanner: open")
    assert (talk.sentences[0].prompt, talk.sentences[0].text) == ("sale.change", "收您二十元，找您六元")
    assert (talk.sales[0].receipt, talk.sales[0].n, talk.sales[0].ms) == ("261123-1-0001", 17, 2.5)
    assert len(shown) == 3


def test_every_card_and_good_has_a_code_of_its_own() -> None:
    codes = [good.code for good in goods()] + [card.code for card in [*cards(), *labels()]] + [stranger()]
    assert len(codes) == len(set(codes))


def test_what_the_loudspeaker_plays_is_heard_on_the_page_while_it_plays(counter: Counter) -> None:
    shop, tone = counter.shop, bytes(range(1, 251)) * 20
    with urllib.request.urlopen(f"{counter.url}sound", timeout=PATIENCE_S) as sound:
        address = ("127.0.0.1", int(shop.bench.cables.speaker.rpartition(":")[2]))
        with socket.create_connection(address, PATIENCE_S) as speaker:
            speaker.sendall(tone)
            assert sound.read(len(tone)) == tone


def test_a_loudspeaker_that_is_let_go_of_drops_what_it_holds(counter: Counter) -> None:
    bench, clock, rest = counter.shop.bench, SystemClock(), threading.Event()
    address = ("127.0.0.1", int(bench.cables.speaker.rpartition(":")[2]))
    with socket.create_connection(address, PATIENCE_S) as speaker:
        speaker.sendall(b"\x01\x10" * 10_000)
    deadline = clock.mono() + PATIENCE_S
    while not (bench.speaker.heard and bench.speaker.heard[0].cut_mono) and clock.mono() < deadline:
        rest.wait(0.01)
    assert bench.speaker.heard[0].cut_mono is not None
    assert bench.speaker.heard[0].seconds < 0.4


def test_a_terminal_that_is_killed_in_the_middle_of_its_answer_has_none(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"
    with socket.create_server(("127.0.0.1", 0)) as page:

        def answer() -> None:
            peer, _ = page.accept()
            with peer:
                peer.recv(4096)
                peer.sendall(half)

        answering = threading.Thread(target=answer)
        answering.start()
        launcher, talk = Launcher(), Talk(lambda _: None)
        terminal = TerminalProcess(launcher, tmp_path, page.getsockname()[1], talk, SystemClock())
        assert terminal.health() is None
        answering.join()
        launcher.close()

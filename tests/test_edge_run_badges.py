"""The owner's card on a real till: `edge badge`, a scanner on a pty, a printer, a broker, kill -9."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from broker_ear import Ear
from conftest import Mosquitto
from PIL import Image
from pyzbar.pyzbar import decode
from shop_bench import COLA, TID, Shop, shop_on, until

from edge.__main__ import main
from edge.clock import SystemClock, iso_ms
from edge.codec.badge import badge_id, new_badge_code
from edge.codec.command_card import card_code
from edge.codec.json_text import compact
from edge.codec.topics import Down, Topics
from edge.model.ids import uuid7

TECHNICIAN, ENTER = card_code(204), card_code(233)


@pytest.fixture
def shop(broker: Mosquitto, tmp_path: Path) -> Iterator[Shop]:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        yield shop


def owners_card(shop: Shop) -> str:
    """Issued by the command line; its code, as a scanner reads it off the paper."""
    png = shop.folder / "owner.png"
    words = ["badge", "issue", "--config", str(shop.config), "--role", "owner", "--name", "王姐", "--png", str(png)]
    assert main(words) == 0
    with Image.open(png) as picture:
        (found,) = decode(picture.convert("L"))
    return str(found.data.decode())


def scan_and_hear(shop: Shop, code: str, prompt: str) -> None:
    before = len(shop.terminal.said(f" {prompt} "))
    shop.devices.scan(code)
    until(lambda: len(shop.terminal.said(f" {prompt} ")) > before, f"it says {prompt}")


def order(ear: Ear, kind: str, args: dict[str, object]) -> None:
    """What the cloud would send, and the answer."""
    now, answers = SystemClock().wall(), len(ear.messages("/up/res"))
    command = {"v": 1, "tid": TID, "cid": uuid7(now, Random()), "type": kind, "iat": iso_ms(now), "ttl_s": 60,
               "args": args, "by": "ops@cloud"}  # fmt: skip
    ear.say(Topics().down(TID, Down.CMD), compact(command).encode())
    until(lambda: len(ear.messages("/up/res")) > answers, f"{kind} is answered")
    assert ear.messages("/up/res")[-1]["state"] == "done"


def test_the_owners_card_opens_once_after_enter_and_a_kill_forgets_it(shop: Shop) -> None:
    code = owners_card(shop)
    shop.open()
    scan_and_hear(shop, TECHNICIAN, "owner.first")
    scan_and_hear(shop, code, "owner.armed")
    scan_and_hear(shop, TECHNICIAN, "technician.q")
    assert "technician.slip" not in shop.terminal.text
    scan_and_hear(shop, ENTER, "technician.slip")
    scan_and_hear(shop, COLA, "item.added")
    scan_and_hear(shop, code, "owner.armed")
    shop.terminal.kill()
    shop.open()
    scan_and_hear(shop, TECHNICIAN, "owner.first")
    assert shop.books.basket == 1
    assert [row["data"]["role"] for row in shop.books.journal() if row["type"] == "auth.ok"] == ["owner", "owner"]


@pytest.mark.slow
def test_the_cloud_issues_and_revokes_while_it_sells(shop: Shop, broker: Mosquitto) -> None:
    with Ear(broker.port) as ear:
        shop.cloud.start()
        shop.open()
        until(lambda: shop.health().get("link") == "online", "it is welcomed")
        code = new_badge_code(Random(9))
        scan_and_hear(shop, code.text, "badge.unknown")
        order(ear, "card.issue", {"role": "owner", "name": "王姐", "hash": code.hash})
        scan_and_hear(shop, COLA, "item.added")  # the same code again at once would be a double read
        scan_and_hear(shop, code.text, "owner.armed")
        order(ear, "card.revoke", {"badge": badge_id(code.hash)})
        scan_and_hear(shop, COLA, "item.added")
        scan_and_hear(shop, code.text, "badge.revoked")
        shop.terminal.kill()
        shop.open()
        scan_and_hear(shop, code.text, "badge.revoked")
        shop.sell(COLA)
        until(shop.synced, "the outbox is empty")
    assert {"card.issued", "card.revoked", "auth.ok", "auth.failed"} <= {row.type for row in shop.cloud_rows()}


def test_a_new_shop_prints_its_owners_card_beside_the_technicians_slip(shop: Shop) -> None:
    shop.open()
    until(lambda: [row for row in shop.books.journal() if row["type"] == "card.issued"], "the card is issued")
    until(lambda: len(shop.books.rows("SELECT 1 FROM print_job WHERE state = 'printed'")) == 2, "both are printed")
    assert shop.books.rows("SELECT slip FROM print_job WHERE slip IS NOT NULL") == []

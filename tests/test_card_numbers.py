"""Numbers of bank cards that somebody scans or keys in stand nowhere afterwards (checklist rows 27 and 28)."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from counter_bench import COLA
from link_bench import LinkBench

UNIONPAY = "6222021234567890128"
"""Of 19 digits: no till can tell it from a payment code of UnionPay, which must go to the cloud to be paid with."""
CARDS = ("4111111111111111", "5555555555554444", "378282246310005", "6222020000000007", UNIONPAY)
"""Test numbers, each with its right check digit."""


def spelt(card: str) -> list[bytes]:
    grouped = " ".join(card[at : at + 4] for at in range(0, len(card), 4))
    texts = (card, grouped, grouped.replace(" ", "-"))
    return [text.encode(code) for text in texts for code in ("ascii", "utf-16-le")]


def found(octets: bytes) -> list[str]:
    return [card for card in CARDS if any(one in octets for one in spelt(card))]


@pytest.mark.parametrize("ends", ["power cut", "clean"])
def test_a_card_that_is_shown_or_keyed_is_in_no_file_message_slip_or_log(
    ends: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shop = LinkBench(tmp_path / "shop")
    shop.go_online()
    for card in CARDS:
        shop.scan(card)
        shop.scan(COLA)
        shop.scan(card)
        shop.keys(card)
        shop.scan("ZZ1021")
        shop.scan(f";{card}=29121010000012345678?")
        shop.scan(f"%B{card}^DOE/JOHN^2912101?")
    shop.pass_s(30)
    if ends == "clean":
        shop.restart()
        shop.pass_s(5)
    files = [file for file in (tmp_path / "shop").rglob("*") if file.is_file()]
    assert any(file.name == "ledger.db" for file in files)
    assert {file.name: cards for file in files if (cards := found(file.read_bytes()))} == {}
    assert found(caplog.text.encode()) == []
    sent = [(leaf, card) for leaf in ("tx", "pk", "ev", "req") for one in shop.sent(leaf) for card in found(_text(one))]
    assert set(sent) == {("req", UNIONPAY)}
    assert found("\n".join(str(job.slip) for job in shop.printed).encode()) == []


def _text(message: object) -> bytes:
    return str(message).encode()

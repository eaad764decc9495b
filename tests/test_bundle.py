"""The file for whoever helps: all that tells what ails a box, no secret and nobody's data (product row 109)."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from keep_bench import Box, write_settings

from edge.config import load_settings
from edge.errors import DiskFull
from edge.keeping import keep_ways
from edge.model.masking import without_persons
from edge.model.secrecy import HIDDEN, text_without_secrets, without_secrets
from edge.off_stick import OffStick
from edge.outgoing import what_ails
from edge.outside import Outside
from edge.store.bundles import Bundles
from edge.store.disk import Disk, Space
from edge.store.queries import LedgerQueries

PHONE, RESIDENT, CARD = "13812345678", "11010519491231002X", "6222021234567890128"
"""What is a bank card's by its check digit."""


def bundle_of(box: Box) -> dict[str, str]:
    settings, data_dir = box.terminal.settings, box.folder / "data"
    queries = LedgerQueries(data_dir / "ledger.db")
    ways = keep_ways(settings, Outside(clock=box.clock),
                     lambda: what_ails(settings, queries, box.terminal.snapshot, {"disk_free_mb": 900}),
                     OffStick(box.terminal.bus.post, box.terminal.jobs.submit, box.terminal.jobs.submit))  # fmt: skip
    path = Path(ways.bundle("a"))
    assert path.stat().st_size < 20 * 1024 * 1024
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def test_it_holds_what_ails_a_box_and_neither_secrets_nor_persons(tmp_path: Path) -> None:
    box = Box(tmp_path / "shop")
    logs = tmp_path / "shop/data/logs"
    logs.mkdir(parents=True, exist_ok=True)
    lines = [
        "2026-11-23T03:00:00.000Z INFO edge: a customer of " + PHONE, "2026-11-23T03:00:01.000Z INFO edge: " + RESIDENT,
        "2026-11-23T03:00:02.000Z ERROR edge: mqtts://u:hunter22@cloud.example",
        "2026-11-23T03:00:03.000Z ERROR edge: -----BEGIN EC PRIVATE KEY----- MHcCAQEE -----END EC PRIVATE KEY-----",
    ]  # fmt: skip
    old = "2026-11-10T03:00:00.000Z INFO edge: long ago\n"
    (logs / "terminal.log").write_text(old + "\n".join(lines) + "\n", encoding="utf-8")
    box.start()
    box.sell(2)
    try:
        parts = bundle_of(box)
    finally:
        box.off()
    assert parts.keys() == {
        "settings.json", "state.json", "journal.json", "machine.json", "versions.json", "devices.json", "commands.json",
        "terminal.log",
    }  # fmt: skip
    whole = "\n".join(parts.values())
    assert without_persons(whole) == whole and "hunter22" not in whole and "MHcCAQEE" not in whole
    assert "long ago" not in whole and "可口可乐" not in whole, "of a sale nothing but that there was one"
    assert json.loads(parts["versions.json"])["edge"] and json.loads(parts["machine.json"]) == {"disk_free_mb": 900}
    assert any(row["type"] == "sale.completed" for row in json.loads(parts["journal.json"]))


@pytest.mark.parametrize(("told", "shown"), [
    ({"password": "hunter22"}, {"password": HIDDEN}), ({"api_key": "k"}, {"api_key": HIDDEN}),
    ({"key_file": "/a/key.pem"}, {"key_file": "/a/key.pem"}), ({"pin": "1"}, {"pin": HIDDEN}),
    ({"key": "cloud.password", "value": "hunter22"}, {"key": "cloud.password", "value": HIDDEN}),
    ({"key": "terminal.tid", "value": "T7K3M9Q2"}, {"key": "terminal.tid", "value": "T7K3M9Q2"}),
    (["mqtts://a:b@c/"], [f"mqtts://{HIDDEN}@c/"]),
    ({"n": 7, "ok": True, "none": None}, {"n": 7, "ok": True, "none": None}),
    ({"a": {"token": ["x"]}}, {"a": {"token": [HIDDEN]}}),
])  # fmt: skip
def test_what_opens_something_is_hidden_by_its_name_or_its_look(told: object, shown: object) -> None:
    assert without_secrets(told) == shown


def test_a_text_in_which_nothing_is_secret_stays_as_it_is() -> None:
    text = "2026-11-23T03:00:00.000Z INFO edge.sale: sale 261123-1-0001 ¥3.50 1 lines, journal 5, 1.2 ms"
    assert text_without_secrets(text) == text and not re.search("hidden", text)


def test_one_file_is_kept_of_each_who_makes_them_and_none_is_begun_without_room(tmp_path: Path) -> None:
    class Small(Disk):
        def space(self, folder: Path) -> Space:
            return Space(total=2**30, free=2**20)

    for name in ("page-a.zip", "stick.zip", "page-b.zip", "stick.zip"):
        before = "stick.zip" if name == "stick.zip" else "page-*.zip"
        Bundles(tmp_path).for_a_person(name, {"x": 1}, before=before, since="", max_octets=1_000)
    kept = sorted(path.name for path in (tmp_path / "outgoing").iterdir())
    assert kept == ["page-b.zip", "stick.zip"], "two threads make them: neither takes the other's away"
    with pytest.raises(DiskFull):
        Bundles(tmp_path, Small()).for_a_person("page-c.zip", {"x": 1}, before="page-*.zip", since="", max_octets=1_000)


def test_what_the_cloud_gets_of_a_device_has_no_secret_in_it(tmp_path: Path) -> None:
    box = Box(tmp_path / "shop")
    box.start()
    box.off()
    more = '[devices.receipt_printer]\ndriver = "printer_escpos"\nport = "tcp://admin:hunter22@printer.example:9100"\n'
    settings = load_settings(write_settings(tmp_path / "shop", more=more))
    told = what_ails(settings, LedgerQueries(box.books.path), None, {})
    assert "printer_escpos" in str(told["devices"]) and "hunter22" not in str(told["devices"])

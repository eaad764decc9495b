"""A wrong line in the shop's own file of platforms, or in its booklet, does not keep the shop from selling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Mosquitto
from shop_bench import WATER, shop_on, until

from edge.cli.check import check
from edge.config import Settings, load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.errors import SettingsError
from edge.messages import Say
from edge.terminal import Terminal

SHOP = '[terminal]\ntid = "T7K3M9Q2"\nstore = "S-1"\ndata_dir = "./data"\n[platforms]\nprofile = "own.toml"\n'
FERRY = '[services.FERRY]\nzh-CN = "渡轮票"\nen = "Ferry"\nkind = "order"\nmin_fen = 500\nmax_fen = 900\n'
NAMES = '[texts]\nzh-CN = "本店"\nen = "Own"\n'
BOOKLET = "gtin,name,price_fen,days,offer\n6901230000003,电饭锅,4900,3,FERRY\n"


def shop(folder: Path, own: str, booklet: str = "") -> Settings:
    (folder / "own.toml").write_text(own, encoding="utf-8")
    text = SHOP
    if booklet:
        (folder / "booklet.csv").write_text(booklet, encoding="utf-8")
        text += '[orders]\nbooklet = "booklet.csv"\n'
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    return load_settings(folder / "shop.toml", load_driver)


def started(settings: Settings) -> tuple[Terminal, list[str]]:
    terminal, said = build(settings), list[str]()
    terminal.bus.route(Say, lambda say: said.append(say.prompt))
    terminal.start()
    terminal.bus.run_pending()
    return terminal, said


def told(terminal: Terminal) -> list[dict[str, Any]]:
    rows = terminal.ledger._connection.execute("SELECT body FROM journal WHERE type = 'platform.refused'").fetchall()
    return [json.loads(body) for (body,) in rows]


def problems(terminal: Terminal) -> tuple[str, ...]:
    assert terminal.snapshot is not None
    return terminal.snapshot.problems


def test_a_wrong_line_of_the_platform_file_leaves_the_file_out_and_is_told(tmp_path: Path) -> None:
    terminal, said = started(shop(tmp_path, NAMES + FERRY.replace("500", '"5"')))
    try:
        assert told(terminal) == [
            {"file": "own.toml", "line": 8, "what": "'min_fen' in [services.FERRY] is wrong",
             "expected": "fen, 0 to 99999999", "got": '"5"'}
        ]  # fmt: skip
        assert said.count("file.wrong") == 1
        (problem,) = (one for one in problems(terminal) if "own.toml" in one)
        assert "line 8" in problem and 'got "5"' in problem and str(tmp_path) not in problem
    finally:
        terminal.close()


@pytest.mark.parametrize("own", ["[services.FERRY\n", "", "[nothing]\n", "\x00"])
def test_whatever_is_wrong_in_it_the_platforms_that_ship_are_there(tmp_path: Path, own: str) -> None:
    settings = shop(tmp_path, own or NAMES)
    if not own:
        (tmp_path / "own.toml").unlink()
    terminal, said = started(settings)
    try:
        assert [row["file"] for row in told(terminal)] == ["own.toml"] and "file.wrong" in said
    finally:
        terminal.close()


def test_a_booklet_of_a_service_that_is_left_out_is_left_out(tmp_path: Path) -> None:
    terminal, said = started(shop(tmp_path, NAMES + FERRY.replace("500", '"5"'), BOOKLET))
    try:
        assert [(row["file"], row["line"]) for row in told(terminal)] == [("own.toml", 8), ("booklet.csv", 2)]
        assert "FERRY" in str(told(terminal)[1])
        assert said.count("file.wrong") == 1
    finally:
        terminal.close()


def test_files_that_are_right_are_nothing_to_tell(tmp_path: Path) -> None:
    terminal, said = started(shop(tmp_path, NAMES + FERRY, BOOKLET))
    try:
        assert told(terminal) == [] and "file.wrong" not in said and not problems(terminal)
    finally:
        terminal.close()


def test_edge_check_is_strict_about_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop(tmp_path, NAMES + FERRY.replace("500", '"5"'))
    with pytest.raises(SettingsError, match=r"own.toml line 8"):
        check(str(tmp_path / "shop.toml"))
    assert "settings: NOT good" in capsys.readouterr().out.splitlines()[-1]


def test_the_settings_themselves_stay_fatal(tmp_path: Path) -> None:
    shop(tmp_path, NAMES)
    (tmp_path / "shop.toml").write_text(SHOP.replace("profile", "profil"), encoding="utf-8")
    with pytest.raises(SettingsError, match="profil"):
        load_settings(tmp_path / "shop.toml", load_driver)


def test_edge_run_sells_for_cash_with_a_typo_in_the_platform_file(broker: Mosquitto, tmp_path: Path) -> None:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        own = shop.config.parent / "own.toml"
        own.write_text(NAMES + FERRY.replace("min_fen", "minfen"), encoding="utf-8")
        text = shop.config.read_text(encoding="utf-8")
        shop.config.write_text(text + f'\n[platforms]\nprofile = "{own}"\n', encoding="utf-8")
        shop.terminal.start()
        shop.sell(WATER)
        rows = [row for row in shop.books.journal() if row["type"] in ("platform.refused", "sale.completed")]
        until(lambda: len(rows) >= 2, "the sale and what is wrong are journaled")
        assert {row["type"] for row in rows} == {"platform.refused", "sale.completed"}

"""The daemon itself: cards for the bank and for loans are taken up, and say no without a licence."""

from __future__ import annotations

from pathlib import Path

from counter_bench import TID

from edge.codec.command_card import card_code
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import ScanData, Speech, Started
from edge.outside import Outside

SHOP = f"""
[terminal]
tid = "{TID}"
store = "S-1"
data_dir = "data"
[cloud]
url = "mqtt://127.0.0.1:1883"
"""


def test_without_a_licence_the_cards_say_so_and_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(SHOP)
    terminal = build(load_settings(tmp_path / "shop.toml", load_driver), Outside())
    said = list[Speech]()
    terminal.bus.route(Speech, said.append)
    terminal.bus.post(Started())
    terminal.bus.run_pending()
    for number in (150, 153, 154):
        said.clear()
        terminal.bus.post(ScanData("scanner", card_code(number), terminal.clock.mono()))
        terminal.bus.run_pending()
        assert said[-1].text == "没有平台许可，不能办", number
    terminal.close()

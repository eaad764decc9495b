"""Settings from the cloud with real processes: one that is good, one with which the terminal cannot start (P14)."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Mosquitto
from shop_bench import TID, WATER, Shop, disagreements, shop_on, until

from edge.cli.check import check
from edge.reference_cloud.main import run


def told(shop: Shop, capsys: pytest.CaptureFixture[str]) -> str:
    run(["config", TID, "--db", str(shop.cloud_file)])
    return capsys.readouterr().out


@pytest.mark.slow
def test_a_box_takes_good_settings_and_frees_itself_of_bad_ones(
    broker: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad, wrong = tmp_path / "good.toml", tmp_path / "bad.toml", tmp_path / "wrong.toml"
    good.write_text('[receipt]\nfooter = ["欢迎再来"]\n', encoding="utf-8")
    bad.write_text('[voice]\npack = "nowhere"\n', encoding="utf-8")
    wrong.write_text('[receipt]\nfooters = ["欢迎再来"]\n', encoding="utf-8")
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        words = ["config", TID, "--db", str(shop.cloud_file)]
        shop.cloud.start()
        shop.open()
        until(lambda: shop.health()["link"] == "online", "the cloud is there")
        assert run([*words, str(good), "--confirm", "60"]) == 0
        until(lambda: "version 1: in force" in told(shop, capsys), "it is in force", patience_s=60)
        assert run([*words, str(bad), "--confirm", "60"]) == 0
        until(lambda: "version 2: refused" in told(shop, capsys), "it was left out", patience_s=60)
        assert run([*words, str(wrong)]) == 0
        until(lambda: "version 3: refused" in told(shop, capsys), "it was refused", patience_s=60)
        assert "footers" in told(shop, capsys)
        until(lambda: shop.health()["ready"] and shop.health()["link"] == "online", "it is reachable")
        shop.sell(WATER)
        until(lambda: "欢迎再来" in "".join(slip.text for slip in shop.devices.slips), "the footer is printed")
        assert check(str(shop.config)) == 0
        assert "the cloud's settings 1" in capsys.readouterr().out
        until(shop.synced, "all is told")
        assert disagreements(shop) == []

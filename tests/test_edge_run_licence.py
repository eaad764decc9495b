"""A licence with real processes: issued and withdrawn by the command line, kept over kill -9, shown by `edge check`."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Mosquitto
from shop_bench import TID, Shop, shop_on, until

from edge.cli.check import check
from edge.config import load_settings
from edge.reference_cloud.main import run


def worth(shop: Shop) -> list[str]:
    return [worth for platform, _, worth in shop.health()["licences"] if platform == "jd"]


@pytest.mark.slow
def test_a_licence_reaches_the_real_till_survives_a_kill_and_is_withdrawn(
    broker: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, public = tmp_path / "jd.key", tmp_path / "licence-keys.toml"
    assert run(["keygen", "--kid", "jd-2026", "--secret", str(secret), "--public", str(public)]) == 0
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        text = shop.config.read_text(encoding="utf-8") + f'\n[platforms]\nlicence_keys = "{public}"\n'
        shop.config.write_text(text, encoding="utf-8")
        words = ["--db", str(shop.cloud_file), "--key", str(secret), "--tid", TID, "--platform", "jd"]
        store = load_settings(shop.config).terminal.store
        days = ["--store", store, "--no", "JD-1", "--from", "2026-01-01", "--until", "2099-12-31"]
        shop.cloud.start()
        shop.open()
        until(lambda: shop.health().get("link") == "online", "it is welcomed")
        assert worth(shop) == ["none"]
        assert run(["licence", "issue", *words, *days]) == 0
        until(lambda: worth(shop) == ["until 2099-12-31"], "the licence stands")
        shop.terminal.kill()
        shop.open()
        until(lambda: worth(shop) == ["until 2099-12-31"], "it stands still")
        assert run(["licence", "withdraw", *words]) == 0
        until(lambda: worth(shop) == ["withdrawn"], "it was withdrawn")
        assert shop.terminal.said("平台许可收回了")
        capsys.readouterr()
        assert check(str(shop.config)) == 0
        assert "licence of jd: JD-1 withdrawn\n" in capsys.readouterr().out
        until(shop.synced, "the outbox is empty")
    assert [row.data.get("withdrawn") for row in shop.cloud_rows() if row.type == "licence.kept"] == [None, True]

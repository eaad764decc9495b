"""Logs, a diagnosis and the journal of a real box, pulled with the command line over HTTPS."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from conftest import Mosquitto
from identity_bench import Fleet
from shop_bench import TID, WATER, Program, shop_on, until

from edge.reference_cloud.main import run
from edge.sim.counter.addresses import free_port


@pytest.mark.slow
def test_the_cloud_pulls_what_it_needs_to_help(
    broker: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet, kept, port = Fleet(tmp_path / "ca"), tmp_path / "files", free_port()
    place = Program(
        "cloud", "files", "--dir", str(fleet.folder), "--files", str(kept), "--port", str(port),
        log=tmp_path / "files.log",
    )  # fmt: skip
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        text = shop.config.read_text(encoding="utf-8")
        own = f'[cloud]\nupload_ca_file = "{fleet.roots}"\nupload_hosts = ["localhost"]'
        shop.config.write_text(text.replace("[cloud]", own), encoding="utf-8")
        place.start()
        shop.cloud.start()
        try:
            shop.open()
            until(lambda: "ready" in place.text, "the place for files is open")
            until(lambda: shop.health()["link"] == "online", "the cloud is there")
            shop.sell(WATER)
            words = ["--db", str(shop.cloud_file), "--files", str(kept), "--url", f"https://localhost:{port}"]
            for what in ("logs", "diagnosis", "journal"):
                assert run(["pull", TID, what, *words, "--wait", "60"]) == 0, capsys.readouterr()
            logs, diagnosis, journal = (
                gzip.decompress(next(kept.glob(f"{TID}-{what}-*.gz")).read_bytes()).decode()
                for what in ("logs", "diagnosis", "journal")
            )
            assert "ready: terminal" in logs
            assert json.loads(diagnosis.splitlines()[1])["state"]["tid"] == TID
            assert "sale.completed" in journal
            assert "sig=" not in shop.terminal.text + shop.cloud.text, "whoever reads a log could send in its place"
            assert not list((shop.config.parent / "data" / "outgoing").glob("*"))
        finally:
            place.stop()

"""Enrolment and renewal with real parts: `edge run`, `edge cloud`, `edge cloud enrol`, mosquitto, TLS throughout."""

from __future__ import annotations

import json
import sqlite3
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cloud_bench import TID, Cloud, StillClock, batch, event, hello, request
from identity_bench import ONE, TWO, Fleet, known
from identity_bench import request as csr
from shop_bench import Program, until

from edge.__main__ import main
from edge.codec.certificate import read_certificate
from edge.reference_cloud.broker_folder import INGEST
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.main import run
from edge.reference_cloud.report import CloudReport
from edge.sim.counter.addresses import free_port as find_free_port


class SigningCloud(Cloud):
    """The reference cloud with an authority."""

    def __init__(self, folder: Path) -> None:
        from random import Random

        super().__init__(folder / "cloud.db", StillClock())
        self.fleet = Fleet(folder / "ca")
        self.ingest = Ingest(self.store, self.clock, Random(1), authority=self.fleet.folder)

    def sign(self, n: int, pem: str) -> dict[str, Any]:
        (answer,) = self.hear("req", request(n, "cert.sign", csr=pem, cur_serial="1000"))
        return answer


@pytest.fixture
def cloud(tmp_path: Path) -> SigningCloud:
    cloud = SigningCloud(tmp_path)
    cloud.hear("hello", hello())
    return cloud


def test_the_cloud_signs_for_whom_the_topic_proves(cloud: SigningCloud) -> None:
    pem = csr(TID)
    answer = cloud.sign(1, pem)
    assert answer["ok"]
    assert read_certificate(answer["out"]["certificate"]).name == TID
    assert answer["out"]["roots"].count("BEGIN CERTIFICATE") == 2
    assert cloud.sign(1, pem) == answer, "the same question has the same answer"
    assert len(cloud.fleet.devices.issued(TID)) == 1
    cloud.store.close()


def test_the_cloud_signs_for_nobody_else(cloud: SigningCloud) -> None:
    for n, (pem, code) in enumerate(
        ((csr(TWO), "csr.identity_mismatch"), (csr(f"{TID}/up"), "csr.identity_mismatch"), ("x", "csr.bad_signature")),
        1,
    ):
        assert cloud.sign(n, pem)["err"]["code"] == code
    (answer,) = cloud.hear("req", request(9, "cert.sign"))
    assert answer["err"]["code"] == "schema.invalid"
    assert cloud.fleet.devices.issued("*") == []
    cloud.store.close()


def test_a_cloud_without_an_authority_says_so(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    (answer,) = cloud.hear("req", request(1, "cert.sign", csr=csr(TID)))
    assert answer["err"]["code"] == "auth.denied"
    cloud.store.close()


def test_a_day_after_the_new_one_is_in_use_the_old_one_is_revoked(cloud: SigningCloud) -> None:
    devices = cloud.fleet.devices
    old, new, others = (devices.sign_terminal(csr(tid), tid, known, cloud.clock.at) for tid in (TID, TID, ONE))
    body = {"old": old.serial, "new": new.serial, "ends": "2027-12-28T20:45:48.000Z"}
    forged = body | {"old": others.serial}
    events = [event(1, kind="cert.renewed", data=body), event(2, kind="cert.renewed", data=forged)]
    cloud.hear("ev", batch(*events, stream="ev"))
    for _ in range(23):
        cloud.clock.pass_s(3_600)
        cloud.ingest.due()
    assert devices.revoked() == frozenset()
    cloud.clock.pass_s(2 * 3_600)
    cloud.ingest.due()
    assert devices.revoked() == {old.serial}, "a box speaks for itself only"
    cloud.store.close()


# --- with real processes ----------------------------------------------------------------------------------------------


class Shop:
    """A box that is enrolled by a technician, its broker, its cloud."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.web_port, self.enrol_port = (find_free_port() for _ in range(3))
        self.fleet = Fleet(folder / "ca", self.port)
        self.db, self.secret, self.keys = folder / "cloud.db", folder / "secret.key", folder / "command-keys.toml"
        assert run(["keygen", "--kid", "k1", "--secret", str(self.secret), "--public", str(self.keys)]) == 0
        self.config = folder / "shop.toml"
        self.config.write_text(
            f'[terminal]\ntid = "{TID}"\nstore = "S-1"\ndata_dir = "./data"\n'
            f'[cloud]\nurl = "mqtts://localhost:{self.port}"\ncommand_keys = "{self.keys}"\n'
            f'[web]\nbind = "127.0.0.1:{self.web_port}"\n',
            encoding="utf-8",
        )
        roots, own = str(self.fleet.roots), str(self.fleet.folder / INGEST)
        self.cloud = Program(
            "cloud", "--url", f"mqtts://localhost:{self.port}", "--db", str(self.db), "--ca-file", roots, "--cert-file",
            f"{own}.crt", "--key-file", f"{own}.key", "--ca", str(self.fleet.folder), "--command-key",
            str(self.secret), log=folder / "cloud.log",
        )  # fmt: skip
        self.enrol = Program(
            "cloud", "enrol", "--dir", str(self.fleet.folder), "--db", str(self.db), "--port", str(self.enrol_port),
            log=folder / "enrol.log",
        )  # fmt: skip
        self.terminal = Program("run", "--config", str(self.config), log=folder / "terminal.log")

    def close(self) -> None:
        for program in (self.terminal, self.enrol, self.cloud):
            program.kill()
        self.fleet.stop()

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/health", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def cert_exp(self) -> str:
        with closing(sqlite3.connect(self.db)) as db:
            ((told,),) = db.execute("SELECT hello FROM terminal WHERE tid = ?", (TID,)).fetchall()
        return str(json.loads(told).get("cert_exp"))

    def serial(self) -> str:
        return read_certificate((self.folder / "data/keys/cloud/current/cert.pem").read_text()).serial


@pytest.mark.slow
def test_a_box_sells_before_it_is_enrolled_then_comes_online_and_renews_its_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop(tmp_path)
    try:
        shop.fleet.start()
        shop.cloud.start()
        shop.enrol.start()
        shop.terminal.start()
        until(lambda: shop.health()["problems"], "it says why there is no cloud")
        assert "it was not enrolled" in shop.health()["problems"][0]
        shop.terminal.stop()

        capsys.readouterr()
        assert run(["enrol-code", TID, "--dir", str(shop.fleet.folder), "--db", str(shop.db)]) == 0
        printed = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines())
        code, fingerprint = printed["code"].split()[0], printed["fingerprint"].partition(" of ")[0]
        url = f"https://localhost:{shop.enrol_port}"
        words = ["enrol", "--config", str(shop.config), "--url", url, "--code", code, "--fingerprint", fingerprint]
        assert main(words) == 0
        shop.terminal.start()
        until(lambda: shop.health()["link"] == "online", "the cloud is there")
        until(lambda: shop.cert_exp().startswith("20"), "the hello tells until when it is good")
        first = shop.serial()

        order = ["command", TID, "cert.rotate", "--db", str(shop.db)]
        assert run(order) == 0
        until(lambda: shop.serial() != first, "there is a new certificate")
        until(
            lambda: [row.data for row in CloudReport(shop.db).rows(TID, "ev") if row.type == "cert.renewed"],
            "the cloud was told",
        )
        until(lambda: shop.health()["link"] == "online", "it is online with the new one")
        told = [row.data for row in CloudReport(shop.db).rows(TID, "ev") if row.type == "cert.renewed"]
        assert [(data["old"], data["new"]) for data in told] == [(first, shop.serial())]
        assert {one.serial for one in shop.fleet.devices.issued(TID)} == {first, shop.serial()}
        assert "PRIVATE KEY" not in shop.terminal.text + shop.cloud.text + shop.enrol.text
        assert code not in shop.enrol.text + shop.cloud.text

        assert run(["ca", "revoke", TID, "--dir", str(shop.fleet.folder)]) == 0
        until(lambda: shop.health()["link"] != "online", "a revoked box loses its session", patience_s=10)
    finally:
        shop.close()

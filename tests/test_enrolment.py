"""A technician's code and a key made on the box become a certificate (contract C, rows 1, 2 and 13)."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from cloud_bench import StillClock
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from false_broker import LoneSession
from identity_bench import ONE, TWO, Fleet, request
from shop_bench import Program

from edge.__main__ import main
from edge.clock import SystemClock
from edge.cloud.enrolment import renew
from edge.cloud.session import Broker
from edge.codec.certificate import read_certificate
from edge.codec.wire_identity import RENEW_MARK, EnrolRequest, RenewRequest, grouped, read_code
from edge.config import load_settings
from edge.enrolled import enrolment_url
from edge.errors import CloudError, WireError
from edge.messages import CloudUp
from edge.model.fleet import TerminalState
from edge.reference_cloud.authority import DEVICES, Authority
from edge.reference_cloud.enrolment import Enrolment
from edge.reference_cloud.main import run
from edge.reference_cloud.registry import Registry
from edge.reference_cloud.store import CloudStore
from edge.sim.counter.addresses import free_port as find_free_port
from edge.store.key_shelf import KeyShelf

SHOP = '[terminal]\ntid = "{tid}"\nstore = "S-1"\ndata_dir = "./data"\n'


# --- the cloud's side -------------------------------------------------------------------------------------------------


class Desk:
    """Codes and their trials, on a real file with a clock that a test moves."""

    def __init__(self, folder: Path, state: str = "enrolled") -> None:
        self.fleet = Fleet(folder / "ca")
        self.clock = StillClock()
        self.store = CloudStore(folder / "cloud.db")
        self.store.open()
        self.desk = Enrolment(self.store, self.fleet.devices, self.clock, state=lambda _: state)

    def code(self, tid: str = ONE, seed: int = 1) -> str:
        return self.desk.code(tid, Random(seed))

    def refusal(self, code: str, tid: str = ONE, csr: str = "") -> str:
        with pytest.raises(WireError) as caught:
            self.desk.enrol(EnrolRequest(tid=tid, code=code, csr=csr or request(tid)))
        return caught.value.code

    def enrol(self, code: str, tid: str = ONE, csr: str = "") -> str:
        return self.desk.enrol(EnrolRequest(tid=tid, code=code, csr=csr or request(tid)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_a_code_has_fifty_bits_and_can_be_typed_as_it_is_read(desk: Desk) -> None:
    code = desk.code()
    assert len(code) == 10
    assert read_code(f" {grouped(code).lower()} ") == code
    assert read_code("oIl23-45678") == "0112345678"
    assert len({desk.code(seed=seed) for seed in range(200)}) == 200


def test_a_code_gets_one_certificate(desk: Desk) -> None:
    code, csr = desk.code(), request(ONE)
    first = desk.enrol(code, csr=csr)
    assert read_certificate(first).name == ONE
    assert desk.enrol(code, csr=csr) == first, "the answer was lost: the same key gets the same one"
    assert desk.refusal(code) == "auth.denied", "another key gets nothing"
    assert len(desk.fleet.devices.issued(ONE)) == 1


def test_who_was_ordered_is_enrolled_from_then_on(desk: Desk) -> None:
    registry = Registry(desk.store, desk.clock)
    registry.enter(ONE, store="S-1", state=TerminalState.ORDERED)
    desk.enrol(desk.code())
    assert registry.state(ONE) is TerminalState.ENROLLED


def test_a_code_lives_fifteen_minutes(desk: Desk) -> None:
    code = desk.code()
    desk.clock.pass_s(15 * 60 - 1)
    assert desk.enrol(code)
    code = desk.code()
    desk.clock.pass_s(15 * 60)
    assert desk.refusal(code) == "auth.denied"


def test_five_wrong_tries_kill_it(desk: Desk) -> None:
    code = desk.code()
    for _ in range(4):
        assert desk.refusal("0" * 10) == "auth.denied"
    assert desk.refusal(code, csr="nothing") == "csr.bad_signature", "a right code with a wrong request is no wrong try"
    assert desk.refusal("0" * 10) == "auth.denied"
    assert desk.refusal(code) == "auth.denied"
    assert desk.fleet.devices.issued(ONE) == []
    assert desk.enrol(desk.code(seed=2)), "a new one is as good as any"


def test_a_code_is_for_one_terminal(desk: Desk) -> None:
    code = desk.code(ONE)
    desk.code(TWO, seed=2)
    assert desk.refusal(code, TWO) == "auth.denied"
    assert desk.refusal(code, "T0000009") == "auth.denied"
    assert desk.refusal(code, ONE, request(TWO)) == "csr.identity_mismatch"


def test_a_newer_code_takes_the_place_of_an_older_one(desk: Desk) -> None:
    old, new = desk.code(seed=1), desk.code(seed=2)
    assert desk.refusal(old) == "auth.denied"
    assert desk.enrol(new)


def test_the_code_stands_nowhere(desk: Desk, tmp_path: Path) -> None:
    code = desk.code()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or code.encode() not in path.read_bytes(), path


def test_a_suspended_terminal_gets_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path, state="suspended")
    assert desk.refusal(desk.code()) == "auth.denied"
    desk.store.close()


# --- with an old key --------------------------------------------------------------------------------------------------


class Old:
    """A certificate of so many days ago, and its key; `by` signs the request in its place."""

    def __init__(self, desk: Desk, days: float, tid: str = ONE) -> None:
        self.tid, self.key = tid, ec.generate_private_key(ec.SECP256R1())
        at = desk.clock.at - timedelta(days=days)
        self.issued = desk.fleet.devices.sign_terminal(request(tid, self.key), tid, lambda _: "enrolled", at)

    def request(self, *, tid: str = "", csr: str = "", by: ec.EllipticCurvePrivateKey | None = None) -> RenewRequest:
        csr = csr or request(self.tid)
        sig = (by or self.key).sign((RENEW_MARK + csr).encode(), ec.ECDSA(hashes.SHA256()))
        return RenewRequest(
            tid=tid or self.tid, csr=csr, certificate=self.issued.pem.decode(), sig=base64.b64encode(sig).decode()
        )


def denied(desk: Desk, asked: RenewRequest) -> str:
    with pytest.raises(WireError) as caught:
        desk.desk.renew(asked)
    return caught.value.code


def test_a_certificate_that_is_over_still_proves_who_asks(desk: Desk) -> None:
    for days in (10, 398, 397 + 3 * 365 - 1):
        assert read_certificate(desk.desk.renew(Old(desk, days).request())).name == ONE
    assert denied(desk, Old(desk, 397 + 3 * 365 + 1).request()) == "auth.denied"


def test_nobody_else_gets_one_for_it(desk: Desk, tmp_path: Path) -> None:
    old, other = Old(desk, 500), Old(desk, 500, TWO)
    assert denied(desk, old.request(by=other.key)) == "auth.denied"
    assert denied(desk, old.request(tid=TWO)) == "auth.denied"
    assert denied(desk, old.request(csr=request(TWO))) == "csr.identity_mismatch"
    stranger = Desk(tmp_path / "theirs")
    assert denied(desk, Old(stranger, 500).request()) == "auth.denied"
    stranger.store.close()
    good = old.request()
    assert denied(desk, good.model_copy(update={"csr": request(ONE)})) == "auth.denied", "what was signed, and no other"
    assert denied(desk, good.model_copy(update={"certificate": "x"})) == "auth.denied"
    desk.fleet.devices.revoke([old.issued.serial], desk.clock.at)
    assert denied(desk, good) == "auth.denied"


# --- the box, the server, the broker ----------------------------------------------------------------------------------


class Office:
    """`edge cloud enrol` as a process, beside the authorities that it signs with."""

    def __init__(self, folder: Path, broker_port: int = 0) -> None:
        self.folder = folder
        self.fleet = Fleet(folder / "ca", broker_port)
        self.port = find_free_port()
        self.url = f"https://localhost:{self.port}"
        self.program = Program(
            "cloud", "enrol", "--dir", str(self.fleet.folder), "--db", str(folder / "cloud.db"), "--port",
            str(self.port), log=folder / "enrol.log",
        )  # fmt: skip

    def code(self, capsys: pytest.CaptureFixture[str], tid: str = ONE) -> tuple[str, str]:
        """(code, fingerprint) as they are printed."""
        capsys.readouterr()
        assert run(["enrol-code", tid, "--dir", str(self.fleet.folder), "--db", str(self.folder / "cloud.db")]) == 0
        printed = dict(line.split(":", 1) for line in capsys.readouterr().out.splitlines())
        return printed["code"].split()[0], printed["fingerprint"].partition(" of ")[0]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, find_free_port())
    office.program.start()
    yield office
    office.program.kill()


def shop(folder: Path, tid: str = ONE, more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "shop.toml"
    config.write_text(SHOP.format(tid=tid) + more, encoding="utf-8")
    return config


def test_a_box_is_enrolled_and_the_broker_takes_it(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop(tmp_path / "shop")
    code, print_ = office.code(capsys)
    words = ["enrol", "--config", str(config), "--url", office.url, "--code", code.lower(), "--fingerprint", print_]
    assert main(words) == 0, capsys.readouterr()
    assert f"{ONE} is enrolled until" in capsys.readouterr().out
    assert main(words) == 1, "once"
    assert "auth.denied" in capsys.readouterr().err
    assert main(["check", "--config", str(config)]) == 0
    shown = capsys.readouterr().out
    assert f'cloud.url = "mqtts://localhost:{office.fleet.port}"    (enrolment)' in shown
    assert "cloud.key_file = " in shown
    assert f"certificate: {ONE}, until 20" in shown

    keys = config.parent / "data" / "keys" / "cloud"
    key = keys / "current" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    cloud = load_settings(config).cloud
    assert cloud is not None
    office.fleet.start()
    session = LoneSession(Broker(cloud.url, str(cloud.ca_file), str(cloud.cert_file), str(cloud.key_file)))
    try:
        assert isinstance(session.connect(), CloudUp)
    finally:
        session.close()
        office.fleet.stop()
    secret = key.read_text().splitlines()[1]
    for path in tmp_path.rglob("*"):  # it has never been anywhere else
        assert path.is_dir() or path.resolve() == key.resolve() or secret not in path.read_text("latin-1"), path


def test_a_box_whose_certificate_is_over_comes_with_its_old_key(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop(tmp_path / "shop")
    code, _ = office.code(capsys)
    roots, keys = str(office.fleet.roots), tmp_path / "shop/data/keys/cloud"
    assert main(["enrol", "--config", str(config), "--url", office.url, "--code", code, "--ca-file", roots]) == 0
    key = serialization.load_pem_private_key((keys / "current/key.pem").read_bytes(), None)
    (keys / "current/cert.pem").write_bytes(office.fleet.sign(ONE, key, days_ago=500).pem)
    assert main(["check", "--config", str(config)]) == 0
    assert "warning: certificate: over since" in capsys.readouterr().out
    url = enrolment_url(tmp_path / "shop/data")
    assert url == office.url
    facts = renew(KeyShelf(keys), url, keys / "current/roots.pem", ONE)
    assert facts.ends_at > SystemClock().wall()
    assert KeyShelf(keys).current() == facts
    other = Fleet(tmp_path / "theirs")
    with pytest.raises(CloudError, match="not who"):
        renew(KeyShelf(keys), url, other.roots, ONE)
    assert len(office.program.said("^enrolled")) == 2


def test_two_boxes_of_one_image_have_two_keys(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = []
    for tid in (ONE, TWO):
        config = shop(tmp_path / tid, tid)
        code, _ = office.code(capsys, tid)
        roots = str(office.fleet.roots)
        assert main(["enrol", "--config", str(config), "--url", office.url, "--code", code, "--ca-file", roots]) == 0
        keys.append((config.parent / "data/keys/cloud/current/key.pem").read_bytes())
    assert keys[0] != keys[1]


def test_whoever_is_not_the_server_hears_nothing(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop(tmp_path / "shop")
    code, print_ = office.code(capsys)
    other = Fleet(tmp_path / "other")
    wrong = "0" * 32 if print_.replace(" ", "") != "0" * 32 else "1" * 32
    words = ["enrol", "--config", str(config), "--url", office.url, "--code", code]
    for trust, status, told in (
        (["--fingerprint", wrong], 1, "somebody else answers"), (["--ca-file", str(other.roots)], 1, "not who"),
        ([], 2, "--fingerprint or --ca-file"), (["--fingerprint", "abc"], 2, "no fingerprint"),
        (["--fingerprint", print_, "--ca-file", str(other.roots)], 2, "one of them"),
    ):  # fmt: skip
        assert main([*words, *trust]) == status
        assert told in capsys.readouterr().err
    assert office.program.said("enrolled|refused") == []
    assert not (config.parent / "data/keys/cloud/current").exists()
    assert main([*words, "--fingerprint", print_]) == 0, "the code is as good as it was"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--url", "http://localhost:1", "--code", "0123456789"], "--url"),
        (["--url", "https://localhost:1", "--code", "012345678"], "--code"),
        (["--url", "https://localhost:1", "--code", "012345678U"], "--code"),
    ],
)
def test_a_wrong_word_is_named(words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = shop(tmp_path / "shop")
    assert main(["enrol", "--config", str(config), *words, "--fingerprint", "0" * 32]) == 2
    assert told in capsys.readouterr().err


def test_a_server_that_is_away_costs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = shop(tmp_path / "shop")
    words = ["enrol", "--config", str(config), "--url", f"https://localhost:{find_free_port()}", "--code", "0123456789"]
    assert main([*words, "--fingerprint", "0" * 32]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_what_stands_in_the_settings_file_wins(tmp_path: Path) -> None:
    config = shop(tmp_path / "shop", more='[cloud]\nurl = "mqtts://mine:8883"\n')
    cloud = tmp_path / "shop/data/keys/cloud"
    cloud.mkdir(parents=True)
    (cloud / "cloud.json").write_text(json.dumps({"url": "mqtts://theirs:8883"}))
    found = load_settings(config).cloud
    assert found is not None
    assert found.url == "mqtts://mine:8883"
    assert found.cert_file == cloud / "current/cert.pem", "a box that is not enrolled yet says what is missing"
    shop(tmp_path / "shop")
    enrolled = load_settings(config).cloud
    assert enrolled is not None
    assert enrolled.url == "mqtts://theirs:8883"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"url": 7}', '{"url": "mqtt://x:99999"}', '{"url": "mqtts://x", "x": 1}']
)
def test_an_address_that_is_damaged_keeps_no_shop_from_selling(text: str, tmp_path: Path) -> None:
    config = shop(tmp_path / "shop")
    cloud = tmp_path / "shop/data/keys/cloud"
    cloud.mkdir(parents=True)
    (cloud / "cloud.json").write_text(text)
    assert load_settings(config).cloud is None
    assert enrolment_url(tmp_path / "shop/data") is None


def test_a_certificate_for_another_key_or_name_is_not_laid_down(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path / "ca")
    shelf = KeyShelf(tmp_path / "keys")
    shelf.request(ONE)
    from edge.errors import CodecError

    foreign = Authority(fleet.folder / DEVICES).sign_terminal(request(ONE), ONE, lambda _: "enrolled", StillClock().at)
    with pytest.raises(CodecError, match="another key"):
        shelf.put_certificate(foreign.pem.decode(), None, ONE)
    with pytest.raises(CodecError, match="another terminal"):
        shelf.put_certificate(fleet.sign(TWO, ec.generate_private_key(ec.SECP256R1())).pem.decode(), None, ONE)
    assert shelf.next() is None
    assert timedelta(0) < read_certificate(foreign.pem.decode()).ends_at - StillClock().at

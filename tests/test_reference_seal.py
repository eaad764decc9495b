"""Commands of class S leave the cloud signed: for the newest session, with a counter that only rises."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from cloud_bench import TID, StillClock, hello
from test_jws import KEYS, SEED

from edge.clock import SystemClock, iso_ms
from edge.codec.json_text import pack_object, read_object
from edge.codec.jws import read_jws, read_key
from edge.errors import SettingsError
from edge.messages import Publish
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.main import run
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore

NOTICE = {"pid": "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f", "m": "wechat", "amt": 300, "cur": "CNY",
          "at": "2026-11-23T02:14:00.000Z"}  # fmt: skip
PAID = ["command", TID, "payment.received", *(f"{key}={value}" for key, value in NOTICE.items())]


class SigningCloud:
    def __init__(self, folder: Path, *, signer: Signer | None) -> None:
        self.path, self.clock = folder / "cloud.db", StillClock()
        self.store = CloudStore(self.path)
        self.store.open()
        self.ingest = Ingest(self.store, self.clock, Random(1), signer=signer)

    def greet(self, **changes: Any) -> list[dict[str, Any]]:
        self.ingest.take(f"stores/v1/{TID}/up/hello", pack_object(hello(**changes)))
        return self.signed(self.ingest.commit())

    def signed(self, published: list[Publish]) -> list[dict[str, Any]]:
        """The payloads of what was signed, verified."""
        told = [read_object(one.payload) for one in published if one.topic.endswith("/dn/cmd")]
        return [read_jws(str(one["jws"]), KEYS) for one in told]


@pytest.fixture
def cloud(tmp_path: Path) -> SigningCloud:
    return SigningCloud(tmp_path, signer=Signer("cmd-2026q4", SEED))


def test_a_signed_command_names_the_session_and_counts_up(cloud: SigningCloud) -> None:
    cloud.greet(nonce="first-session-nonce-aa")
    cloud.ingest.order(TID, "payment.received", NOTICE, ttl_s=600, by="svc:pay")
    (first,) = cloud.signed(cloud.ingest.commit())
    assert (first["nonce"], first["tid"], first["args"]) == ("first-session-nonce-aa", TID, NOTICE)
    (again,) = cloud.greet(nonce="second-session-nonce-b", sess=2)
    assert (again["cid"], again["nonce"]) == (first["cid"], "second-session-nonce-b")
    assert again["ctr"] > first["ctr"]


def refused(cloud: SigningCloud, command: dict[str, Any], code: str) -> list[Publish]:
    """What the cloud says to a terminal that would take it later."""
    result = {"v": 1, "tid": TID, "cid": command["cid"], "state": "rejected", "at": iso_ms(cloud.clock.wall()),
              "err": {"code": code, "msg": "not now", "retry": True}}  # fmt: skip
    cloud.ingest.take(f"stores/v1/{TID}/up/res", pack_object(result))
    return cloud.ingest.commit()


def test_a_hello_that_came_late_does_not_cost_a_command(cloud: SigningCloud) -> None:
    """It names a session that is over: what was signed for it is refused, and signed again for the one that is."""
    cloud.greet(nonce="second-session-nonce-b", sess=2)
    cloud.greet(nonce="first-session-nonce-aa", sess=1)
    cloud.ingest.order(TID, "payment.received", NOTICE, ttl_s=600, by="svc:pay")
    (first,) = cloud.signed(cloud.ingest.commit())
    asked = [one.topic.rpartition("/")[2] for one in refused(cloud, first, "cmd.nonce_mismatch")]
    assert asked == ["ctl"], "who is there now?"
    assert refused(cloud, first, "cmd.nonce_mismatch") == [], "asked once for a while"
    (again,) = cloud.greet(nonce="second-session-nonce-b", sess=2)
    assert (again["cid"], again["nonce"]) == (first["cid"], "second-session-nonce-b")
    assert again["ctr"] > first["ctr"]


def test_a_command_that_came_before_the_welcome_is_said_again(cloud: SigningCloud) -> None:
    cloud.greet(nonce="first-session-nonce-aa")
    cloud.ingest.order(TID, "payment.received", NOTICE, ttl_s=600, by="svc:pay")
    (first,) = cloud.signed(cloud.ingest.commit())
    assert refused(cloud, first, "clock.unset") == []
    (again,) = cloud.greet(nonce="second-session-nonce-b", sess=2)
    assert again["cid"] == first["cid"]


def test_nothing_is_signed_before_the_first_hello_or_without_a_key(cloud: SigningCloud, tmp_path: Path) -> None:
    cloud.ingest.order(TID, "payment.received", NOTICE, ttl_s=600, by="svc:pay")
    assert cloud.ingest.commit() == []
    assert len(cloud.greet()) == 1
    (tmp_path / "keyless").mkdir()
    keyless = SigningCloud(tmp_path / "keyless", signer=None)
    keyless.greet()
    keyless.ingest.order(TID, "payment.received", NOTICE, ttl_s=600, by="svc:pay")
    assert keyless.ingest.commit() == []


def hand_in(cloud: SigningCloud, *more: str) -> None:
    assert run([*PAID, "--db", str(cloud.path), *more]) == 0


def test_what_nobody_can_sign_is_refused_once_and_leaves_when_somebody_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keyless = SigningCloud(tmp_path, signer=None)
    keyless.greet()
    hand_in(keyless)
    keyless.ingest.order(TID, "payment.received", NOTICE, ttl_s=600, by="svc:pay")
    keyless.ingest.commit()
    assert keyless.ingest.due() == []
    assert keyless.ingest.due() == []
    assert [record.message.count("it must be signed") for record in caplog.records] == [1, 1]
    assert keyless.store.rows("SELECT DISTINCT state FROM command") == [("new",)]
    keyless.store.close()
    cloud = SigningCloud(tmp_path, signer=Signer("cmd-2026q4", SEED))
    assert len(cloud.signed(cloud.ingest.due())) == 2


def test_what_waits_while_the_key_is_replaced_is_signed_by_the_new_one(tmp_path: Path) -> None:
    before = SigningCloud(tmp_path, signer=Signer("cmd-2026q4", SEED))
    before.greet()
    before.ingest.order(TID, "payment.received", NOTICE, ttl_s=600, by="svc:pay")
    (by_old,) = before.signed(before.ingest.commit())
    before.store.close()
    new = Signer("cmd-2027q1", bytes(range(32)))
    after = SigningCloud(tmp_path, signer=new)
    after.ingest.take(f"stores/v1/{TID}/up/hello", pack_object(hello(sess=413, nonce="second-session-nonce-b")))
    told = [read_object(one.payload) for one in after.ingest.commit() if one.topic.endswith("/dn/cmd")]
    public = read_key(new.public_line().partition(" = ")[2].strip('"'))
    (by_new,) = [read_jws(str(one["jws"]), {"cmd-2027q1": public}) for one in told]
    assert by_new["cid"] == by_old["cid"] and by_new["ctr"] > by_old["ctr"]


def test_a_command_that_was_handed_in_too_late_is_not_sent(cloud: SigningCloud) -> None:
    cloud.greet()
    cloud.clock.at = SystemClock().wall()
    hand_in(cloud, "--ttl", "1")
    cloud.clock.pass_s(2)
    assert cloud.ingest.due() == []


def test_a_command_of_class_n_is_not_signed(cloud: SigningCloud) -> None:
    cloud.greet()
    cloud.ingest.order(TID, "selftest", {}, ttl_s=600, by="user:ops")
    (plain,) = cloud.ingest.commit()
    assert read_object(plain.payload)["type"] == "selftest"


def test_a_command_that_another_process_hands_in_leaves_with_the_next_look(
    cloud: SigningCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.greet()
    hand_in(cloud)
    (notice,) = cloud.signed(cloud.ingest.due())
    assert (notice["cid"], notice["args"]) == (capsys.readouterr().out.split()[0], NOTICE)
    assert cloud.ingest.due() == []


def test_a_key_pair_is_made_for_both_sides_and_never_over_another(tmp_path: Path) -> None:
    secret, public = tmp_path / "secret.key", tmp_path / "keys.toml"
    words = ["keygen", "--kid", "k1", "--secret", str(secret), "--public", str(public)]
    assert run(words) == 0
    assert secret.stat().st_mode & 0o777 == 0o600
    assert Signer.read(secret).public_line() == public.read_text().strip()
    assert run(words) == 2


def test_neither_half_of_a_pair_is_written_where_one_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, public = tmp_path / "secret.key", tmp_path / "keys.toml"
    words = ["keygen", "--secret", str(secret), "--public", str(public), "--kid"]
    for kid in ('a"b', "", "two words", "k\n1", "k" * 33):
        assert run([*words, kid]) == 2
    public.write_text("mine")
    assert run([*words, "k1"]) == 2
    assert not secret.exists()
    assert public.read_text() == "mine"
    nowhere = ["keygen", "--kid", "k1", "--secret", str(secret), "--public", str(tmp_path / "none" / "keys.toml")]
    assert run(nowhere) == 2
    assert not secret.exists()
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((TID, "selftest", "--ttl", "0"), "ttl_s"),
        ((TID, "selftest", "--ttl", "2592001"), "ttl_s"),
        (("t7", "selftest"), "no such terminal"),
        ((TID, ""), "no such command"),
    ],
)
def test_an_order_that_is_no_command_is_refused(
    cloud: SigningCloud, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.greet()
    assert run(["command", *words, "--db", str(cloud.path)]) == 2
    assert told in capsys.readouterr().err
    assert cloud.store.rows("SELECT * FROM command") == []


def test_an_order_makes_no_database(tmp_path: Path) -> None:
    assert run(["command", TID, "selftest", "--db", str(tmp_path / "clod.db")]) == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "kid", '"k1" = "short"', "\xff"])
def test_what_is_no_signing_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(SettingsError, match="no signing key"):
        Signer.read(path)


@pytest.mark.parametrize("args", ["[]", "amt", ""])
def test_arguments_that_are_no_object_are_refused(cloud: SigningCloud, args: str) -> None:
    assert run(["command", TID, "payment.received", "--args", args, "--db", str(cloud.path)]) == 2


def test_a_door_that_somebody_must_agree_to_may_be_answered_after_its_time_to_live(cloud: SigningCloud) -> None:
    cloud.greet()
    args = {"box": "B07", "parcel": "p_8f2c61", "why": "collect"}
    cloud.ingest.order(TID, "locker.open", args, ttl_s=15, by="svc:parcel")
    (opens,) = cloud.signed(cloud.ingest.commit())
    assert opens["args"] == args
    for state, wait_s in (("running", 0), ("done", 40)):
        cloud.clock.pass_s(wait_s)
        cloud.greet(nonce="another-session-nonce", sess=2 + wait_s)
        answer = {"v": 1, "tid": TID, "cid": opens["cid"], "state": state, "at": iso_ms(cloud.clock.wall())}
        cloud.ingest.take(f"stores/v1/{TID}/up/res", pack_object(answer))
        cloud.ingest.commit()
        assert cloud.store.rows("SELECT state FROM command") == [(state,)]


def test_news_for_a_box_without_a_free_hand_are_said_once_more_a_minute_later(cloud: SigningCloud) -> None:
    """Under a new cid: the old one has its answer for good."""
    cloud.greet()
    news = {"soid": "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f", "state": "failed"}
    cloud.ingest.order(TID, "service.changed", news, ttl_s=600, by="svc:providers")
    (first,) = cloud.signed(cloud.ingest.commit())
    refused(cloud, first, "cmd.busy")
    cloud.clock.pass_s(59)
    assert cloud.signed(cloud.ingest.due()) == [] and cloud.greet(sess=2) == []
    cloud.clock.pass_s(2)
    (again,) = cloud.signed(cloud.ingest.due())
    assert (again["args"], again["type"]) == (news, "service.changed") and again["cid"] != first["cid"]
    assert again["iat"] <= iso_ms(cloud.clock.wall())


def test_a_door_that_a_person_wanted_open_is_not_opened_later_by_itself(cloud: SigningCloud) -> None:
    cloud.greet()
    cloud.ingest.order(TID, "locker.open", {"cell": "A1"}, ttl_s=600, by="user:cli")
    (first,) = cloud.signed(cloud.ingest.commit())
    refused(cloud, first, "cmd.busy")
    cloud.clock.pass_s(61)
    assert cloud.signed(cloud.ingest.due()) == []

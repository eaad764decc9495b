"""Whoever may write at the broker opens no door: each attack on a signed command, on real parts with TLS."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from identity_bench import TWO, until
from siege_bench import KID, NEXT_KID, NEXT_SECRET, SECRET, Siege, sealed, signed

from edge.clock import iso_ms
from edge.codec.json_text import compact
from edge.codec.jws import key_text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with Siege(tmp_path_factory.mktemp("siege")) as siege:
        yield siege


@dataclass(frozen=True, slots=True)
class Attack:
    """`octets` are said on `dn/<leaf>`; the terminal tells `code`, of a message that it cannot believe."""

    code: str
    octets: Callable[[Siege], bytes]
    leaf: str = "cmd"


def header(**changes: Any) -> Callable[[Siege], bytes]:
    """Another header, rightly signed with our key all the same."""
    return lambda siege: sealed(text(siege), header=changes)


def text(siege: Siege, **changes: Any) -> bytes:
    return compact(siege.command(**changes)).encode()


def payload(**changes: Any) -> Callable[[Siege], bytes]:
    """Another payload, rightly signed: only who has the key could send it, and it is refused all the same."""
    return lambda siege: sealed(text(siege, **changes))


def parts(change: Callable[[list[str]], list[str]]) -> Callable[[Siege], bytes]:
    """Its three parts, changed after they were signed."""
    return lambda siege: wrap(".".join(change(signed(text(siege)).split("."))))


def wrap(jws: str) -> bytes:
    return json.dumps({"jws": jws}).encode()


def other_way(alg: str, sign: Callable[[bytes], bytes]) -> Callable[[Siege], bytes]:
    """Signed in another way, which the header names."""

    def octets(siege: Siege) -> bytes:
        head, body, _ = signed(text(siege), header={"alg": alg}).split(".")
        return wrap(f"{head}.{body}.{key_text(sign(f'{head}.{body}'.encode()))}")

    return octets


def by_public_key(octets: bytes) -> bytes:
    """HMAC under what everybody may know."""
    return hmac.digest(SECRET.public_key().public_bytes_raw(), octets, hashlib.sha256)


def by_p256(octets: bytes) -> bytes:
    r, s = decode_dss_signature(ec.generate_private_key(ec.SECP256R1()).sign(octets, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def stolen(body: str) -> str:
    """Another door in a payload that somebody signed."""
    return key_text(compact({"type": "locker.open", "args": {"box": "B06"}, "body": body[:8]}).encode())


NOT_BELIEVED = {
    "alg none, no signature": Attack("sig.header", other_way("none", lambda _: b"")),
    "alg EdDSA, rightly signed": Attack("sig.header", header(alg="EdDSA")),
    "alg HS256 under the public key": Attack("sig.header", other_way("HS256", by_public_key)),
    "alg ES256": Attack("sig.header", other_way("ES256", by_p256)),
    "alg in other letters": Attack("sig.header", header(alg="ed25519")),
    "header names where a key lies (jku)": Attack("sig.header", header(jku="https://evil.example/keys")),
    "header brings its own key (jwk)": Attack("sig.header", header(jwk={"kty": "OKP", "crv": "Ed25519", "x": "AA"})),
    "header brings a chain (x5c)": Attack("sig.header", header(x5c=["AA"])),
    "header crit": Attack("sig.header", header(crit=["exp"], exp=1)),
    "header b64": Attack("sig.header", header(b64=False, crit=["b64"])),
    "header typ JWT": Attack("sig.header", header(typ="JWT")),
    "header typ of a coupon": Attack("sig.header", header(typ="coupon+jws")),
    "header without typ": Attack("sig.header", header(typ=None)),
    "header without kid": Attack("sig.header", header(kid=None)),
    "two parts": Attack("sig.header", parts(lambda cut: cut[:2])),
    "unknown kid": Attack("sig.unknown_kid", header(kid="cmd-1999q1")),
    "kid of another key that is trusted": Attack("sig.invalid", header(kid=NEXT_KID)),
    "changed payload": Attack("sig.invalid", parts(lambda cut: [cut[0], stolen(cut[1]), cut[2]])),
    "changed signature": Attack("sig.invalid", parts(lambda cut: [*cut[:2], cut[2][::-1][:85] + "A"])),
    "signature cut short": Attack("sig.invalid", parts(lambda cut: [*cut[:2], cut[2][:40]])),
    "signature with padding": Attack("sig.invalid", parts(lambda cut: [*cut[:2], cut[2] + "=="])),
    "another terminal's": Attack("cmd.wrong_terminal", payload(tid=TWO)),
    "counter as text": Attack("schema.invalid", payload(ctr="99")),
    "counter beyond all numbers": Attack("proto.malformed", payload(ctr=2**53 + 1)),
    "a time to live of a year": Attack("schema.invalid", payload(ttl_s=31_536_000)),
    "a cid that is no UUIDv7": Attack("schema.invalid", payload(cid="1")),
    "a key twice in the payload": Attack(
        "proto.malformed", lambda siege: sealed(text(siege)[:-1] + b',"type":"selftest"}')
    ),
    "a payload nested too deeply": Attack("proto.malformed", lambda siege: sealed(nested(2_000))),
    "a payload that is no object": Attack("proto.encoding", lambda _: sealed(b"[]")),
    "an order on the topic of settings": Attack("schema.invalid", payload(), leaf="cfg"),
    "settings on the topic of orders": Attack(
        "schema.invalid", lambda siege: sealed(compact({"v": 1, "ver": 1, "sha": "0" * 64}).encode())
    ),
    "oversize": Attack("proto.too_large", lambda siege: wrap("A" * 64_000)),
    "a gzip bomb": Attack("proto.encoding", lambda siege: gzip.compress(b"{" + b" " * 2_000_000 + b"}")),
    "nested without a signature": Attack("proto.malformed", lambda _: nested(10_000)),
    "a key twice beside the signature": Attack(
        "proto.malformed", lambda siege: wrap(signed(text(siege)))[:-1] + b',"jws":"a.b.c"}'
    ),
    "no JSON": Attack("proto.encoding", lambda _: b"\x00\xff"),
    "version 2": Attack("proto.version", lambda siege: text(siege, v=2, nonce=None, ctr=None)),
}


@pytest.mark.parametrize("name", NOT_BELIEVED)
def test_not_believed(name: str, siege: Siege) -> None:
    """No door, no answer to whoever it was, and an event that names the code."""
    attack = NOT_BELIEVED[name]
    told, answered, pulses = siege.refused(), len(siege.heard("res")), siege.pulses
    siege.say(attack.leaf, attack.octets(siege))
    until(lambda: len(siege.refused()) > len(told), lambda: f"an event: {siege.refused()}\n{siege.terminal.text}")
    assert siege.refused()[len(told) :] == [(attack.code, attack.leaf)]
    assert (len(siege.heard("res")), siege.pulses) == (answered, pulses)


REJECTED: dict[str, tuple[str, str, Callable[[Siege], dict[str, Any]]]] = {
    "nonce of another session": ("rejected", "cmd.nonce_mismatch", lambda _: {"nonce": "q0b3Zp8dT6mV1yXc4Rk2wA"}),
    "no nonce": ("rejected", "cmd.nonce_mismatch", lambda _: {"nonce": None}),
    "no counter": ("rejected", "cmd.replayed", lambda _: {"ctr": None}),
    "expired": ("expired", "cmd.expired", lambda siege: {"iat": iso_ms(siege.clock.wall() - timedelta(seconds=60))}),
    "a type that there is not": ("rejected", "cmd.unknown", lambda _: {"type": "shell.run"}),
    "a door that there is not": ("rejected", "schema.invalid", lambda _: {"args": {"box": "Z99", "why": "look"}}),
}


@pytest.mark.parametrize("name", REJECTED)
def test_signed_but_wrong(name: str, siege: Siege) -> None:
    """Who signs is answered, by code."""
    state, code, changes = REJECTED[name]
    command, pulses = siege.command(**changes(siege)), siege.pulses
    siege.order(command)
    answer = siege.answer(command["cid"])
    assert (answer["state"], answer["err"]["code"]) == (state, code)
    assert siege.pulses == pulses


def test_without_a_signature(siege: Siege) -> None:
    command, pulses = siege.command(nonce=None, ctr=None), siege.pulses
    siege.say("cmd", json.dumps(command).encode())
    assert siege.answer(command["cid"])["err"]["code"] == "sig.required"
    siege.order(command | {"nonce": siege.hello["nonce"], "ctr": siege.ctr})
    assert siege.answer(command["cid"], 2)["dup"], "and its cid is used up"
    assert siege.pulses == pulses


@pytest.mark.parametrize("step", [0, -1, -50])
def test_a_counter_that_does_not_rise(step: int, siege: Siege) -> None:
    """Equal or lower."""
    siege.ctr += 100
    seen = siege.command(type="shell.run")
    siege.order(seen)
    siege.answer(seen["cid"])
    again, pulses = siege.command(ctr=seen["ctr"] + step), siege.pulses
    siege.order(again)
    assert siege.answer(again["cid"])["err"]["code"] == "cmd.replayed"
    assert siege.pulses == pulses


def test_said_twice_or_with_another_payload_it_opens_once(siege: Siege) -> None:
    pulses, command = siege.pulses, siege.command("B01")
    recorded = siege.order(command)
    first = siege.answer(command["cid"])
    assert first["state"] == "done"
    siege.say("cmd", recorded)
    assert siege.answer(command["cid"], 2) == first | {"dup": True}
    siege.pause()
    siege.order(siege.command("B02", cid=command["cid"]))
    assert siege.answer(command["cid"], 3) == first | {"dup": True}
    assert siege.pulses == [*pulses, (1, 1)]


def test_the_key_that_comes_next_is_trusted_beside_the_present_one(siege: Siege) -> None:
    siege.pause()
    pulses, command = siege.pulses, siege.command("B03")
    siege.order(command, kid=NEXT_KID, key=NEXT_SECRET)
    assert siege.answer(command["cid"])["state"] == "done"
    assert siege.pulses == [*pulses, (1, 3)]


def test_time_to_live_is_the_clouds_whatever_the_boxs_clock_says(siege: Siege) -> None:
    siege.pause()
    siege.welcome(years_ahead=10)
    try:
        stale = siege.command("B04")
        siege.order(stale)
        assert siege.answer(stale["cid"])["err"]["code"] == "cmd.expired"
        ahead = siege.clock.wall().replace(year=siege.clock.wall().year + 10)
        fresh = siege.command("B04", iat=iso_ms(ahead))
        siege.order(fresh)
        assert siege.answer(fresh["cid"])["state"] == "done"
    finally:
        siege.welcome()


def test_a_power_cut_makes_no_recording_good(siege: Siege) -> None:
    """What was done is answered and not done again; what was never heard is of a session that is over."""
    siege.pause()
    done, unheard = siege.command("B09"), siege.command("B10")
    recorded = siege.order(done)
    assert siege.answer(done["cid"])["state"] == "done"
    pulses, old = siege.pulses, sealed(compact(unheard).encode(), header={"kid": KID})
    siege.power_cut()
    siege.power_on()
    early = siege.command("B11")
    siege.order(early)
    assert siege.answer(early["cid"])["err"]["code"] == "clock.unset", "before the welcome no time can be judged"
    siege.welcome()
    siege.say("cmd", recorded)
    assert siege.answer(done["cid"], 2)["dup"]
    siege.say("cmd", old)
    assert siege.answer(unheard["cid"])["err"]["code"] == "cmd.nonce_mismatch"
    assert siege.pulses == pulses


def obeys(siege: Siege, kid: str, key: Ed25519PrivateKey) -> str:
    """Whether an order that is signed so is believed, or the code that it tells of it."""
    command, told = siege.command("Z99"), len(siege.refused())
    siege.order(command, kid=kid, key=key)
    until(lambda: siege.answers(command["cid"]) or len(siege.refused()) > told, lambda: siege.terminal.text)
    return "believed" if siege.answers(command["cid"]) else siege.refused()[-1][0]


def test_a_signing_key_is_replaced_and_the_old_one_is_worth_nothing(siege: Siege) -> None:
    """The three steps of docs/security.md."""
    old, new = (KID, SECRET), (NEXT_KID, NEXT_SECRET)
    try:
        for keys, by_old, by_new in (
            ((old,), "believed", "sig.unknown_kid"),  # before, and a terminal that step 1 missed
            ((old, new), "believed", "believed"),
            ((new,), "sig.unknown_kid", "believed"),
        ):
            siege.power_cut()  # off during the step
            siege.believes(*keys)
            siege.power_on()
            siege.welcome()
            assert (obeys(siege, *old), obeys(siege, *new)) == (by_old, by_new)
    finally:
        siege.power_cut()
        siege.believes(old, new)
        siege.power_on()
        siege.welcome()


def test_no_secret_stands_in_its_log_and_it_listens_on_this_machine_alone(siege: Siege) -> None:
    siege.order(siege.command("Z99"))
    log = siege.terminal.text
    assert "ready: terminal" in log
    for secret in ("PRIVATE KEY", siege.hello["nonce"], "eyJ"):
        assert secret not in log
    assert siege.listening() == {"127.0.0.1"}, "its page, and nothing else"

"""The page's own key: made on the box, kept whole at every power cut, and changed as seldom as can be."""

from __future__ import annotations

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.codec.certificate import fingerprint, read_certificate
from edge.errors import CodecError
from edge.store.page_key import LIFE, PAGE_KEY, open_page_certificate, read_page_certificate

HOSTS = ("t7k3m9q2.local", "localhost")
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
PHONES_BELIEVE = datetime(2019, 7, 1, tzinfo=UTC)
"""What began later may live for 825 days on Apple's devices, and is not opened if it lives longer."""


def key_of(folder: Path) -> bytes:
    return (folder / PAGE_KEY).read_bytes().partition(b"-----BEGIN CERTIFICATE-----")[0]


def test_it_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    made = open_page_certificate(tmp_path, HOSTS, NOW)
    assert made.facts.hosts == HOSTS and made.facts.name == HOSTS[0]
    assert stat.S_IMODE((tmp_path / PAGE_KEY).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / PAGE_KEY).parent.stat().st_mode) == 0o700
    again = open_page_certificate(tmp_path, HOSTS, NOW + timedelta(days=3_000))
    assert again.fingerprint == made.fingerprint and again.kept_as is None


def test_two_boxes_have_two_keys(tmp_path: Path) -> None:
    one, two = (open_page_certificate(tmp_path / name, HOSTS, NOW) for name in "ab")
    assert one.fingerprint != two.fingerprint and key_of(tmp_path / "a") != key_of(tmp_path / "b")


def test_its_fingerprint_is_the_one_that_phones_show(tmp_path: Path) -> None:
    made = open_page_certificate(tmp_path, HOSTS, NOW)
    pem = (tmp_path / PAGE_KEY).read_text(encoding="ascii")
    der = ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERTIFICATE-----") :])
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509 import load_der_x509_certificate

    assert made.fingerprint == load_der_x509_certificate(der).fingerprint(SHA256()).hex(" ").upper()


@pytest.mark.parametrize("clock", [
    datetime(1970, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC), NOW, datetime(9999, 12, 30, tzinfo=UTC),
])  # fmt: skip
def test_whatever_the_boxs_clock_says_phones_of_today_and_of_eight_years_believe_it(
    tmp_path: Path, clock: datetime
) -> None:
    facts = open_page_certificate(tmp_path, HOSTS, clock).facts
    assert facts.begins_at < PHONES_BELIEVE
    assert facts.ends_at > NOW + timedelta(days=8 * 365)


def test_another_name_makes_another_certificate_over_the_same_key(tmp_path: Path) -> None:
    before = open_page_certificate(tmp_path, HOSTS, NOW)
    key = key_of(tmp_path)
    after = open_page_certificate(tmp_path, ("t7k3m9q2.local", "till.lan", "localhost"), NOW)
    assert after.facts.hosts[1] == "till.lan" and after.fingerprint != before.fingerprint
    assert key_of(tmp_path) == key


def test_in_its_last_year_it_is_made_anew_over_the_same_key(tmp_path: Path) -> None:
    before = open_page_certificate(tmp_path, HOSTS, NOW)
    key, late = key_of(tmp_path), NOW + LIFE - timedelta(days=300)
    after = open_page_certificate(tmp_path, HOSTS, late)
    assert after.facts.ends_at == late + LIFE and before.facts.ends_at < after.facts.ends_at
    assert key_of(tmp_path) == key


def damaged(whole: bytes) -> dict[str, bytes]:
    other = whole.replace(b"PRIVATE KEY-----\nMIG", b"PRIVATE KEY-----\nMIA")
    return {
        "empty": b"", "torn": whole[: len(whole) // 2], "no key": whole[whole.index(b"-----BEGIN CERTIFICATE") :],
        "no certificate": whole[: whole.index(b"-----BEGIN CERTIFICATE")], "another key": other,
        "zeros": bytes(len(whole)), "no text": b"\xff\xfe" * 400,
    }  # fmt: skip


@pytest.mark.parametrize("how", ["empty", "torn", "no key", "no certificate", "another key", "zeros", "no text"])
def test_a_damaged_one_is_set_aside_and_another_one_made(tmp_path: Path, how: str) -> None:
    before = open_page_certificate(tmp_path, HOSTS, NOW)
    octets = damaged((tmp_path / PAGE_KEY).read_bytes())[how]
    (tmp_path / PAGE_KEY).write_bytes(octets)
    with pytest.raises(CodecError):
        read_page_certificate(tmp_path)
    after = open_page_certificate(tmp_path, HOSTS, NOW)
    assert after.fingerprint != before.fingerprint
    assert after.kept_as is not None and after.kept_as.read_bytes() == octets
    assert stat.S_IMODE(after.kept_as.stat().st_mode) == 0o600
    assert open_page_certificate(tmp_path, HOSTS, NOW).fingerprint == after.fingerprint


@pytest.mark.parametrize("step", ["page key written", "page key"])
@pytest.mark.parametrize("again", [False, True])
def test_a_power_cut_leaves_the_old_one_or_the_new_one_whole(tmp_path: Path, step: str, *, again: bool) -> None:
    class PowerCutError(Exception):
        pass

    def cut(reached: str) -> None:
        if reached == step:
            raise PowerCutError

    if again:
        open_page_certificate(tmp_path, HOSTS, NOW)
    with pytest.raises(PowerCutError):
        open_page_certificate(tmp_path, (*HOSTS, "till.lan"), NOW, step=cut)
    found = read_page_certificate(tmp_path)
    assert (found is None) == (step == "page key written" and not again)
    assert open_page_certificate(tmp_path, (*HOSTS, "till.lan"), NOW).kept_as is None


def test_what_is_no_certificate_has_no_fingerprint() -> None:
    for text in ("", "x", "-----BEGIN CERTIFICATE-----\n=A\n-----END CERTIFICATE-----"):
        with pytest.raises(CodecError):
            fingerprint(text)
        with pytest.raises(CodecError):
            read_certificate(text)

"""The page's own key and certificate: keys/page.pem, 0600. Both are in one file, so they fit at every power cut.

The certificate is what a phone shows and what a person compares with the slip, so it changes as seldom as can be: with
the box's names, or in its last year, and then over the same key. Addresses are not in it: they come and go with DHCP.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.codec.certificate import CertificateFacts, fingerprint, read_certificate
from edge.errors import CodecError, StoreError
from edge.store.aside import set_aside
from edge.store.durability import Step, disk_errors, make_folder, no_step, sync_folder
from edge.store.key_work import page_pair

PAGE_KEY = Path("keys") / "page.pem"
"""In the terminal's folder."""
BEGINS_AT = datetime(2019, 1, 1, tzinfo=UTC)
"""Long over for every phone, whatever the box's clock says at the first start; and from before July 2019, as Apple's
devices open nothing that began later and lives for more than 825 days.
"""
EARLIEST, LATEST = datetime(2026, 11, 1, tzinfo=UTC), datetime(2056, 11, 1, tzinfo=UTC)
"""Between these a clock is believed when the end is chosen."""
LIFE = timedelta(days=3_653)
LAST_YEAR = timedelta(days=365)
MAX_OCTETS = 16_384
MODE, FOLDER_MODE = 0o600, 0o700
TLS_1_2_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, slots=True)
class PageCertificate:
    """`kept_as`: where a damaged one was put instead of which this one was made; None: there was none."""

    facts: CertificateFacts
    fingerprint: str
    tls: ssl.SSLContext
    kept_as: Path | None = None


def read_page_certificate(data_dir: Path) -> PageCertificate | None:
    """As it lies there; None: it was not made yet. Raises CodecError for a damaged one, StoreError."""
    path = data_dir / PAGE_KEY
    with disk_errors(path, "the page's key cannot be read"):
        try:
            with path.open("rb") as file:
                octets = file.read(MAX_OCTETS)
        except FileNotFoundError:
            return None
    try:
        pem = octets.decode("ascii")
        return PageCertificate(read_certificate(pem), fingerprint(pem), _tls(path))
    except (ssl.SSLError, UnicodeDecodeError) as error:
        raise CodecError("the page's key is damaged", where=str(path)) from error


def open_page_certificate(
    data_dir: Path, hosts: Sequence[str], now: datetime, *, step: Step = no_step
) -> PageCertificate:
    """The one that is there, or a new one. `hosts`: the names it is for. Raises DiskFull, StoreError."""
    path, kept_as, key = data_dir / PAGE_KEY, None, b""
    try:
        found = read_page_certificate(data_dir)
    except CodecError:
        found, kept_as = None, set_aside(path, at=now, reason="damaged", folder=data_dir / "aside")
    if found is not None:
        if found.facts.hosts == tuple(hosts) and now < found.facts.ends_at - LAST_YEAR:
            return found
        key = path.read_bytes().partition(b"-----BEGIN CERTIFICATE-----")[0]
    ends_at = min(max(now, EARLIEST), LATEST).replace(microsecond=0) + LIFE
    with disk_errors(path, "the page's key cannot be kept"):
        _write(path, page_pair(hosts, BEGINS_AT, ends_at, key), step)
    try:
        made = read_page_certificate(data_dir)
    except CodecError as error:
        raise StoreError("the page's key is damaged as soon as it is written", where=str(path)) from error
    assert made is not None
    return PageCertificate(made.facts, made.fingerprint, made.tls, kept_as)


def _tls(path: Path) -> ssl.SSLContext:
    """Raises ssl.SSLError for what is no pair."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(TLS_1_2_CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(path)
    return context


def _write(path: Path, octets: bytes, step: Step) -> None:
    make_folder(path.parent)
    path.parent.chmod(FOLDER_MODE)
    beside = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, MODE), "wb") as file:
        os.fchmod(file.fileno(), MODE)
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    step("page key written")
    beside.replace(path)
    sync_folder(path.parent)
    step("page key")

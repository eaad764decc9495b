"""A small certificate authority, for tests and small fleets. Terminals and servers have one each (contract E1).

DIR/devices   signs terminals; brokers trust it      ca.key  ca.crt  ca.crl  issued/NAME-SERIAL.crt
DIR/servers   signs brokers; terminals trust it      ca.key  ca.crt  ca.crl  next.key  next.crt  roots.pem (both)
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import SettingsError, WireError
from edge.reference_cloud.certificate_request import TID, checked_request
from edge.reference_cloud.key_folder import SECRET, alone, read_whole, write_whole

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

DEVICES, SERVERS = "devices", "servers"
DEVICE_DAYS, SERVER_DAYS, ROOT_DAYS = 397, 90, 3_650
CRL_DAYS = 397
"""A broker refuses everybody once its list is older than it says of itself: renewed with each revocation and by
`ca broker`, and for the rest as long as a certificate lives.
"""
EARLY = timedelta(hours=1)
"""Clocks of boxes go wrong by minutes: a new certificate is valid a little earlier than it was made."""
LATE = timedelta(days=3 * 365)
"""So long after its end a certificate still proves who asks for the next one."""
SIGNED_STATES = frozenset({"ordered", "enrolled", "moved"})
"""Of the registry; a suspended or retired terminal gets no certificate."""

SERIAL_DIGITS = 40
_SERVICE = re.compile(r"svc-[a-z0-9-]{1,19}")
"""Of the cloud's own programs; a terminal's name has no small letter, so none can be called so."""
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")

StateOf = Callable[[str], str | None]
"""(tid) → its state in the registry; None: nobody knows this terminal."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was made. `serial`: 40 hexadecimal digits."""

    name: str
    serial: str
    pem: bytes
    not_after: datetime


class Authority:
    """One of the two; `folder` is DIR/devices or DIR/servers. Reads its key whenever it signs, so that none stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def certificate_file(self) -> Path:
        return self._folder / "ca.crt"

    @property
    def crl_file(self) -> Path:
        return self._folder / "ca.crl"

    # --- signing ---------------------------------------------------------------------------------------------------

    def sign_terminal(self, pem: str, tid: str, state: StateOf, now: datetime) -> Issued:
        """For `tid`, whom something else than the request has proved to be. Raises WireError (checklist row 8)."""
        if state(tid) not in SIGNED_STATES:
            raise WireError("auth.denied", f"terminal {tid} gets no certificate", got=state(tid) or "not known")
        return self._sign(tid, checked_request(pem, tid), _client(), days=DEVICE_DAYS, now=now)

    def sign_key(self, tid: str, key: EllipticCurvePublicKey, now: datetime, *, life: timedelta) -> Issued:
        """A certificate of a terminal's name for a key of our own; see `farewell.py`."""
        if not TID.fullmatch(tid):
            raise SettingsError("this is no terminal", where="tid", expected=TID.pattern, got=tid)
        return self._sign(tid, key, _client(), days=life / timedelta(days=1), now=now)

    def sign_service(self, name: str, now: datetime) -> tuple[bytes, Issued]:
        """(key, certificate) of a program of the cloud. Raises SettingsError."""
        if not _SERVICE.fullmatch(name):
            raise SettingsError("this is no service's name", where="--name", expected=_SERVICE.pattern, got=name)
        key = new_key()
        return key_pem(key), self._sign(name, key.public_key(), _client(), days=DEVICE_DAYS, now=now)

    def sign_server(self, names: Sequence[str], now: datetime) -> tuple[bytes, Issued]:
        """(key, certificate) of a broker that is reached by `names`. Raises SettingsError."""
        key = new_key()
        usage = _server(names)
        return key_pem(key), self._sign(names[0], key.public_key(), usage, days=SERVER_DAYS, now=now)

    def holder(self, pem: str, now: datetime) -> tuple[str, EllipticCurvePublicKey]:
        """(name, key) of a certificate of ours that may be over, by at most LATE. Raises WireError auth.denied."""
        from cryptography import x509
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

        root = x509.load_pem_x509_certificate(read_whole(self.certificate_file))
        try:
            shown = x509.load_pem_x509_certificate(pem.encode("ascii"))
            shown.verify_directly_issued_by(root)
            key = shown.public_key()
        except (ValueError, TypeError, InvalidSignature) as error:
            raise WireError("auth.denied", "this is no certificate of ours") from error
        name = shown.subject.rfc4514_string().removeprefix("CN=")
        over = serial_text(shown.serial_number) in self.revoked() or now > shown.not_valid_after_utc + LATE
        if over or not TID.fullmatch(name) or not isinstance(key, EllipticCurvePublicKey):
            raise WireError("auth.denied", "this certificate is revoked, or over for too long")
        return name, key

    def _sign(
        self, name: str, key: EllipticCurvePublicKey, usage: Sequence[x509.ExtensionType], *, days: float,
        now: datetime,
    ) -> Issued:  # fmt: skip
        from cryptography import x509

        signer, root = self._keys()
        if now >= root.not_valid_after_utc:
            raise SettingsError(
                "the authority is over", where=str(self._folder), got=f"{root.not_valid_after_utc:%Y-%m-%d}"
            )
        serial = x509.random_serial_number()
        begin = now - EARLY
        until = min(begin + timedelta(days=days), root.not_valid_after_utc).replace(microsecond=0)
        builder = (
            x509.CertificateBuilder().subject_name(_name(name)).issuer_name(root.subject).public_key(key)
            .serial_number(serial).not_valid_before(begin).not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(sign=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )  # fmt: skip
        for extension in usage:
            builder = builder.add_extension(extension, critical=False)
        pem = _pem(builder.sign(signer, _sha256()))
        issued = Issued(name, serial_text(serial), pem, until)
        write_whole(self._folder / "issued" / f"{name}-{issued.serial}.crt", pem)
        return issued

    # --- revoking --------------------------------------------------------------------------------------------------

    def issued(self, name: str) -> list[Issued]:
        """All certificates of a name that were ever made, revoked ones too."""
        return [_issued(path) for path in sorted((self._folder / "issued").glob(f"{name}-{'[0-9a-f]' * 40}.crt"))]

    def named(self, serial: str) -> str | None:
        """Whose certificate this is."""
        found = list((self._folder / "issued").glob(f"*-{serial}.crt")) if _is_serial(serial) else []
        return found[0].name.rpartition("-")[0] if found else None

    def revoked(self) -> frozenset[str]:
        """Serial numbers on the list."""
        return frozenset(serial_text(entry.serial_number) for entry in self._crl())

    def revoke(self, serials: Iterable[str], now: datetime) -> list[str]:
        """Put certificates on the list; those that were not on it before. A list is written in any case."""
        with alone(self._folder):
            known = {serial_text(entry.serial_number): entry.revocation_date_utc for entry in self._crl()}
            new = [serial for serial in dict.fromkeys(serials) if serial not in known]
            self._write_crl(known | dict.fromkeys(new, now), now)
        return new

    def _crl(self) -> Iterator[x509.RevokedCertificate]:
        from cryptography import x509

        yield from x509.load_pem_x509_crl(read_whole(self.crl_file))

    def _write_crl(self, entries: dict[str, datetime], now: datetime) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import Encoding

        signer, root = self._keys()
        builder = (
            x509.CertificateRevocationListBuilder().issuer_name(root.subject).last_update(now - EARLY)
            .next_update(now + timedelta(days=CRL_DAYS))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        )  # fmt: skip
        for serial, at in entries.items():
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(at).build()
            )
        write_whole(self.crl_file, builder.sign(signer, _sha256()).public_bytes(Encoding.PEM))

    # --- its own keys ----------------------------------------------------------------------------------------------

    def create(self, title: str, now: datetime) -> None:
        """Keys, root and an empty list of revocations. Raises SettingsError where there is an authority already."""
        if self.certificate_file.exists():
            raise SettingsError(
                "there is an authority already", where=str(self._folder), cure="Terminals trust it: name another --dir."
            )
        write_root(self._folder, "ca", title, now)
        self._write_crl({}, now)

    def _keys(self) -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(read_whole(self._folder / "ca.key"), None)
            root = x509.load_pem_x509_certificate(read_whole(self.certificate_file))
        except (ValueError, TypeError) as error:
            raise SettingsError(f"the authority cannot be read: {error}", where=str(self._folder)) from error
        if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != root.public_key():
            raise SettingsError("ca.key and ca.crt are no pair", where=str(self._folder), cure="Restore its backup.")
        return key, root


def write_root(folder: Path, stem: str, title: str, now: datetime) -> None:
    """A key and its self-signed certificate."""
    from cryptography import x509

    folder.mkdir(parents=True, exist_ok=True)
    key = new_key()
    public = key.public_key()
    serial = x509.random_serial_number()
    name = _name(f"{title} {serial_text(serial)[:8]}")
    root = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(public).serial_number(serial)
        .not_valid_before(now - EARLY).not_valid_after(now + timedelta(days=ROOT_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, _sha256())
    )  # fmt: skip
    with alone(folder):
        write_whole(folder / f"{stem}.key", key_pem(key), mode=SECRET)
        write_whole(folder / f"{stem}.crt", _pem(root))


def new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def serial_text(serial: int) -> str:
    return f"{serial:0{SERIAL_DIGITS}x}"


def fingerprint(pem: bytes) -> str:
    """SHA-256 of a certificate, in hexadecimal digits."""
    from cryptography import x509

    return x509.load_pem_x509_certificate(pem).fingerprint(_sha256()).hex()


def _is_serial(text: str) -> bool:
    return re.fullmatch(f"[0-9a-f]{{{SERIAL_DIGITS}}}", text) is not None


def _issued(path: Path) -> Issued:
    from cryptography import x509

    pem = read_whole(path)
    name, _, serial = path.stem.rpartition("-")
    return Issued(name, serial, pem, x509.load_pem_x509_certificate(pem).not_valid_after_utc)


def _client() -> list[x509.ExtensionType]:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    return [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])]


def _server(names: Sequence[str]) -> list[x509.ExtensionType]:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError as error:
            if not _HOST.fullmatch(name):
                raise SettingsError(
                    "this is no host's name", where="--name", expected="such as localhost or mqtt.example", got=name
                ) from error
            found.append(x509.DNSName(name))
    return [x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), x509.SubjectAlternativeName(found)]


def _key_usage(*, sign: bool) -> x509.KeyUsage:
    """`sign`: certificates and lists; else signatures of a handshake."""
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not sign, key_cert_sign=sign, crl_sign=sign, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(common: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _sha256() -> SHA256:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()

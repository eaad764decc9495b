"""The authority signs a terminal's own name, P-256, for clients, for a year and a month: nothing else (row 8)."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from identity_bench import ONE, Fleet, known, request

from edge.clock import SystemClock
from edge.errors import SettingsError, WireError
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority
from edge.reference_cloud.main import run

NOW = SystemClock().wall()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("ca"))


def refusal(fleet: Fleet, pem: str, tid: str = ONE, state: str | None = "enrolled") -> str:
    with pytest.raises(WireError) as caught:
        fleet.devices.sign_terminal(pem, tid, lambda _: state, NOW)
    return caught.value.code


def test_a_certificate_is_for_this_terminal_and_for_clients_only(fleet: Fleet) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issued = fleet.devices.sign_terminal(request(ONE, key), ONE, known, NOW)
    made = x509.load_pem_x509_certificate(issued.pem)
    made.verify_directly_issued_by(x509.load_pem_x509_certificate(fleet.devices.certificate_file.read_bytes()))
    assert made.subject == x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ONE)])
    assert made.public_key() == key.public_key()
    assert list(made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        ExtendedKeyUsageOID.CLIENT_AUTH
    ]
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=397)
    basic = made.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical and not basic.value.ca


def test_nothing_that_the_request_wishes_for_is_copied(fleet: Fleet) -> None:
    wishes = (
        x509.BasicConstraints(ca=True, path_length=None),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.SubjectAlternativeName([x509.DNSName("localhost")]),
    )
    issued = fleet.devices.sign_terminal(request(ONE, extensions=wishes), ONE, known, NOW)
    extensions = x509.load_pem_x509_certificate(issued.pem).extensions
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert ExtendedKeyUsageOID.SERVER_AUTH not in extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    with pytest.raises(x509.ExtensionNotFound):
        extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.parametrize(
    "name", ["T0000001/up", "T0000001/", "+", "#", "T0000002", "t0000001", "T000001", "T" * 24, "svc-ingest"]
)
def test_another_name_is_refused(fleet: Fleet, name: str) -> None:
    assert refusal(fleet, request(name)) == "csr.identity_mismatch"


@pytest.mark.parametrize("name", ["T0000001/up", "t0000001", "svc-ingest", "T000001"])
def test_a_name_that_no_terminal_has_is_refused_whoever_says_that_it_is_proved(fleet: Fleet, name: str) -> None:
    assert refusal(fleet, request(name), tid=name) == "csr.identity_mismatch"


def test_a_second_name_is_refused(fleet: Fleet) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.COMMON_NAME, name) for name in (ONE, "T0000002")]
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    two = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names)).sign(key, hashes.SHA256())
    assert refusal(fleet, two.public_bytes(Encoding.PEM).decode()) == "csr.identity_mismatch"


def test_other_kinds_of_keys_are_refused(fleet: Fleet) -> None:
    assert refusal(fleet, request(ONE, ec.generate_private_key(ec.SECP384R1()))) == "csr.key_type"
    assert refusal(fleet, request(ONE, rsa.generate_private_key(65537, 2048))) == "csr.key_type"


def test_ed25519_is_refused(fleet: Fleet) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ONE)])
    )
    signed = builder.sign(ed25519.Ed25519PrivateKey.generate(), None)
    assert refusal(fleet, signed.public_bytes(Encoding.PEM).decode()) == "csr.key_type"


def test_a_request_that_somebody_changed_is_refused(fleet: Fleet) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    octets = bytearray(x509.load_pem_x509_csr(request(ONE).encode()).public_bytes(Encoding.DER))
    octets[octets.index(b"T0000001") + 7] = ord("2")
    forged = x509.load_der_x509_csr(bytes(octets)).public_bytes(Encoding.PEM).decode()
    assert refusal(fleet, forged, tid="T0000002") == "csr.bad_signature"


@pytest.mark.parametrize("pem", ["", "中文", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA", "x" * 5_000])
def test_what_is_no_request_is_refused(fleet: Fleet, pem: str) -> None:
    assert refusal(fleet, pem) == "csr.bad_signature"


@pytest.mark.parametrize("state", [None, "suspended", "retired"])
def test_the_registry_decides(fleet: Fleet, state: str | None) -> None:
    assert refusal(fleet, request(ONE), state=state) == "auth.denied"


def test_keys_are_their_owners_and_certificates_everybodys(fleet: Fleet) -> None:
    for folder in (DEVICES, SERVERS):
        assert stat.S_IMODE((fleet.folder / folder / "ca.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((fleet.folder / SERVERS / "next.key").stat().st_mode) == 0o600


def test_a_terminals_certificate_is_none_of_a_servers(fleet: Fleet) -> None:
    pem = fleet.devices.sign_terminal(request(ONE), ONE, known, NOW).pem
    servers = x509.load_pem_x509_certificate((fleet.folder / SERVERS / "ca.crt").read_bytes())
    with pytest.raises(ValueError, match=r"[Ii]ssuer"):
        x509.load_pem_x509_certificate(pem).verify_directly_issued_by(servers)


def test_revoked_certificates_are_on_the_list_for_good(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    first, second = (fleet.devices.sign_terminal(request(ONE), ONE, known, NOW) for _ in range(2))
    assert run(["ca", "revoke", first.serial, "--dir", str(tmp_path)]) == 0
    assert fleet.devices.revoked() == {first.serial}
    assert run(["ca", "revoke", ONE, "--dir", str(tmp_path)]) == 0
    assert fleet.devices.revoked() == {first.serial, second.serial}
    crl = x509.load_pem_x509_crl(fleet.devices.crl_file.read_bytes())
    assert crl.is_signature_valid(
        x509.load_pem_x509_certificate(fleet.devices.certificate_file.read_bytes()).public_key()  # type: ignore[arg-type]
    )


def test_an_authority_that_is_over_signs_nothing(fleet: Fleet) -> None:
    with pytest.raises(SettingsError, match="over"):
        fleet.devices.sign_terminal(request(ONE), ONE, known, NOW + timedelta(days=3_651))


def test_a_wrong_word_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Fleet(tmp_path)
    for words, named in (
        (["revoke", "T9999999"], "T9999999"), (["server", "--name", "a b"], "--name"), (["init"], "already"),
        (["broker", "--port", "70000"], "--port"),
    ):  # fmt: skip
        assert run(["ca", *words, "--dir", str(tmp_path)]) == 2
        assert named in capsys.readouterr().err
    assert run(["ca", "list", "--dir", str(tmp_path / "nowhere")]) == 2


def test_the_next_root_takes_over_without_a_box_that_notices(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    trusted = x509.load_pem_x509_certificates(fleet.roots.read_bytes())
    assert run(["ca", "next", "--dir", str(tmp_path)]) == 0
    _, issued = Authority(tmp_path / SERVERS).sign_server(["localhost"], NOW)
    x509.load_pem_x509_certificate(issued.pem).verify_directly_issued_by(trusted[1])
    assert x509.load_pem_x509_certificates(fleet.roots.read_bytes())[0] == trusted[1]

"""What the fuzz tests feed to whoever reads certificates, and what a box and its cloud say about them."""

from __future__ import annotations

from fuzz_target import Target, of_json, of_octets, of_text

from edge.codec import certificate, wire_identity
from edge.errors import CodecError, WireError
from edge.reference_cloud.certificate_request import checked_request
from edge.reference_cloud.enrol_server import EnrolDesk

_REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\\nAAAA\\n-----END CERTIFICATE REQUEST-----\\n"
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBqDCCAU2gAwIBAgIUP20sErwizx6qkc6YY7Li4U/AnhowCgYIKoZIzj0EAwIw
HTEbMBkGA1UEAwwSVGVybWluYWxzIDBmZDE2YjZiMB4XDTI2MTEyNjIwNDU0OFoX
DTI3MTIyODIwNDU0OFowEzERMA8GA1UEAwwIVDdLM005UTIwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQDwpZBoag5HFRPJJ4dmCSgCEbbiLCoQ8qcAm3LvxwAPaUN
eq0Gu8LuHC9k1UbhpBybaaHXjpHo1+iX4ATlGxklo3UwczAMBgNVHRMBAf8EAjAA
MA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUzMH/L+zv6fekNWqwTdgupP0fAA8w
HwYDVR0jBBgwFoAUVjxZFk1Q5qzrgwFwXKKdpuO7HsgwEwYDVR0lBAwwCgYIKwYB
BQUHAwIwCgYIKoZIzj0EAwIDSQAwRgIhAO8kFBThUKq/jp6xVO4L0m7n+3iLshCp
uWnAM2TZ9R6gAiEAkMXgiimI4uesay574sbtDHNHPAfkGcUlinlNj5FH8mg=
-----END CERTIFICATE-----
"""
ENROL = (
    f'{{"v":1,"tid":"T7K3M9Q2","code":"0123456789","csr":"{_REQUEST}"}}'.encode(),
    b'{"v":1,"tid":"T7K3M9Q2","code":"ABCDEFGHJK","csr":"x"}',
)
RENEW = (b'{"v":1,"tid":"T7K3M9Q2","csr":"x","certificate":"y","sig":"MEUCIQ=="}',)
ENROLLED = (
    b'{"v":1,"tid":"T7K3M9Q2","certificate":"x","roots":"y","url":"mqtts://b:8883","topic_prefix":"stores/v1"}',
)


def _read(text: str) -> None:
    facts = certificate.read_certificate(text)
    assert len(facts.serial) >= certificate.SERIAL_DIGITS
    if facts.begins_at <= facts.ends_at:
        assert facts.begins_at <= facts.renewable_at() <= facts.ends_at


def _knock(octets: bytes) -> None:
    """The only handler of the enrolment server."""
    told: list[str] = []

    def sign(request: wire_identity.EnrolRequest | wire_identity.RenewRequest) -> wire_identity.Enrolled:
        checked_request(request.csr, request.tid)
        raise WireError("auth.denied", "nobody")

    desk = EnrolDesk(sign, told.append)
    for path in (wire_identity.PATH, wire_identity.RENEW_PATH):
        status, answer = desk.answer(octets, path)
        assert status in (400, 403, 413), status
        assert set(answer) == {"err"}
    assert len(told) == 2


IDENTITY_PARSERS: tuple[Target, ...] = (
    Target("certificate", of_text(_read), (CERTIFICATE.encode(),), (CodecError,)),
    Target("enrol_desk", of_octets(_knock), ENROL + RENEW),
    Target("wire_identity.renew", of_octets(wire_identity.read_renew_request), RENEW, (WireError,)),
    Target("wire_identity.enrol", of_octets(wire_identity.read_enrol_request), ENROL, (WireError,)),
    Target("wire_identity.enrolled", of_octets(wire_identity.read_enrolled), ENROLLED, (WireError,)),
    Target(
        "wire_identity.fault", of_octets(wire_identity.read_fault),
        (b'{"err":{"code":"auth.denied","msg":"no","retry":false}}',), (WireError,),
    ),
    Target("wire_identity.sign", of_json(wire_identity.read_sign_args), (b'{"csr":"x","cur_serial":"1000"}',),
           (WireError,)),
    Target("wire_identity.signed", of_json(wire_identity.read_signed), (b'{"certificate":"x","roots":"y"}',),
           (WireError,)),
)  # fmt: skip
IDENTITY_WRITES_ONLY = {
    "identity_bodies": "its bodies are read with all others",
    "identity_record_body": "writes the terminal's own records",
}

"""Why whoever answers is not taken for the cloud, in words for a technician."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Mapping
from types import MappingProxyType

_VERIFY: Mapping[int, str] = MappingProxyType({
    9: "its certificate is not valid yet, or this box's clock is slow",
    10: "its certificate is over, or this box's clock is fast",
    18: "its certificate is signed by itself, not by an authority that this box trusts",
    19: "its certificate is signed by an authority that this box does not trust",
    20: "its certificate is signed by an authority that this box does not trust",
    21: "its certificate is signed by an authority that this box does not trust",
    23: "its certificate was revoked",
    26: "its certificate is not one for servers",
    62: "its certificate is for another name than {host}",
    64: "its certificate is for another address than {host}",
})  # fmt: skip
"""By OpenSSL's number of what failed (X509_V_ERR_…)."""
_TOO_OLD = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION")
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")


_log = logging.getLogger("edge.cloud")


def look_at(host: str, port: int, certificate: str | None, key: str | None, *, timeout_s: float) -> bytes | None:
    """The certificate that whoever answers there shows, in DER; None: none. A handshake, and not a byte more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nothing is believed here, and nothing is said
    try:
        if certificate:
            context.load_cert_chain(certificate, key)
        raw = socket.create_connection((host, port), timeout_s)
        with context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False) as wrapped:
            wrapped.do_handshake()
            return wrapped.getpeercert(binary_form=True)
    except OSError as error:
        _log.info("the broker's certificate cannot be looked at: %s", error)
        return None


def is_of_dates(error: ssl.SSLError) -> bool:
    """Whether another moment on the clock is all that it would take."""
    return isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in (9, 10)


def distrust(error: ssl.SSLError, host: str) -> str:
    """Empty for what may pass by itself: a connection that broke in its handshake."""
    if isinstance(error, ssl.SSLCertVerificationError):
        told = _VERIFY.get(error.verify_code, f"its certificate is not good: {error.verify_message}")
        return told.format(host=host)
    reason = error.reason or ""
    if reason.endswith(_TOO_OLD):
        return "it speaks no TLS 1.2 or later"
    return "it does not speak TLS" if reason.endswith(_NO_TLS) else ""

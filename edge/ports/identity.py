"""The box's keys for the cloud as the services see them."""

from __future__ import annotations

from typing import Protocol

from edge.codec.certificate import CertificateFacts


class Keys(Protocol):
    """Each call may take long and write: it belongs on the jobs thread. Raises DiskFull or StoreError."""

    def current(self) -> CertificateFacts | None:
        """Of the certificate in use; None: there is none that can be read."""
        ...

    def next(self) -> CertificateFacts | None:
        """Of one that waits to be tried; None: none does."""
        ...

    def request(self, tid: str) -> str:
        """A certificate request for a new key, or for the one that waits for a certificate already."""
        ...

    def put_certificate(self, pem: str, roots: str | None, tid: str) -> CertificateFacts:
        """Raises CodecError for what does not fit the key."""
        ...

    def certificate(self) -> str:
        """The one in use, in PEM."""
        ...

    def signed(self, octets: bytes) -> bytes:
        """ECDSA with SHA-256 by the key in use."""
        ...

    def swap(self) -> CertificateFacts:
        """The next one is the one in use from now on."""
        ...

    def give_up_next(self) -> None: ...

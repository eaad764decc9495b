"""The keys with which the box proves to the cloud who it is: pairs in folders, and links that name the one in use.

keys/cloud/pair-1/    key.pem (0600) · request.pem · cert.pem · roots.pem, whom it trusts: the present root, the next
keys/cloud/pair-2/    the same, of the renewal that is under way
keys/cloud/current →  pair-1; replaced in one step, when the cloud has welcomed the next one
keys/cloud/next    →  pair-2
keys/cloud/cloud.json where the cloud is

Whenever the power goes, `current` names a whole pair: the old one or the new one.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from edge.codec.certificate import CertificateFacts, read_certificate
from edge.errors import CodecError, StoreError
from edge.store.durability import Step, disk_errors, make_folder, no_step, sync_folder
from edge.store.key_work import fits, new_request, signature

CURRENT, NEXT = "current", "next"
KEY, REQUEST, CERTIFICATE, ROOTS, CLOUD = "key.pem", "request.pem", "cert.pem", "roots.pem", "cloud.json"
SECRET, PUBLIC = 0o600, 0o644
FOLDER = 0o700

_PAIR = re.compile(r"pair-(\d{1,9})")


class KeyShelf:
    """`folder` is keys/cloud of the terminal's folder. One thread at a time; nothing is read before it is asked for.

    `named`: the certificate that the settings name instead of one of the shelf's.
    """

    def __init__(self, folder: Path, step: Step = no_step, named: Path | None = None) -> None:
        self._folder = folder
        self._step = step
        self._named = named

    def current(self) -> CertificateFacts | None:
        """Of the certificate in use; None: the box was not enrolled, or the file is damaged."""
        return self._facts(self._named or self._folder / CURRENT / CERTIFICATE)

    def next(self) -> CertificateFacts | None:
        """Of one that waits to be tried; None: none does."""
        return None if self._is_swapped() else self._facts(self._folder / NEXT / CERTIFICATE)

    def request(self, tid: str) -> str:
        """A certificate request for a new key, or for the one that was made for this before. Durable on return.

        Raises DiskFull or StoreError.
        """
        with disk_errors(self._folder, "a key cannot be made"):
            self._make_folder(self._folder)
            pair = self._pending()
            made = pair / REQUEST
            if not made.exists():
                key, request = new_request(tid)
                self._write(pair / KEY, key, SECRET)
                self._step("key")
                self._write(made, request, PUBLIC)
                self._step("request")
            return made.read_text(encoding="ascii")

    def put_certificate(self, pem: str, roots: str | None, tid: str) -> CertificateFacts:
        """Lay down what was signed for the pending key. `roots` None: those that it trusts already.

        Raises CodecError for what does not fit the key, DiskFull or StoreError.
        """
        facts = read_certificate(pem)
        if facts.name != tid:
            raise CodecError("the certificate is another terminal's", expected=tid, got=facts.name[:40])
        if roots is not None:
            read_certificate(roots)
        with disk_errors(self._folder, "the certificate cannot be kept"):
            pair = self._pending()
            if not fits(pem, (pair / KEY).read_bytes()):
                raise CodecError("the certificate is for another key")
            trusted = roots.encode("ascii", "replace") if roots else (self._folder / CURRENT / ROOTS).read_bytes()
            self._write(pair / ROOTS, trusted, PUBLIC)
            self._step("roots")
            self._write(pair / CERTIFICATE, pem.encode("ascii"), PUBLIC)
            self._step("certificate")
        return facts

    def certificate(self) -> str:
        """The one in use, in PEM. Raises StoreError."""
        with disk_errors(self._folder, "the certificate cannot be read"):
            return (self._folder / CURRENT / CERTIFICATE).read_text(encoding="ascii")

    def signed(self, octets: bytes) -> bytes:
        """ECDSA with SHA-256 by the key in use. Raises StoreError."""
        with disk_errors(self._folder, "the key cannot be read"):
            return signature((self._folder / CURRENT / KEY).read_bytes(), octets)

    def put_cloud(self, text: str) -> None:
        with disk_errors(self._folder, "the cloud's address cannot be kept"):
            self._write(self._folder / CLOUD, text.encode(), PUBLIC)

    def swap(self) -> CertificateFacts:
        """The next pair is the one in use from now on. May be called again. Raises StoreError."""
        facts = self._facts(self._folder / NEXT / CERTIFICATE)
        if facts is None:
            raise StoreError("there is no other certificate", where=str(self._folder))
        with disk_errors(self._folder, "the certificate cannot be changed"):
            self._link(CURRENT, str((self._folder / NEXT).readlink()))
            self._step("swapped")
            self._tidy()
        return facts

    def give_up_next(self) -> None:
        """The pair that waits is of no use: the next request is for a new key. Raises StoreError."""
        if self._is_swapped():
            return
        with disk_errors(self._folder, "a key cannot be removed"):
            (self._folder / NEXT).unlink(missing_ok=True)
            sync_folder(self._folder)
            self._step("given up")
            self._tidy()

    # --- folders and links -----------------------------------------------------------------------------------------

    def _pending(self) -> Path:
        """The folder that `next` names and `current` does not; made when there is none."""
        link = self._folder / NEXT
        if link.is_symlink() and not self._is_swapped() and link.is_dir():
            return link
        self._tidy()  # what a power cut left
        numbers = [int(found[1]) for path in self._folder.iterdir() if (found := _PAIR.fullmatch(path.name))]
        name = f"pair-{max(numbers, default=0) + 1}"
        self._make_folder(self._folder / name)
        self._step("folder")
        self._link(NEXT, name)
        self._step("next")
        return link

    def _is_swapped(self) -> bool:
        return (self._folder / NEXT).resolve() == (self._folder / CURRENT).resolve()

    def _tidy(self) -> None:
        """Pairs that no link names; a key that proves nothing any more is not kept."""
        kept = {(self._folder / link).resolve() for link in (CURRENT, NEXT)}
        for path in self._folder.iterdir():
            if _PAIR.fullmatch(path.name) and path.resolve() not in kept:
                shutil.rmtree(path)
                self._step("tidied")

    def _link(self, name: str, target: str) -> None:
        beside = self._folder / f".{name}.new"
        beside.unlink(missing_ok=True)
        beside.symlink_to(target)
        beside.replace(self._folder / name)
        sync_folder(self._folder)

    def _write(self, path: Path, octets: bytes, mode: int) -> None:
        beside = path.with_name(f".{path.name}.new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)

    def _make_folder(self, folder: Path) -> None:
        make_folder(folder)
        folder.chmod(FOLDER)

    def _facts(self, path: Path) -> CertificateFacts | None:
        try:
            return read_certificate(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError, CodecError):
            return None

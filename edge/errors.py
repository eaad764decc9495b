"""One tree of errors. Each says what, where, expected, got and what to do; each class lists how it comes about."""

from __future__ import annotations


class EdgeError(Exception):
    """Root of everything this project raises on purpose.

    `what` is a plain sentence without a full stop. `where` names a file and line, a device, a topic or a byte.
    `expected` and `got` are short texts. `cure` tells a person what to do.
    """

    def __init__(self, what: str, *, where: str = "", expected: str = "", got: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.got = got
        self.cure = cure

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.got:
            parts.append(f"got {self.got}")
        text = ", ".join(parts)
        return f"{text}. {self.cure}" if self.cure else text


class SettingsError(EdgeError):
    """A settings file, a command line or a data file that a person wrote is wrong. Exit code 2.

    A misspelled key; a paper width of 60; a catalogue line whose check digit is wrong; a port that is taken.
    """


class ModelError(EdgeError):
    """Somebody asked the model for what a shop does not do; nothing changed.

    A quantity of zero; a void of a line that is not there; a price below zero.
    """


class IllegalMove(ModelError):
    """A (state, event) pair that the table does not have; nothing changed.

    Cash for a sale that is completed; a subtotal of an empty basket.
    """


class Denied(EdgeError):
    """Somebody may not do this; nothing changed but the audit.

    A viewer who opens a locker; a second yes by whoever said the first one; an owner at another's shop.
    """


class CodecError(EdgeError):
    """Bytes or text from outside cannot be read.

    A check digit that does not fit; a status byte whose fixed bits are wrong; a character no printer knows.
    """


class WireError(CodecError):
    """A message between terminal and cloud breaks the contract. `code` is one of contract B6.

    64 KB and more; a gzip bomb; a key given twice; another terminal's id; a version we do not speak.
    """

    def __init__(self, code: str, what: str, *, where: str = "", expected: str = "", got: str = "") -> None:
        super().__init__(what, where=where, expected=expected, got=got)
        self.code = code


class DeviceError(EdgeError):
    """A device or its cable failed; the worker closes it, backs off and opens it again.

    A scanner was pulled out; the printer's socket was reset; a port number beyond 65535.
    """


class DeviceInUse(DeviceError):
    """Another program holds the device.

    `edge check` beside the terminal that runs; a modem manager on a serial port; a desktop's sound server.
    """


class StoreError(EdgeError):
    """The disk or a file on it failed.

    The ledger cannot be opened; an fsync failed; a document cannot be written.
    """


class DiskFull(StoreError):
    """No room for the write; it was rolled back as a whole.

    SQLITE_FULL in a sale's commit; ENOSPC while a document is replaced.
    """


class CorruptStore(StoreError):
    """A file of ours does not say what we wrote; it has been kept aside under another name.

    A ledger page torn by a power cut on a worn card; a broken link in the hash chain; a document cut in half.
    `is_newer`: it is whole, and newer software wrote it.
    """

    def __init__(
        self, what: str, *, where: str = "", expected: str = "", got: str = "", cure: str = "", is_newer: bool = False
    ) -> None:
        super().__init__(what, where=where, expected=expected, got=got, cure=cure)
        self.is_newer = is_newer


class FileRefused(EdgeError):
    """A file is not taken, or not given; nothing has changed. `code`: why, in a word for which the page has a sentence.

    See `BackupRefused` and `StickRefused`.
    """

    def __init__(self, code: str, *, where: str = "", expected: str = "", got: str = "") -> None:
        super().__init__(_REFUSED.get(code, code), where=where, expected=expected, got=got)
        self.code = code


class BackupRefused(FileRefused):
    """A backup is not put in.

    A file cut short on its way; a wrong password; another shop's; one that newer software made.
    """


class StickRefused(FileRefused):
    """A stick gives or takes no file; what was begun is not there under its name.

    It was pulled out; its switch against writing is set; it is full; it keeps something else than it was given.
    """


_REFUSED = {
    "no_backup": "this file is no backup of a terminal",
    "truncated": "the file is cut short: copy it once more",
    "broken": "the file is damaged: copy it once more, or take another backup",
    "newer": "newer software made this backup: update the box first",
    "password": "the password is wrong, or the file is damaged",
    "other_shop": "this backup is another terminal's",
    "room": "there is not enough room on the disk",
    "table_long": "the file is longer than a table of goods can be",
    "no_template": "this file is no template of a shop",
    "template_broken": "the template is damaged: download it once more",
    "template_newer": "newer software made this template: update the box first",
    "template_long": "the file is longer than a template can be",
    "too_long": "the file is longer than it may be",
    "stick_gone": "the stick was pulled out, or does not answer",
    "stick_full": "there is not enough room on the stick",
    "stick_read_only": "the stick cannot be written",
    "stick_names": "too many files of this name are on the stick: remove some",
    "stick_bad": "the stick gives back something else than was written: take another one",
    "stick_file": "this file is not on the stick any more, or is no plain file",
}


class CloudError(EdgeError):
    """The way to the cloud failed; whatever was to be sent stays in the journal.

    The broker refused the connection; the name of the broker is unknown; a certificate has expired.
    """


class NetworkRefused(EdgeError):
    """The box's network was not changed; what it was before holds. `cause` is one of the words of the page.

    A wrong Wi-Fi password; no DHCP on the new cable; a confirmation that came in at the old address.
    """

    def __init__(self, cause: str, what: str, *, where: str = "", expected: str = "", got: str = "") -> None:
        super().__init__(what, where=where, expected=expected, got=got)
        self.cause = cause

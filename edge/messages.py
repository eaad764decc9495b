"""Everything that crosses a thread, and every effect that leaves a commit. The journal's records: `model.records`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.counter import Verb
from edge.model.item import Item
from edge.model.money import Fen, Milli
from edge.model.slip import Slip

# --- posted by devices ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScanData:
    """A whole code as one scanner read it, suffix removed. `aim` is None when the scanner sends no AIM identifier."""

    device: str
    text: str
    at_mono: float
    aim: str | None = None


class ScanTrouble(StrEnum):
    TOO_LONG = "too_long"
    GARBLED = "garbled"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ScanRefused:
    """A scan that the driver could not make a text of. Its content is never kept: it can be a payment code."""

    device: str
    trouble: ScanTrouble
    length: int


class Key(StrEnum):
    """POSKeyboard: the twenty keys of the counter's pad (product C1)."""

    D0, D1, D2, D3, D4 = "0", "1", "2", "3", "4"
    D5, D6, D7, D8, D9 = "5", "6", "7", "8", "9"
    POINT = "."
    TIMES = "*"
    PLUS = "+"
    MINUS = "-"
    HELP = "/"
    ENTER = "Enter"
    BACKSPACE = "Backspace"
    CANCEL = "Cancel"
    """Backspace held for 2 s."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    device: str
    key: Key
    at_mono: float


@dataclass(frozen=True, slots=True)
class DeviceUp:
    """The worker has opened the device."""

    device: str


@dataclass(frozen=True, slots=True)
class DeviceDown:
    """The device failed or could not be opened; posted once per outage. `reason` is the error's text."""

    device: str
    reason: str


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """A command that was never begun: the device was not open, or its queue was full."""

    device: str
    command: Command


class PrinterState(StrEnum):
    """POSPrinter. UNKNOWN: it takes bytes and answers no status request."""

    READY = "ready"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    FAULT = "fault"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """Posted on change. `pin3_high` is the drawer connector's level; None when the printer did not say."""

    device: str
    state: PrinterState
    paper_low: bool = False
    pin3_high: bool | None = None


class Outcome(StrEnum):
    """What became of one physical command."""

    DONE = "done"
    NOT_STARTED = "not_started"
    """No byte was sent: it may be tried again."""
    UNKNOWN = "unknown"
    """Some bytes were sent and the end was not seen: never sent again."""
    FAILED = "failed"
    """It can never be done: a slip that no printer can be told. Trying again would not help."""


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    device: str
    job: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KickOutcome:
    device: str
    kick: str
    outcome: Outcome
    reason: str = ""


# --- posted by the cloud session -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CloudUp:
    """CONNACK and SUBACK have been seen. `version` is 5 or 4 (MQTT 3.1.1)."""

    sess: int
    version: int


class Refusal(StrEnum):
    """Why a connection ended, as far as the reconnect rule of contract B1 tells causes apart."""

    NETWORK = "network"
    AUTH = "auth"
    PROTOCOL_VERSION = "protocol_version"
    MOVED = "moved"
    CLOSED_BEFORE_CONNACK = "closed_before_connack"


@dataclass(frozen=True, slots=True)
class CloudDown:
    """The connection is gone or was never made. `tls` tells whether a TLS handshake had completed."""

    sess: int
    cause: Refusal
    reason: str
    tls: bool = False


@dataclass(frozen=True, slots=True)
class CloudMessage:
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class CloudAccepted:
    """A PUBACK: the broker's word, transport flow control only (contract 0.4). `code` is the MQTT 5 reason code."""

    token: str
    code: int


# --- posted by the bus and the jobs thread -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The first message after boot: services resume what the ledger says was in the middle."""


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """A handler raised; its transaction was rolled back as a whole and nothing left."""

    message: object
    error: Exception


@dataclass(frozen=True, slots=True)
class JobDone:
    """A job of the jobs thread ended: `result` or, when it raised, `error`."""

    job: str
    result: object = None
    error: Exception | None = None


# --- what a scan or a key turned out to mean; posted by scanning and keypad, handled by the trade it belongs to ------


@dataclass(frozen=True, slots=True)
class Asked:
    """A card or a key asked for something. `asked_mono` is when the device read it."""

    verb: Verb
    value: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class ItemScanned:
    """Goods that the catalogue has."""

    item: Item
    asked_mono: float


@dataclass(frozen=True, slots=True)
class UnknownScanned:
    """A valid barcode that the catalogue does not have."""

    barcode: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class SlipScanned:
    """A receipt of ours, by its number."""

    receipt: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class HoldSlipScanned:
    """A slip of a held sale, by its number."""

    number: int
    asked_mono: float


# --- effects: handed out only after a commit -----------------------------------------------------------------------


class View(StrEnum):
    """What a line display shows; an LED8 lights the lamp that belongs to it."""

    ITEM = "item"
    TOTAL = "total"
    MISSING = "missing"
    """What is still to pay after too little was given."""
    RECEIVED = "received"
    CHANGE = "change"
    TEXT = "text"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Show:
    """LineDisplay. ITEM: name, qty × price, total so far. TOTAL, MISSING, RECEIVED, CHANGE: `amount`. TEXT: `name`."""

    view: View
    name: str = ""
    name_en: str = ""
    qty: Milli = field(default=Milli(1000))
    price: Fen = field(default=Fen(0))
    amount: Fen = field(default=Fen(0))


class Tone(StrEnum):
    """The five earcons; one sound, one meaning (product row 96)."""

    OK = "ok"
    ATTENTION = "attention"
    ERROR = "error"
    MONEY_IN = "money_in"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Say:
    """A prompt of product C5 by its id. `values` fill its braces: Fen amounts, counts, goods names."""

    prompt: str
    tone: Tone = Tone.OK
    amounts: tuple[tuple[str, Fen], ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Speech:
    """A prompt in the shop's language, ready to be spoken, shown and logged."""

    prompt: str
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class SaleBooked:
    """A sale is in the journal as row `n`; for the console. `asked_mono`: when the last key or scan came."""

    n: int
    receipt: str
    total: Fen
    lines: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class Nudge:
    """Says only: look. One that waits to be handled is as good as two."""


@dataclass(frozen=True, slots=True)
class WorkQueued(Nudge):
    """A print job or a drawer pulse is queued: its service may begin it in a transaction of its own."""


@dataclass(frozen=True, slots=True)
class SendPrint:
    """Print this job now; the ledger already says `sending`. `copy_no` 0 is the original."""

    job: str
    slip: Slip
    copy_no: int


@dataclass(frozen=True, slots=True)
class SendKick:
    """Pulse the cash drawer once; the ledger already says `sending`. Not begun after `expires_mono`."""

    kick: str
    expires_mono: float


@dataclass(frozen=True, slots=True)
class Will:
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Connect:
    """Open the session; `version` 5 or 4. Any session still open is closed first."""

    sess: int
    version: int
    will: Will
    keepalive_s: int


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Planned stop: publish `last` with QoS 1, wait at most 2 s for its PUBACK, DISCONNECT 0x00 (P18)."""

    last: Will | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    """`token` comes back in CloudAccepted for QoS 1. Dropped when no session is open."""

    topic: str
    payload: bytes
    qos: int
    token: str = ""
    retain: bool = False


Command = Show | Speech | SendPrint | SendKick | Connect | Disconnect | Publish
"""What a worker's inbox can hold."""

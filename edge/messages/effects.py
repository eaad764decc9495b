"""Effects: handed out only after a commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from edge.model.manner import Manner, Weight
from edge.model.money import Fen, Milli
from edge.model.slip import Slip


class View(StrEnum):
    """What a line display shows; an LED8 lights the lamp that belongs to it."""

    ITEM = "item"
    ITEM_MISSING = "item_missing"
    """The same of a sale of which a part is paid: below stands what is still to pay."""
    TOTAL = "total"
    MISSING = "missing"
    """What is still to pay after too little was given."""
    RECEIVED = "received"
    CHANGE = "change"
    PRICE = "price"
    """The answer to a price check."""
    NUMBER = "number"
    """What is being typed, above what is to be paid."""
    REFUND = "refund"
    """What goes back."""
    TEXT = "text"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Show:
    """LineDisplay. The ITEMs: name, qty × price, total or due. The amounts: `amount`, under `name`; over CHANGE what
    was received, `price`. TEXT: `name`. NUMBER: `name` are the digits. `private`: a number of the customer's, for the
    display alone; pages have stars in its place.
    """

    view: View
    name: str = ""
    name_en: str = ""
    qty: Milli = field(default=Milli(1000))
    price: Fen = field(default=Fen(0))
    amount: Fen = field(default=Fen(0))
    private: bool = False


class Tone(StrEnum):
    """The five earcons; one sound, one meaning (product row 96)."""

    OK = "ok"
    ATTENTION = "attention"
    ERROR = "error"
    MONEY_IN = "money_in"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Say:
    """A prompt of product C5 by its id. `values` fill its braces: Fen amounts, counts, goods names.

    `then` goes on in the same breath: one sentence to the loudspeaker, so that none of it cuts another part off.
    """

    prompt: str
    tone: Tone = Tone.OK
    amounts: tuple[tuple[str, Fen], ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    then: tuple[Say, ...] = ()


@dataclass(frozen=True, slots=True)
class EveningPrinted:
    """The owner's report is queued: what belongs behind it may follow, without a word."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A prompt in the shop's language, ready to be spoken, shown and logged.

    `fixed`: nothing was filled in, so that a recording of the prompt says the same. `written`: as logs and pages have
    it, where that is less: a phone is read back to its customer, and written down nowhere.
    """

    prompt: str
    tone: Tone
    text: str
    manner: Manner = field(default_factory=Manner)
    weight: Weight = Weight.ROUTINE
    fixed: bool = False
    written: str = ""


@dataclass(frozen=True, slots=True)
class Hush:
    """A scan or a key came: routine speech is cut."""


@dataclass(frozen=True, slots=True)
class SaleBooked:
    """A sale is in the journal as row `n`; for the console. `asked_mono`: when the last key or scan came."""

    n: int
    receipt: str
    total: Fen
    lines: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class SubmitPayment:
    """The ledger says `sent`: now ask the cloud for it. The code is only in RAM: after a cut the cloud is asked."""

    payment: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CancelPayment:
    """Ask the cloud to close this payment, unpaid or given back."""

    payment: str


@dataclass(frozen=True, slots=True)
class SubmitRefund:
    """The ledger says that this refund of a payment is wanted: ask the cloud for it."""

    refund: str


@dataclass(frozen=True, slots=True)
class PaymentProgress:
    """A payment came to a state that is no end: the customer types a password, or it is being cancelled."""

    payment: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """Says only: look. One that waits to be handled is as good as two."""


@dataclass(frozen=True, slots=True)
class WorkQueued(Nudge):
    """A print job or a drawer pulse is queued: its service may begin it in a transaction of its own."""


@dataclass(frozen=True, slots=True)
class SendPrint:
    """Print this job now; the ledger already says `sending`. `copy_no` 0 is the original. `is_receipt`: of a sale; all
    else may bear a name or a secret.
    """

    job: str
    slip: Slip
    copy_no: int
    is_receipt: bool = False


@dataclass(frozen=True, slots=True)
class SendKick:
    """Pulse the cash drawer once; the ledger already says `sending`. Not begun after `expires_mono`."""

    kick: str
    expires_mono: float


@dataclass(frozen=True, slots=True)
class PulseDoor:
    """Locker: give the coil of this lock one pulse; the ledger already says `sending`. Not begun after `expires_mono`.

    `device` is the settings' name of the bus, `board` the address on it, `lock` from 1.
    """

    pulse: str
    device: str
    board: int
    lock: int
    expires_mono: float


@dataclass(frozen=True, slots=True)
class Weigh:
    """Scale: tell what you read until `until_mono`; a moment that is over ends it."""

    until_mono: float


@dataclass(frozen=True, slots=True)
class WeightTaken:
    """Scale: what lies there is sold; tell whether it was emptied since, and look for that for `watch_s`."""

    watch_s: float


@dataclass(frozen=True, slots=True)
class Will:
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Connect:
    """Open the session; `version` 5 or 4. Any session still open is closed first.

    `next_pair`: with the certificate that is to be the box's own once the cloud has welcomed it. `place`: host and port
    of another broker than the settings name.
    """

    sess: int
    version: int
    will: Will
    keepalive_s: int
    next_pair: bool = False
    place: tuple[str, int] | None = None


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


Command = Show | Speech | Hush | SendPrint | SendKick | PulseDoor | Weigh | WeightTaken | Connect | Disconnect | Publish
"""What a worker's inbox can hold."""

"""The customers' phones: codes that a wallet shows, and money that is sent to the shop's own QR code on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from edge.clock import Clock, iso_ms
from edge.codec.day_record_body import CURRENCY
from edge.model.ids import uuid7
from edge.model.money import Fen
from edge.reference_cloud.command_kinds import KINDS
from edge.reference_cloud.keygen import keygen
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.store import CloudStore
from edge.services.notices import RECEIVED
from edge.sim.counter.shop_file import COMMAND_KEYS

COMMAND_KEY = "command.key"
"""The cloud's secret; the terminal has COMMAND_KEYS, the public half."""
WALL_CHANNEL = "alipay"
MAX_WALL = Fen(1_000_000)


@dataclass(frozen=True, slots=True)
class Phone:
    """Somebody with an Alipay code. Its last two digits tell the cloud's wallets what happens (`PLANS`)."""

    digits: str
    name: str
    name_en: str

    def show_code(self, chance: Random) -> str:
        """A new one each time, as a phone does."""
        return f"28{chance.randrange(10**14):014d}{self.digits}"


PHONES = (
    Phone("00", "付款", "Pays"),
    Phone("90", "要输密码", "Types a password"),
    Phone("93", "余额不足", "Has no money"),
    Phone("96", "没有回音", "No answer for long"),
    Phone("92", "不付了", "Never confirms"),
)


def make_keys(folder: Path) -> None:
    """The pair that signs what the cloud says of money; once a folder."""
    secret, public = folder / COMMAND_KEY, folder / COMMAND_KEYS
    if not (secret.exists() and public.exists()):
        secret.unlink(missing_ok=True)
        public.unlink(missing_ok=True)
        keygen(["--kid", "demo", "--secret", str(secret), "--public", str(public)])


def pay_at_wall(cloud_file: Path, tid: str, amount: Fen, clock: Clock, chance: Random) -> None:
    """The provider tells the cloud of money, and the cloud that runs on this file tells the terminal, signed."""
    now = clock.wall()
    args = {"pid": uuid7(now, chance), "m": WALL_CHANNEL, "amt": amount, "cur": CURRENCY, "at": iso_ms(now)}
    store = CloudStore(cloud_file)
    store.open()
    try:
        Orders(store, clock, chance).order(tid, RECEIVED, args, ttl_s=KINDS[RECEIVED].ttl_s, by="wallet:demo",
                                            hand_in=True)  # fmt: skip
        store.commit()
    finally:
        store.close()

"""A counter whose platform signs campaigns and plans for it, as a cloud hands them on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from counter_bench import COLA, TID, Habits
from link_bench import online
from test_jws import KEYS, SECRET
from wallet_bench import WalletBench

from edge.clock import iso_ms
from edge.codec.campaign import CAMPAIGN_TYP, PUBLISH, REVOKE
from edge.codec.command_card import card_code
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.messages import Show, View
from edge.services.campaigns import QUIET_S

MUTE, EXACT = card_code(205), card_code(102)
MILK: dict[str, Any] = {
    "tid": TID, "id": "milk-w48", "ver": 1, "first": "2026-11-23", "last": "2026-12-20",
    "display": {"zh": "鲜奶第二件半价", "en": "Second milk half price"},
    "voice": {"zh": "鲜奶第二件半价", "en": "The second milk is half price"},
    "foot": [{"zh": "本周鲜奶第二件半价"}],
}  # fmt: skip

LINE = "广告：鲜奶第二件半价"
"""Its voice line as it is heard."""


def sealed(told: dict[str, Any], *, typ: str = CAMPAIGN_TYP, kid: str = "cmd-2026q4", key: Any = SECRET) -> str:
    return write_jws(told, kid=kid, sign=key.sign, typ=typ)


class CampaignBench(WalletBench):
    """See `WalletBench`."""

    def order(self, kind: str, args: dict[str, Any], *, cid: str = "") -> str:
        """A command of the cloud, class N; its cid."""
        tx = self.begin()
        cid = cid or tx.new_id()
        tx.rollback()
        command = {"cid": cid, "type": kind, "iat": iso_ms(self.clock.wall()), "ttl_s": 3600, "args": args, "by": "ops"}
        self.hear(Down.CMD, command)
        return cid

    def verdict_of(self, cid: str) -> str:
        """done, or the code that it was refused with."""
        result = next(result for result in reversed(self.sent("res")) if result.cid == cid)
        return result.err.code if result.err is not None else str(result.state)

    def publish(self, told: dict[str, Any] = MILK, **signature: Any) -> str:
        return self.verdict_of(self.order(PUBLISH, {"campaign": sealed(told, **signature)}))

    def revoke(self, id: str = "milk-w48", *, ver: int = 1, tid: str = TID, **signature: Any) -> str:
        told = {"tid": tid, "id": id, "ver": ver, "last": "2026-12-20", "revoked": True}
        return self.verdict_of(self.order(REVOKE, {"campaign": sealed(told, **signature)}))

    def quiet(self) -> None:
        """Long enough for an advertisement, if there is one for this moment."""
        self.pass_s(2 * QUIET_S)

    def sell_and_go(self) -> None:
        self.sell(COLA)
        self.quiet()

    @property
    def texts(self) -> list[str]:
        """What stood on the display as a text."""
        return [show.name for show in self.shown if isinstance(show, Show) and show.view is View.TEXT]

    @property
    def adverts(self) -> list[str]:
        return [speech.text for speech in self.spoken if speech.prompt == "ads.line"]


def open_bench(folder: Path) -> CampaignBench:
    """Online, paper in the printer, and nothing said yet."""
    shop = CampaignBench(folder, Habits(command_keys=KEYS))
    online(shop)
    shop.printer_ready()
    shop.hush()
    return shop

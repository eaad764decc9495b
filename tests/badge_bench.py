"""The counter of a shop that has badges: people who carry them, and a cloud that issues and revokes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any

from link_bench import LinkBench

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.badge import BadgeCode, badge_id, new_badge_code
from edge.codec.command_card import card_code
from edge.codec.topics import Down
from edge.messages import Asked, Confirmed
from edge.model.badge import Badge, Role
from edge.model.counter import OWNER_VERBS, Verb
from edge.model.ids import uuid7
from edge.model.slip import QrCode

DAY_CLOSE, POST_VOID, ALLOW_REMOTE = card_code(201), card_code(202), card_code(203)
ENTER = card_code(233)
SECOND_SCANNER = "door_scanner"


class BadgeBench(LinkBench):
    """See `CounterBench`. `asked` are the owner's verbs that reached the services, `confirmed` those that were done."""

    def _services(self, bus: Bus, chance: Random) -> None:
        super()._services(bus, chance)
        self.asked: list[Verb] = []
        self.confirmed: list[Verb] = []
        bus.on(Confirmed, lambda done, _: self.confirmed.append(done.verb) if done.verb in OWNER_VERBS else None)
        bus.on(Asked, lambda asked, _: self.asked.append(asked.verb) if asked.verb in OWNER_VERBS else None)

    def badge(self, role: Role = Role.OWNER, *, days: int | None = None, seed: int = 7) -> BadgeCode:
        """Somebody's badge, issued a moment ago."""
        code, now = new_badge_code(Random(seed)), self.clock.wall()
        ends = now + timedelta(days=days) if days else None
        self.badges.keep(Badge(badge_id(code.hash), code.hash, role, "王姐", now, ends))
        return code

    def revoke(self, code: BadgeCode) -> None:
        badge = self.badges.find(badge_id(code.hash))
        assert badge is not None
        self.badges.keep(badge.revoked(self.clock.wall()))

    def order(self, kind: str, args: dict[str, Any], *, ttl_s: int = 3600, cid: str = "", age_s: float = 0.0) -> str:
        """A command of the cloud; its cid."""
        given = self.clock.wall() - timedelta(seconds=age_s)
        cid = cid or uuid7(given, Random(len(self.published)))
        self.hear(
            Down.CMD, {"cid": cid, "type": kind, "iat": iso_ms(given), "ttl_s": ttl_s, "args": args, "by": "ops@cloud"}
        )
        return cid

    @property
    def results(self) -> Sequence[Any]:
        """What the cloud was answered."""
        return self.sent("res")

    @property
    def printed_codes(self) -> list[str]:
        return [block.text for job in self.printed for block in job.slip.blocks if isinstance(block, QrCode)]

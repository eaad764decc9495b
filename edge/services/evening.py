"""今日报告: the X report with what the day says to its owner, on one slip, and its summary (product rows 35 and 93).

It changes nothing and can be asked for at any time. One slip is one print job: it is cut once, comes again by 重打, and
is on the disk with its whole text before its first line is printed. What takes longer, tomorrow's order, follows it as
slips of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.bus import Bus
from edge.messages import Asked, EveningPrinted, Say
from edge.model.carrier import Carriers
from edge.model.counter import Verb
from edge.model.day_slip import x_slip
from edge.model.evening_slip import evening_slip
from edge.ports import Catalogue, Transaction
from edge.services.day_reports import net_said
from edge.services.drawer_count import SlipWords
from edge.services.evening_parts import PARTS, EveningPart, evening_of
from edge.services.slips import local_time, print_slip
from edge.services.till_day import TillRules, open_day, report_of


class EveningReport:
    """Of the business day that is not closed yet: in the morning, before any money moved, it is yesterday's."""

    def __init__(
        self, bus: Bus, rules: TillRules, words: SlipWords, catalogue: Catalogue, carriers: Carriers,
        *, parts: Sequence[EveningPart] = PARTS,
    ) -> None:  # fmt: skip
        self._rules = rules
        self._words = words
        self._catalogue = catalogue
        self._carriers = carriers
        self._parts = parts
        bus.on(Asked, self._asked)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.X_REPORT:
            return
        report, language = report_of(tx, self._rules, open_day(tx, self._rules)), self._words.spoken(tx)
        now = local_time(tx.stamp.at, self._rules.zone)
        evening = evening_of(tx, report, self._catalogue, self._rules.zone, language)
        parts = [part(evening) for part in self._parts]
        summed = x_slip(report, self._carriers, shop=self._words.shop, now=now, language=language)
        print_slip(evening_slip(summed, (part.blocks for part in parts), language), tx)
        said = net_said("day.report", "day.report_back", report)
        tx.after_commit(EveningPrinted())
        tx.after_commit(Say(said.prompt, said.tone, said.amounts, said.words, tuple(p.say for p in parts if p.say)))

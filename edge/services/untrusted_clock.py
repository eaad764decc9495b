"""A clock that nothing disciplines and that lies before the broker's certificate: what is known of now (decisions 2).

Our own authority signed that certificate, so it is at least as late as it says. Only forward, only while nothing better
is known, and the connection is verified in full afterwards as always.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.bus import Bus
from edge.clock import Clk
from edge.codec.certificate import vouched_since
from edge.messages import BrokerShown, JobDone
from edge.ports import Transaction

MOST = timedelta(days=3 * 365)
"""A clock is not further behind: the last time that was kept, or the image, is no older."""

_JOB = "clock.vouched"
_log = logging.getLogger("edge.cloud")


@dataclass(frozen=True, slots=True)
class SetClock:
    """An effect: the wall clock is to be `at`."""

    at: datetime


class UntrustedClock:
    """`run` is the jobs thread's. Who sets the clock is routed to SetClock."""

    def __init__(self, bus: Bus, *, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._run = run
        bus.on(BrokerShown, self._shown)
        bus.on(JobDone, self._vouched)

    def _shown(self, shown: BrokerShown, tx: Transaction) -> None:
        if tx.stamp.clk is Clk.UNSYNC:
            self._run(_JOB, lambda: vouched_since(shown.certificate, shown.roots, shown.host))

    def _vouched(self, done: JobDone, tx: Transaction) -> None:
        if done.job != _JOB:
            return
        if not isinstance(done.result, datetime):
            _log.warning("the broker's certificate tells no time: %s", done.error)
        elif tx.stamp.clk is Clk.UNSYNC and tx.stamp.at < done.result < tx.stamp.at + MOST:
            tx.after_commit(SetClock(done.result))
        else:
            _log.warning("the broker's certificate is of %s, which is no time to set %s to", done.result, tx.stamp.at)

"""The rival with a buffer: ThingsBoard's gateway from PyPI, whole, in an environment of its own, on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from shop_bench import until

from bench.drain import Drained as OurDrained
from bench.drain import to_reference_cloud
from bench.drain import to_stub as ours_to_stub
from bench.figures import Budget, Figure, Row, megabytes, middle, not_measured
from bench.limits import limit
from bench.readings import cpu_s, peak_rss_kb, rss_kb
from bench.rival_gateway import PATIENCE_S, RivalFailed, install, rival_in
from bench.site import Site

EVENTS = 10_000
SHIPPED, TUNED = 10, 1_000
"""Records read at once: what its own settings file says, and what makes it fast."""
STEADY_S = 8.0
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Drained:
    rate: float
    cpu_us: float
    resting_kb: int
    peak_kb: int


def run(site: Site) -> Iterator[Row]:
    """Never a made-up figure: what cannot be installed or run here says so."""
    try:
        install()
        yield from measure(site)
    except RivalFailed as failure:
        why = f"could not be measured here: {failure}"[:200]
        yield Row("the rival", not_measured(why), None, Budget("6", "≥", 4.0))


def measure(site: Site) -> Iterator[Row]:
    """The two take turns, so that what slows one slows the other."""
    tuned, ours, stored = [], [], []
    for _ in range(ROUNDS):
        tuned.append(drain(site, TUNED))
        ours.append(ours_to_stub(site))
        stored.append(to_reference_cloud(site))
    shipped = drain(site, SHIPPED)
    site.keep("drain", "rival, tuned", [middle([found.rate for found in tuned])])
    site.keep("drain", "rival, shipped", [shipped.rate])
    yield from drain_rows(tuned, [shipped], ours, stored)
    resting, peak = tuned[0].resting_kb, max(found.peak_kb for found in tuned)
    site.keep("memory", "rival at rest", [resting / 1024])
    site.keep("memory", "rival at most", [peak / 1024])
    remark = f"at most {megabytes(peak)} with {EVENTS:,} events"
    yield limit("rival: memory at rest", megabytes(resting), remark)
    yield lost_row("right after a burst", *burst_killed(site))
    yield lost_row("at a steady rate", *steady_killed(site))


def lost_row(when: str, accepted: int, lost: int) -> Row:
    remark = f"of {accepted:,} accepted"
    return limit(f"rival: accepted events lost, kill -9 {when}", Figure(lost, "lost"), remark)


def drain_rows(
    tuned: list[Drained], shipped: list[Drained], ours: list[OurDrained], stored: list[OurDrained]
) -> Iterator[Row]:
    product = Figure(middle([found.rate for found in ours]), "events/s")
    for name, bound, rounds in (("tuned", 4.0, tuned), ("shipped", 100.0, shipped)):
        yield Row(
            f"drain to a cloud that only acknowledges against the rival, {name}", product,
            Figure(middle([found.rate for found in rounds]), "events/s"), Budget("6", "≥", bound),
            f"the rival needs {middle([found.cpu_us for found in rounds]):.0f} µs CPU an event",
        )  # fmt: skip
    yield Row(
        "drain with the reference cloud against the rival, tuned",
        Figure(middle([found.rate for found in stored]), "events/s"),
        Figure(middle([found.rate for found in tuned]), "events/s"), Budget("6", "≥", 1.0),
    )  # fmt: skip


def drain(site: Site, read_count: int) -> Drained:
    """Accepted while the server is away, then timed from the first event that comes to the last."""
    with rival_in(site.room("rival"), read_count) as rival:
        rival.know_device()
        rival.broker.kill()
        assert rival.burst(EVENTS) == EVENTS
        until(lambda: rival.stored() == EVENTS, "it has stored them", patience_s=PATIENCE_S)
        resting, before = rss_kb(rival.pid), cpu_s(rival.pid)
        server = rival.serve()
        rival.broker.start()
        until(lambda: server.tally["events"] == EVENTS, "all have come", patience_s=PATIENCE_S)
        tally = server.tally
        took = tally["last_mono"] - tally["first_mono"]
        return Drained(EVENTS / took, (cpu_s(rival.pid) - before) / EVENTS * 1e6, resting, peak_rss_kb(rival.pid))


def burst_killed(site: Site) -> tuple[int, int]:
    with rival_in(site.room("rival-burst"), TUNED) as rival:
        server = rival.serve()
        accepted = rival.burst(EVENTS)
        rival.kill()
        rival.start()
        return accepted, accepted - rival.came(server)


def steady_killed(site: Site) -> tuple[int, int]:
    """Killed while it accepts; what it had said to have accepted by then counts."""
    with rival_in(site.room("rival-steady"), TUNED) as rival:
        server = rival.serve()
        accepted = rival.steady_until_killed(STEADY_S * Random(1).uniform(0.5, 0.9))
        rival.start()
        rival.came(server)
        return len(accepted), len(accepted - set(server.tally.get("seen", ())))

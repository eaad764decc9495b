"""The rival with a buffer: ThingsBoard's gateway from PyPI, whole, in an environment of its own, on this machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from shop_bench import until

from bench.figures import Budget, Figure, Row, megabytes, not_measured
from bench.readings import cpu_s, peak_rss_kb, rss_kb
from bench.rival_gateway import PATIENCE_S, install, rival_in
from bench.site import Site

EVENTS = 10_000
SHIPPED, TUNED = 10, 1_000
"""Records read at once: what its own settings file says, and what makes it fast."""
STEADY_S = 8.0


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
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield Row("ThingsBoard gateway", not_measured(f"could not be measured here: {why[:200]}"))


def measure(site: Site) -> Iterator[Row]:
    drained = {}
    for name, read_count in (("shipped", SHIPPED), ("tuned", TUNED)):
        drained[name] = drain(site, read_count)
        site.keep("drain", f"rival, {name}", [drained[name].rate])
    yield from drain_rows(site, drained)
    site.keep("memory", "rival at rest", [drained["tuned"].resting_kb / 1024])
    site.keep("memory", "rival at most", [drained["tuned"].peak_kb / 1024])
    yield Row(
        "rival: memory at rest", megabytes(drained["tuned"].resting_kb), None, None,
        f"at most {megabytes(drained['tuned'].peak_kb)} with {EVENTS:,} events",
    )  # fmt: skip
    yield lost_row("right after a burst", *burst_killed(site))
    yield lost_row("at a steady rate", *steady_killed(site))


def lost_row(when: str, accepted: int, lost: int) -> Row:
    remark = f"of {accepted:,} accepted"
    return Row(f"rival: accepted events lost, kill -9 {when}", Figure(lost, "lost"), None, None, remark)


def drain_rows(site: Site, drained: dict[str, Drained]) -> Iterator[Row]:
    for name, bound in (("tuned", 4.0), ("shipped", 100.0)):
        found = drained[name]
        yield Row(
            f"drain to a cloud that only acknowledges against the rival, {name}",
            _ours(site, "drain"), Figure(found.rate, "events/s"), Budget("6", "≥", bound),
            f"the rival needs {found.cpu_us:.0f} µs CPU an event",
        )  # fmt: skip
    yield Row(
        "drain with the reference cloud against the rival, tuned", _ours(site, "drain, reference cloud"),
        Figure(drained["tuned"].rate, "events/s"), Budget("6", "≥", 1.0),
    )  # fmt: skip


def _ours(site: Site, fact: str) -> Figure:
    known = site.facts.get(fact)
    return Figure(known, "events/s") if known is not None else not_measured("section drain was not run")


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

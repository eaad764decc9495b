"""When to try the cloud again (contract B1): full jitter, told by the cloud, never synchronised with other boxes."""

from __future__ import annotations

from random import Random

from edge.messages import FOR_A_PERSON, Refusal

DEFAULT_SPREAD_S = 5.0
"""Before the first welcome: fleets up to 5,000 boxes."""
DEFAULT_CAP_S = 900.0
AUTH_WAIT_S = (300.0, 900.0)
STABLE_S = 60.0
"""Failures are forgotten only after a welcome and this long without a break."""
EARLY_EVERY_S = 60.0
"""A customer standing at the box may cause one attempt ahead of its time, this often at most."""


def wait_s(
    cause: Refusal | None, failures: int, *, spread_s: float, cap_s: float, chance: Random, welcomed: bool = False
) -> float:
    """Seconds until the next attempt. `cause` None: the first since boot. `failures`: attempts in a row that failed.

    `welcomed`: the connection that was lost was one, though it did not last. A broker that dies twice within a minute
    drops its whole fleet twice, so that this loss is spread at least as the first was. PROTOCOL_VERSION is said of an
    attempt in MQTT 5 only: then there is 3.1.1 to try, at once.
    """
    if cause in FOR_A_PERSON:
        return chance.uniform(*AUTH_WAIT_S)
    if cause is Refusal.PROTOCOL_VERSION:
        return 0.0
    if cause is None or failures == 0 or cause is Refusal.MOVED:
        return chance.uniform(0, spread_s)
    bound_s = min(cap_s, 2.0 ** min(failures + 2, 20))
    return chance.uniform(0, max(bound_s, spread_s) if welcomed else bound_s)

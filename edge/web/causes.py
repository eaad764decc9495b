"""Why something failed, in the reader's own words: what the terminal and the system say themselves is English.

A sentence of the page's words for each cause that is ours or the system's; what nobody knows stays as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Cause(NamedTuple):
    """`key`: of the sentence, which is filled by `values`."""

    key: str
    values: Mapping[str, str]


_PAGE = r"\[web\] (?P<setting>\w+): the page cannot open port (?P<port>\d+) of (?P<host>\S+): .*"
_SAID = (
    # Of the page and of problems, whole sentences of the terminal's.
    ("page_taken", _PAGE + "another program has it"),
    ("page_rights", _PAGE + "CAP_NET_BIND_SERVICE"),
    ("page_address", _PAGE + "no such address now"),
    ("stuck", r"nothing was taken for (?P<minutes>\d+) minutes; (?P<rows>\d+) rows wait"),
    ("mute_scale", "the scale said nothing"),
    ("board", r"lock board (?P<board>\d+) of \S+ does not answer"),
    ("open_door", r"the door of cell (?P<cell>\S+) is open"),
    ("voltage", "the voltage is too low now"),
    ("room", r"(?P<percent>[\d.]+) percent are free"),
    ("restless", r"connected (?P<times>\d+) times within an hour"),
    ("ends", r"certificate ends on (?P<day>[\d-]+) and was not renewed"),
    ("parked", r"(?P<count>\d+) records parked by the cloud"),
    ("papers", r"(?P<count>\d+) papers may be missing"),
    ("slip", "certificate is not the one of the newest slip"),
    # Of enrolment.
    ("fingerprint", "somebody else answers there"),
    ("code", "refused, auth.denied"),
    ("other_tid", "csr.identity_mismatch"),
    ("no_server", "this is no enrolment server"),
    ("untrusted", "not who it should be|is not who answers|certificate verify failed|certificate is not trusted"),
    ("clock", "cannot be judged until the clock is right"),
    ("no_key", "cannot know this box"),
    ("barred", "^refuses this box"),
    # Of the shop.
    ("served", "somebody (is|was|is being) served"),
    ("busy", "is on its way|too many jobs wait|is going on|too much else is being done"),
    ("stands_open", "^its door is open$"),
    ("cell_used", "^somebody uses this cell now$"),
    ("holds_parcel", "a parcel is in it: name it"),
    ("seen_to", "somebody has seen to this paper already"),
    ("power", "power was lost|the power went before"),
    # Of settings on trial.
    ("unwell", r": not there within \d+ s"),
    ("unsettled", "not come to rest"),
    # Of devices.
    ("taken", "another program (has|holds)|Address already in use|Device or resource busy"),
    ("rights", "no permission to|Permission denied|Operation not permitted|may not be used"),
    ("no_address", "Cannot assign requested address|this is not an address"),
    ("no_name", "Name or service not known|Temporary failure in name resolution|No address associated with hostname"),
    ("no_way", "Network is unreachable|No route to host"),
    ("refused", "Connection refused"),
    ("late", "timed out|does not answer|did not answer|met silence|silence$|Connection timed out"),
    (
        "not_there",
        "not plugged in|was unplugged|is plugged in|pulled out|No such device|No such file|there is no sound",
    ),
    ("mute", "takes no bytes|takes no sound|the scale is disconnected"),
    ("broke", "port is gone|printer is gone|connection broke|closed the connection|writing failed|Connection reset"),
    ("no_drawer", "no drawer is connected"),
    ("full", "No space left|no room"),
    ("read_only", "Read-only file system|it can only be read"),
    ("driver", "a fault in the driver"),
)  # fmt: skip
"""(the sentence is `cause.` and this, what was said): the first that fits."""
_CAUSES = tuple((f"cause.{word}", re.compile(said)) for word, said in _SAID)
WORDS = tuple(key for key, _ in _CAUSES)


def cause_of(said: str) -> Cause | None:
    """None: no sentence says the same."""
    for key, pattern in _CAUSES:
        if (found := pattern.search(said)) is not None:
            return Cause(key, found.groupdict())
    return None

"""`edge conformance`: try a cloud, and say line by line what holds."""

from __future__ import annotations

import argparse
import re
import select
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import SystemRandom
from urllib.parse import urlsplit

from edge.clock import SystemClock
from edge.cloud.session import Broker
from edge.codec.topics import DEFAULT_PREFIX, TID, Topics
from edge.errors import CloudError, SettingsError
from edge.sim.conformance import handshake, killing, losses, poison, questions, strangers, watermark, whole_terminal
from edge.sim.conformance.finding import Check, Outcome, State, failed, lines, passed
from edge.sim.conformance.probe import Identity
from edge.sim.conformance.scene import Scene

EXIT_HOLDS, EXIT_WRONG = 0, 1
PATIENCE_S, LONGEST_PATIENCE_S = 3.0, 60.0
TIDS = ("CONFORM1", "CONFORM2")
PORTS = {"mqtt": 1883, "mqtts": 8883}
EPILOG = """\
Use ids of terminals that are no shop's: rows of sales that never were come into your database.
NOT SEEN is no failure: it could not be seen from outside, or not this time.

exit codes: 0 nothing failed, 1 something failed or there is no session, 2 usage
"""


def _readable(scene: Scene) -> Outcome:
    unreadable = scene.probe.unreadable
    if unreadable:
        return failed("messages of docs/cloud-contract.md", f"{len(unreadable)} that are none, such as {unreadable[0]}")
    return passed(f"{len(scene.probe.heard)} messages, all as the contract has them")


READABLE = Check(
    "readable", "all that came down can be read", "From the cloud",
    "Compare with docs/asyncapi.json: it has the schema and an example of each message.", _readable,
)  # fmt: skip
CHECKS: tuple[Check, ...] = (
    *handshake.CHECKS, *watermark.CHECKS, *poison.CHECKS, *losses.CHECKS, *questions.CHECKS, *strangers.CHECKS,
    *whole_terminal.CHECKS, *killing.CHECKS, *watermark.LAST, READABLE,
)  # fmt: skip


def run(argv: Sequence[str]) -> int:
    """The arguments after `edge conformance`."""
    options = _options().parse_args(argv)
    identity = _identity(options.url, options.tid, options.ca_file, options.cert_file, options.key_file)
    other = None
    if not options.url.startswith("mqtts") or options.other_cert_file is not None:
        pair = options.other_cert_file, options.other_key_file
        other = _identity(options.url, options.other_tid, options.ca_file, *pair)
    checks = _chosen(options.only)
    with tempfile.TemporaryDirectory(prefix="edge-conformance-") as folder:
        scene = Scene(
            identity, other, Topics(options.topic_prefix), SystemClock(), SystemRandom(), Path(folder),
            options.patience, pressed=_pressed if options.kill else None,
        )  # fmt: skip
        outcomes = tried(scene, checks, print)
    failures = [check.name for check, outcome in outcomes if outcome.state is State.FAIL]
    counts = Counter(outcome.state for _, outcome in outcomes)
    print(", ".join(f"{counts[state]} {state}" for state in State))
    print(f"mend first: {failures[0]}" if failures else "nothing failed")
    return EXIT_WRONG if failures else EXIT_HOLDS


def tried(scene: Scene, checks: Sequence[Check], say: Callable[[str], object]) -> list[tuple[Check, Outcome]]:
    """Each check in turn, told as it ends. Raises CloudError where there is no session at all."""
    outcomes: list[tuple[Check, Outcome]] = []
    try:
        scene.open()
        for check in checks:
            outcome = _tried(scene, check)
            outcomes.append((check, outcome))
            for line in lines(check, outcome):
                say(line)
    finally:
        scene.close()
    return outcomes


def _tried(scene: Scene, check: Check) -> Outcome:
    try:
        return check.run(scene)
    except CloudError as error:
        return failed("a session that stays open, or can be opened again", error.got or error.what)


def _chosen(names: Sequence[str]) -> Sequence[Check]:
    known = {check.name: check for check in CHECKS}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise SettingsError("no such check", where="--only", expected=", ".join(known), got=wrong[0])
    return [known[name] for name in names] or CHECKS


def _identity(url: str, tid: str, ca_file: str | None, cert_file: str | None, key_file: str | None) -> Identity:
    for file in (ca_file, cert_file, key_file):
        if file is not None and not Path(file).is_file():
            raise SettingsError("not a file", where="--ca-file, --cert-file, --key-file", got=file)
    if not re.fullmatch(TID, tid):
        raise SettingsError("not a terminal's id", where="--tid", expected="8 to 23 of A-Z and 0-9", got=repr(tid))
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        port, host = None, None
    if not host or parts.scheme not in PORTS or parts.path.strip("/"):
        raise SettingsError("not the address of a broker", where="--url", expected="mqtt://host:port", got=repr(url))
    if parts.scheme == "mqtts" and ca_file is None:
        raise SettingsError("TLS wants to know whom to trust", where="--ca-file", expected="roots in PEM")
    return Identity(tid, Broker(f"{parts.scheme}://{host}:{port or PORTS[parts.scheme]}", ca_file, cert_file, key_file))


def _pressed() -> bool:
    if select.select([sys.stdin], [], [], 0)[0]:
        sys.stdin.readline()
        return True
    return False


def _patience(text: str) -> float:
    if not re.fullmatch(r"\d{1,2}(\.\d{1,3})?", text) or not 0.5 <= float(text) <= LONGEST_PATIENCE_S:
        raise argparse.ArgumentTypeError(f"expected 0.5 to {LONGEST_PATIENCE_S:g} seconds, got {text!r}")
    return float(text)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge conformance", description="Play a terminal against a cloud, and say what does not hold there.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("--url", required=True, help="of the broker before the cloud: mqtt://host:port or mqtts://host:port")
    add("--tid", default=TIDS[0], help=f"of the terminal that it plays (default: {TIDS[0]})")
    add("--ca-file", metavar="FILE", help="roots that the broker is to be verified by")
    add("--cert-file", metavar="FILE", help="of this terminal; the key may stand in it, too")
    add("--key-file", metavar="FILE")
    add("--other-tid", default=TIDS[1], help=f"of a second terminal (default: {TIDS[1]})")
    add("--other-cert-file", metavar="FILE", help="of the second terminal; over mqtts:// there is none without it")
    add("--other-key-file", metavar="FILE")
    add("--topic-prefix", default=DEFAULT_PREFIX)
    add("--patience", type=_patience, default=PATIENCE_S, metavar="S", help="for other answers than acks (default: 3)")
    add("--only", action="append", default=[], metavar="CHECK", help="try this one alone; can be given several times")
    add("--kill", action="store_true", help="ask you to kill the cloud, and look what is left of what it acknowledged")
    return parser

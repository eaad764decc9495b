"""The command line: edge run, check, journal, export, catalogue, offers, receipt, cards, badge, members, …"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence

from edge import __version__
from edge.errors import EdgeError, SettingsError

MAX_DIGITS = 18
"""SQLite counts no further."""
MAX_DAYS = 3650
"""Of a badge: ten years."""
EXIT_OK, EXIT_WRONG, EXIT_USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 well, 1 found wrong or failed, 2 settings or usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # An argument that is no UTF-8, a terminal that knows no Chinese: shown as \udcff or \u4e2d, never a crash.
        sys.stdout.reconfigure(errors="backslashreplace")
    if words[:1] in (["cloud"], ["demo"], ["sim"], ["fleet"], ["conformance"]):
        return _guarded(_delegate(words[0]), words[1:])
    arguments = _parser().parse_args(words)
    return _guarded(lambda _: int(arguments.command(arguments)), words)


def _guarded(command: Callable[[list[str]], int], words: list[str]) -> int:
    try:
        return command(words)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EXIT_USAGE
    except EdgeError as error:
        print(error, file=sys.stderr)
        return EXIT_WRONG
    except BrokenPipeError:
        # The reader of our output (head, less) has seen enough.
        sys.stderr.close()
        return EXIT_OK


def _delegate(word: str) -> Callable[[list[str]], int]:
    def run(words: list[str]) -> int:
        if word == "cloud":
            from edge.reference_cloud.main import run as run_cloud

            return run_cloud(words)
        if word == "sim":
            from edge.sim.year.main import run as run_simulation

            return run_simulation(words)
        if word == "fleet":
            from edge.sim.fleet.main import run as run_fleet

            return run_fleet(words)
        if word == "conformance":
            from edge.sim.conformance.main import run as run_conformance

            return run_conformance(words)
        from edge.sim.counter.main import run as run_demo

        return run_demo(words)

    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge", description="The software of an in-store smart terminal.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(command=run)
        return added

    def with_config(added: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added.add_argument("--config", required=True, metavar="FILE", help="the settings file")
        return added

    with_config(command("run", _run, "run the terminal"))
    with_config(command("check", _check, "check settings and devices, in plain words"))
    journal = with_config(command("journal", _journal, "print the journal as JSON lines, or verify it"))
    journal.add_argument("--stream", choices=["pk", "tx", "ev"], help="only this stream")
    journal.add_argument("--since", type=_journal_number, default=0, metavar="N", help="from journal number N on")
    journal.add_argument("--verify", action="store_true", help="check the hash chain and the positions")
    journal.add_argument("--waybill", metavar="NUMBER", help="all rows of one parcel, with their links")
    catalogue = command("catalogue", _catalogue, "import goods")
    catalogue.add_argument("action", choices=["import"])
    with_config(catalogue).add_argument("csv", metavar="CSV", help="header: gtin,name,price_fen,unit")
    export = with_config(command("export", _export, "write the shop's own books as CSV, for any spreadsheet"))
    export.add_argument("--to", required=True, metavar="FOLDER", help="where to, such as a USB stick")
    _add_backup(command)

    offers = command("offers", _offers, "import what suppliers ask for goods")
    offers.add_argument("action", choices=["import"])
    with_config(offers).add_argument("csv", metavar="CSV", help="header: supplier,gtin,pack,cost_fen")
    receipt = with_config(command("receipt", _receipt, "draw a receipt as it was printed"))
    receipt.add_argument("receipt", metavar="RECEIPT", help="its number, such as 261123-1-0001")
    receipt.add_argument("--png", required=True, metavar="OUT", help="the picture to write")
    cards = with_config(command("cards", _cards, "draw the command cards to print and laminate"))
    cards.add_argument("--pdf", required=True, metavar="OUT", help="the PDF to write")
    cards.add_argument("--language", choices=["zh-CN", "en", "both"], default="both", help="of the words on them")
    booklet = with_config(command("booklet", _booklet, "draw the booklet of goods that customers can order"))
    booklet.add_argument("--pdf", required=True, metavar="OUT", help="the PDF to write")
    booklet.add_argument("--language", choices=["zh-CN", "en", "both"], default="both", help="of the words in it")
    _add_badge(command("badge", _badge, "issue, list and revoke badges"))
    enrol = with_config(command("enrol", _enrol, "get this box its certificate for the cloud, with a code"))
    enrol.add_argument("--url", required=True, help="of the enrolment server, such as https://cloud.example:8443")
    enrol.add_argument("--code", required=True, help="10 characters, as edge cloud enrol-code printed them")
    enrol.add_argument("--fingerprint", help="of the server's certificate, as it was printed with the code")
    enrol.add_argument("--ca-file", metavar="FILE", help="instead: the roots that the server is to be verified by")
    members = command("members", _members, "renew the key of members' pseudonyms")
    members.add_argument("action", choices=["renew-key"], help="what was sent until now is linked to nobody any more")
    members.add_argument("--config", required=True, metavar="FILE", help="the settings file")
    _add_lockers(command("lockers", _lockers, "set up the parcel lockers"))
    _add_decode(command("decode", _decode, "what is this code, what do these bytes mean"))
    commands.add_parser("cloud", help="run the reference cloud", add_help=False)
    commands.add_parser("demo", help="open a shop to play with", add_help=False)
    commands.add_parser("sim", help="live through simulated days with faults", add_help=False)
    commands.add_parser("fleet", help="many terminals at one broker", add_help=False)
    commands.add_parser("conformance", help="try a cloud: what holds there, and what does not", add_help=False)
    return parser


def _add_backup(command: Callable[..., argparse.ArgumentParser]) -> None:
    backup = command("backup", _backup, "the whole shop as one file with a password, while it sells")
    backup.add_argument("to", metavar="OUT", help="the file to write, or a folder such as a USB stick")
    restore = command("restore", _restore, "make this box the shop of a backup")
    restore.add_argument("backup", metavar="BACKUP", help="a file of edge backup, or of the page")
    restore.add_argument("--look", action="store_true", help="check it, and change nothing")
    restore.add_argument("--leave-unsent", action="store_true", help="what the cloud lacks goes to aside, too")
    for parser in (backup, restore):
        parser.add_argument("--config", required=True, metavar="FILE", help="the settings file")
        parser.add_argument("--password-file", metavar="FILE", help="its first line, instead of typing it")


def _add_badge(badge: argparse.ArgumentParser) -> None:
    actions = badge.add_subparsers(required=True, metavar="ACTION")
    issue = actions.add_parser("issue", help="a new one, on paper")
    issue.add_argument("--role", required=True, choices=["owner", "courier", "technician"])
    issue.add_argument("--name", required=True, help="whose it is")
    issue.add_argument("--days", type=_days, metavar="N", help="how long it is valid; without it until it is revoked")
    issue.add_argument("--carrier", metavar="ID", help="of a courier: whose parcels may be taken along, such as SF")
    issue.add_argument("--pdf", metavar="OUT", help="a card for the wallet, with an owner's the owner's commands")
    issue.add_argument("--png", metavar="OUT", help="the slip as the receipt printer would print it")
    revoke = actions.add_parser("revoke", help="it opens nothing any more")
    revoke.add_argument("--badge", required=True, metavar="ID", help="as it stands on the badge")
    shown = actions.add_parser("list", help="all that there are")
    for action, parser in (("issue", issue), ("revoke", revoke), ("list", shown)):
        parser.add_argument("--config", required=True, metavar="FILE", help="the settings file")
        parser.set_defaults(action=action)


def _add_lockers(lockers: argparse.ArgumentParser) -> None:
    actions = lockers.add_subparsers(required=True, metavar="ACTION")
    scan = actions.add_parser("scan", help="which boards answer; nothing but questions goes out")
    mapped = actions.add_parser("map", help="make the cells of one board")
    mapped.add_argument("--board", required=True, type=int, metavar="N", help="its address")
    mapped.add_argument("--locks", required=True, type=int, metavar="N", help="how many cells")
    mapped.add_argument("--from-lock", type=int, default=1, metavar="N", help="the lock of the first of them")
    mapped.add_argument("--size", required=True, choices=["S", "M", "L", "XL"])
    mapped.add_argument("--first", type=int, metavar="N", help="the number painted on the first door")
    commission = actions.add_parser("commission", help="find out what the contacts mean, door by door")
    commission.add_argument("--board", type=int, metavar="N", help="only this board")
    shown = actions.add_parser("show", help="the cells, and what their doors do")
    for action, parser in (("scan", scan), ("map", mapped), ("commission", commission), ("show", shown)):
        parser.add_argument("--config", required=True, metavar="FILE", help="the settings file")
        parser.set_defaults(action=action)
    for parser in (mapped, commission):
        parser.add_argument("--device", metavar="NAME", help="which bus, where the settings have more than one")


def _add_decode(decode: argparse.ArgumentParser) -> None:
    kinds = decode.add_subparsers(required=True, metavar="KIND")
    scan = kinds.add_parser("scan", help="a scanned text")
    scan.add_argument("text", metavar="TEXT")
    scan.add_argument("--mode", help="what the terminal is waiting for, such as open or paying")
    scan.set_defaults(kind="scan")
    frame = kinds.add_parser("frame", help="bytes of a device")
    frame.add_argument("protocol", metavar="PROTOCOL", help="such as escpos_rt, cd5220, evdev")
    frame.add_argument("hex", metavar="HEX")
    frame.add_argument("--request", metavar="HEX", help="what was asked, where the answer alone does not tell")
    frame.set_defaults(kind="frame")


def _days(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) <= 4 else 0
    if not 1 <= number <= MAX_DAYS:
        raise argparse.ArgumentTypeError(f"expected 1 to {MAX_DAYS} days, got {text!r}")
    return number


def _journal_number(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"expected a journal number, 0 or more, got {text!r}")
    return number


def _run(arguments: argparse.Namespace) -> int:
    from edge.cli.run import run

    return run(arguments.config)


def _check(arguments: argparse.Namespace) -> int:
    from edge.cli.check import check

    return check(arguments.config)


def _journal(arguments: argparse.Namespace) -> int:
    from edge.cli.journal import journal

    return journal(
        arguments.config, stream=arguments.stream, since=arguments.since, verify=arguments.verify,
        waybill=arguments.waybill,
    )  # fmt: skip


def _catalogue(arguments: argparse.Namespace) -> int:
    from edge.cli.catalogue import import_catalogue

    return import_catalogue(arguments.config, arguments.csv)


def _export(arguments: argparse.Namespace) -> int:
    from edge.cli.export import export

    return export(arguments.config, arguments.to)


def _backup(arguments: argparse.Namespace) -> int:
    from edge.cli.backup import back_up

    return back_up(arguments.config, arguments.to, arguments.password_file)


def _restore(arguments: argparse.Namespace) -> int:
    from edge.cli.backup import restore

    return restore(
        arguments.config, arguments.backup, arguments.password_file, look_only=arguments.look,
        leave_unsent=arguments.leave_unsent,
    )  # fmt: skip


def _offers(arguments: argparse.Namespace) -> int:
    from edge.cli.offers import import_supplier_offers

    return import_supplier_offers(arguments.config, arguments.csv)


def _receipt(arguments: argparse.Namespace) -> int:
    from edge.cli.receipt import draw_receipt

    return draw_receipt(arguments.config, arguments.receipt, arguments.png)


def _cards(arguments: argparse.Namespace) -> int:
    from edge.cli.cards import draw_cards

    return draw_cards(arguments.config, arguments.pdf, arguments.language)


def _booklet(arguments: argparse.Namespace) -> int:
    from edge.cli.booklet import print_booklet

    return print_booklet(arguments.config, arguments.pdf, arguments.language)


def _badge(arguments: argparse.Namespace) -> int:
    from edge.cli.badge import issue_badge, list_badges, revoke_badge

    if arguments.action == "list":
        return list_badges(arguments.config)
    if arguments.action == "revoke":
        return revoke_badge(arguments.config, arguments.badge)
    return issue_badge(
        arguments.config, arguments.role, arguments.name, days=arguments.days, carrier=arguments.carrier,
        pdf=arguments.pdf, png=arguments.png,
    )  # fmt: skip


def _enrol(arguments: argparse.Namespace) -> int:
    from edge.cli.enrol import enrol

    return enrol(
        arguments.config, url=arguments.url, code=arguments.code, fingerprint=arguments.fingerprint,
        ca_file=arguments.ca_file,
    )  # fmt: skip


def _members(arguments: argparse.Namespace) -> int:
    from edge.cli.members import renew_key

    return renew_key(arguments.config)


def _lockers(arguments: argparse.Namespace) -> int:
    from edge.cli.lockers import commission_lockers, map_lockers, scan_lockers, show_lockers

    match arguments.action:
        case "scan":
            return scan_lockers(arguments.config)
        case "show":
            return show_lockers(arguments.config)
        case "commission":
            return commission_lockers(arguments.config, arguments.device, arguments.board)
    return map_lockers(
        arguments.config, arguments.device, board=arguments.board, locks=arguments.locks,
        from_lock=arguments.from_lock, size=arguments.size, first=arguments.first,
    )  # fmt: skip


def _decode(arguments: argparse.Namespace) -> int:
    from edge.cli.decode import decode_frame, decode_scan

    if arguments.kind == "scan":
        return decode_scan(arguments.text, arguments.mode)
    return decode_frame(arguments.protocol, arguments.hex, arguments.request)


if __name__ == "__main__":
    sys.exit(main())

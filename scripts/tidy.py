"""The house rules that a program can check. tests/test_tidy.py runs them; by hand: `.venv/bin/python scripts/tidy.py`.

Each rule takes all sources and yields sentences: path, line, what is wrong, what to do about it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from layers import CORE, LAYERS, RANK, REFERENCE_CLOUD_MAY, REFERENCE_CLOUD_USERS
from sources import (
    FUNCTION,
    Source,
    calls,
    changed_name,
    dotted,
    edge_imports,
    flags_by_position,
    has_comment,
    imports,
    is_broad,
    is_empty,
    is_nothing,
    is_setter,
    mentioned_names,
    mutable_names,
    opens_for_writing,
    read_sources,
    reraises,
    texts,
    top_names,
)

ROOT = Path(__file__).resolve().parent.parent

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

PURE = ("model", "messages", "codec")
IMPURE_MODULES = frozenset(
    [
        "asyncio",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "uuid",
    ]
)
NOW_CALLS = frozenset({"datetime.now", "datetime.utcnow", "datetime.today", "date.today"})
CHANCE_ALLOWED = frozenset({"Random", "SystemRandom"})

WRITERS = ("store", "reference_cloud", "sim", "cli", "__main__")
WRITE_CALLS = frozenset(
    [
        "os.mkdir",
        "os.makedirs",
        "os.remove",
        "os.rename",
        "os.replace",
        "os.rmdir",
        "os.truncate",
        "os.unlink",
        "shutil.copy",
        "shutil.copyfile",
        "shutil.copytree",
        "shutil.move",
        "shutil.rmtree",
        "tempfile.mkdtemp",
        "tempfile.mkstemp",
        "tempfile.NamedTemporaryFile",
    ]
)
WRITE_METHODS = frozenset(
    {"write_text", "write_bytes", "mkdir", "unlink", "rmdir", "touch", "symlink_to", "hardlink_to"}
)
PRINTERS = ("sim", "reference_cloud", "cli", "__main__")
BROAD_CATCHERS = frozenset({"edge.worker", "edge.bus"})

NAMES_NEVER = frozenset({"util", "utils", "helper", "helpers", "manager", "handler", "processor", "misc"})
NAMES_NEVER_ALONE = NAMES_NEVER | {"common", "base", "data", "info"}
NAMES_FROM_THE_FIELD = frozenset({"ScanData"})  # UnifiedPOS calls it so
VERBS_NEVER = ("do_", "process_", "handle_")

TEST_NEVER = {
    "unittest.mock": "use a fake with behaviour from edge.sim",
    "pytest.skip": "make the test run, or delete it",
    "pytest.xfail": "fix it, or delete the test",
    "pytest.mark.skip": "make the test run, or delete it",
    "pytest.mark.skipif": "make the test run, or delete it",
    "pytest.mark.xfail": "fix it, or delete the test",
    "time.sleep": "wait for the event itself, or move the simulated clock",
}
"""What no test of ours may name, and what its author is told to do instead."""


Rule = Callable[[list[Source]], Iterator[str]]


def violations(root: Path) -> list[str]:
    """Every broken rule under `root`, which has the layout of this repository."""
    sources = read_sources(root)
    return sorted(sentence for rule in RULES for sentence in rule(sources))


def layers_point_left(sources: list[Source]) -> Iterator[str]:
    for source, node, target, _ in edge_imports(sources):
        layer = target.split(".")[1] if "." in target else ""
        if source.layer == "reference_cloud":
            if layer and layer not in REFERENCE_CLOUD_MAY:
                yield f"{source.at(node)}: the reference cloud imports {target}; it stands alone above {_row(CORE)}"
        elif layer == "reference_cloud":
            if source.layer not in REFERENCE_CLOUD_USERS:
                yield f"{source.at(node)}: only sim and __main__ know the reference cloud; speak the contract to it"
        elif source.layer not in RANK:
            yield f"{source.at(node)}: {source.module} is in no layer; move it into one, or add it to LAYERS by an ADR"
        elif layer in RANK and not _may_import(source.layer, layer):
            yield (
                f"{source.at(node)}: {source.layer} imports {target}, an arrow to the right; take it as a constructor"
                f" argument (a port), or move what both need into {_row(LAYERS[RANK[source.layer] - 1])}"
            )


def simulation_is_imported_late(sources: list[Source]) -> Iterator[str]:
    for source, node, target, in_function in edge_imports(sources):
        if source.layer == "__main__" and target.startswith("edge.sim") and not in_function:
            yield f"{source.at(node)}: {target} at the top would load with every command; import it in the function"


def libraries_stay_at_home(sources: list[Source]) -> Iterator[str]:
    for source, node, name, _ in imports(sources):
        top = name.split(".")[0]
        if not source.is_product:
            continue
        if top == "paho" and source.module != "edge.cloud.session" and source.layer != "reference_cloud":
            yield f"{source.at(node)}: paho belongs to edge/cloud/session.py; ask the Session port"
        if top == "time" and source.module != "edge.clock":
            yield f"{source.at(node)}: time belongs to edge/clock.py; take a Clock in the constructor"
        if top in {"sqlite3", "tinydb"} and source.layer not in {"store", "reference_cloud", "sim"}:
            yield f"{source.at(node)}: {top} belongs to edge/store; ask the Transaction or Queries port"
        if source.layer in PURE and top in IMPURE_MODULES and name != "random.Random":  # a type, not chance
            yield f"{source.at(node)}: {source.layer} is pure and imports {name}; pass the value in instead"


def time_and_chance_are_passed_in(sources: list[Source]) -> Iterator[str]:
    for source, call in calls(sources):
        if not source.is_product or source.module == "edge.clock":
            continue
        name = dotted(call.func)
        if any(name == now or name.endswith("." + now) for now in NOW_CALLS):
            yield f"{source.at(call)}: {name}() reads the wall clock; take a Clock in the constructor"
        if name.startswith("random.") and name.split(".")[1] not in CHANCE_ALLOWED:
            yield f"{source.at(call)}: {name}() is chance without a seed; take a random.Random in the constructor"
        if name in {"uuid.uuid1", "uuid.uuid4"}:
            yield f"{source.at(call)}: {name}() cannot be replayed; make ids from the Clock and a passed Random"


def only_the_store_writes_files(sources: list[Source]) -> Iterator[str]:
    for source, call in calls(sources):
        if not source.is_product or source.layer in WRITERS:
            continue
        name = dotted(call.func)
        is_write = name in WRITE_CALLS or name.split(".")[-1] in WRITE_METHODS or opens_for_writing(call, name)
        if (is_write or name == "os.open") and source.module != "edge.channel":  # a device is a file there
            yield f"{source.at(call)}: {name}() writes files, which only edge/store may; hand it the bytes"
        if name == "open" and source.layer in PURE:
            yield f"{source.at(call)}: {source.layer} is pure and opens a file; pass the content in instead"


def files_and_functions_fit_the_eye(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        if len(source.lines) > FILE_LINES_MAX:
            yield f"{source.path}:1: {len(source.lines)} lines, {FILE_LINES_MAX} at most; split it by nouns"
        for node in source.nodes:
            if isinstance(node, FUNCTION):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    yield (
                        f"{source.at(node)}: {node.name}() has {length} lines, {FUNCTION_LINES_MAX} at most;"
                        " name its parts and call them"
                    )


def names_say_what_it_is(sources: list[Source]) -> Iterator[str]:
    cure = "say what it is or does: a noun that could title a section, a verb with its effect"
    for source in sources:
        stem = source.module.split(".")[-1]
        if set(stem.split("_")) & NAMES_NEVER_ALONE and source.is_product:
            yield f"{source.path}:1: a module named {stem}; {cure}"
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and node.name not in NAMES_FROM_THE_FIELD:
                words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", node.name)]
                if set(words) & NAMES_NEVER or (words[-1:] and words[-1] in NAMES_NEVER_ALONE):
                    yield f"{source.at(node)}: a class named {node.name}; {cure}"
            elif isinstance(node, FUNCTION):
                words = node.name.strip("_").split("_")
                # do_GET and its like are names that http.server asks for
                never = (
                    node.name.lstrip("_").startswith(VERBS_NEVER) and not node.name.isupper() and words[-1].islower()
                )
                if never or set(words) & NAMES_NEVER or node.name in NAMES_NEVER_ALONE:
                    yield f"{source.at(node)}: a function named {node.name}; {cure}"


def errors_are_not_swallowed(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.ExceptHandler):
                if all(is_nothing(statement) for statement in node.body):
                    yield f"{source.at(node)}: an error is swallowed; translate it, count it or let it rise"
                catches_all = source.is_product and is_broad(node.type) and not reraises(node)
                if catches_all and source.module not in BROAD_CATCHERS:
                    yield f"{source.at(node)}: only worker.py and bus.py catch everything; name what you expect"
            elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress") and source.is_product:
                if any(is_broad(argument) for argument in node.args):
                    yield f"{source.at(node)}: suppress() of everything; name the errors you expect"
                elif not has_comment(source, node.lineno):
                    yield f"{source.at(node)}: suppress() hides an error; say why that is right in a comment beside it"


def every_module_has_a_reader(sources: list[Source]) -> Iterator[str]:
    """Drivers are found by their file's name, device models by MODELS, entry points by a person or a process."""
    modules = {source.module for source in sources if source.is_product}
    if "edge.__main__" not in modules:
        return
    read = {target for source, _, target, _ in edge_imports(sources) if source.module != target}
    for source in sources:
        if source.is_product:
            read |= modules & set(texts(source))
    for source in sources:
        is_entry = (
            source.module.endswith("__main__")
            or source.path.endswith("__init__.py")
            or source.layer == "drivers"
            or (source.layer == "sim" and "MODELS" in top_names(source.tree))
        )
        if source.is_product and not is_entry and source.module not in read:
            yield f"{source.path}:1: nothing imports {source.module}; wire it in edge/daemon.py, or delete it"


def only_the_command_line_prints(sources: list[Source]) -> Iterator[str]:
    for source, call in calls(sources):
        if source.is_product and source.layer not in PRINTERS and dotted(call.func) == "print":
            yield f"{source.at(call)}: print() in a service or driver; log it, or post a message"


def modules_hold_no_state(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        if not source.is_product:
            continue
        held = {name: node for node in source.tree.body for name in mutable_names(node)}
        for name, statement in held.items():
            if is_empty(statement) or not name.strip("_").isupper():
                yield f"{source.at(statement)}: {name} is state of a module; make it a field of the object that owns it"
        for node in source.nodes:
            if isinstance(node, ast.Global):
                yield f"{source.at(node)}: global {', '.join(node.names)}; make it a field of the object that owns it"
            changed = changed_name(node)
            if changed in held:
                yield f"{source.at(node)}: {changed} is a table of the module and is changed here; copy it, or own it"


def flags_are_named_where_they_are_passed(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        for node in source.nodes if source.is_product else ():
            if isinstance(node, FUNCTION) and not is_setter(node):
                for flag in flags_by_position(node):
                    yield (
                        f"{source.at(node)}: {node.name}() takes the flag {flag} by position;"
                        " put a * before it, so that the call says what True means"
                    )


def tests_neither_mock_nor_wait(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        if not source.module.startswith("tests."):
            continue
        for node in source.nodes:
            for name in mentioned_names(node):
                if name in TEST_NEVER:
                    yield f"{source.at(node)}: {name} in a test; {TEST_NEVER[name]}"


RULES: tuple[Rule, ...] = (
    layers_point_left,
    simulation_is_imported_late,
    libraries_stay_at_home,
    time_and_chance_are_passed_in,
    only_the_store_writes_files,
    files_and_functions_fit_the_eye,
    names_say_what_it_is,
    errors_are_not_swallowed,
    every_module_has_a_reader,
    only_the_command_line_prints,
    modules_hold_no_state,
    flags_are_named_where_they_are_passed,
    tests_neither_mock_nor_wait,
)


def _may_import(layer: str, target: str) -> bool:
    return RANK[target] < RANK[layer] or layer == target or (layer in CORE and target in CORE)


def _row(row: tuple[str, ...]) -> str:
    return ", ".join(row)


if __name__ == "__main__":
    found = violations(ROOT)
    print("\n".join(found) or "tidy")
    sys.exit(1 if found else 0)

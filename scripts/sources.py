"""Python sources as trees, and the questions that the house rules in tidy.py ask of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDERS = ("edge", "tests", "scripts")
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORT = (ast.Import, ast.ImportFrom)
MUTATORS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "popleft",
        "remove",
        "setdefault",
        "sort",
        "update",
    ]
)
MUTABLE_CALLS = frozenset({"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict"})
MUTABLE_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


@dataclass(frozen=True)
class Source:
    """One parsed file; `module` is dotted, `layer` its first name below edge ('' outside).

    Every rule asks every file: what takes a walk through its tree is found once.
    """

    path: str
    module: str
    tree: ast.Module
    lines: tuple[str, ...]

    @property
    def layer(self) -> str:
        parts = self.module.split(".")
        return parts[1] if parts[0] == "edge" and len(parts) > 1 else ""

    @property
    def is_product(self) -> bool:
        return self.module.split(".")[0] == "edge"

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        return tuple(node for node in self.nodes if isinstance(node, ast.Call))

    @cached_property
    def imports(self) -> tuple[tuple[ast.stmt, str, bool], ...]:
        """Statement, dotted name as written, whether it stands inside a function."""
        functions = [node for node in self.nodes if isinstance(node, FUNCTION)]
        late = {id(inner) for node in functions for inner in ast.walk(node) if isinstance(inner, IMPORT)}
        return tuple(
            (node, name, id(node) in late) for node in self.nodes if isinstance(node, IMPORT) for name in _names(node)
        )

    def at(self, node: ast.AST) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def read_sources(root: Path) -> list[Source]:
    paths = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.py"))]
    return [_read(path, root) for path in paths]


def _read(path: Path, root: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(root)
    module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    return Source(str(relative), module, ast.parse(text, str(relative)), tuple(text.splitlines()))


def imports(sources: list[Source]) -> Iterator[tuple[Source, ast.stmt, str, bool]]:
    """Source, statement, dotted name as written, whether it stands inside a function."""
    for source in sources:
        for statement, name, in_function in source.imports:
            yield source, statement, name, in_function


def edge_imports(sources: list[Source]) -> Iterator[tuple[Source, ast.stmt, str, bool]]:
    """Imports of one module of the product by another; the name is that of a module, not of what it holds."""
    modules = {source.module for source in sources}
    for source, node, name, in_function in imports(sources):
        target = name if name in modules else name.rpartition(".")[0]
        if source.is_product and target.split(".")[0] == "edge" and target != "edge":
            yield source, node, target, in_function


def calls(sources: list[Source]) -> Iterator[tuple[Source, ast.Call]]:
    for source in sources:
        for call in source.calls:
            yield source, call


def dotted(node: ast.AST) -> str:
    """`a.b.c` as text; '().c' where something that is not a name stands before the last dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value) or '()'}.{node.attr}"
    return ""


def opens_for_writing(call: ast.Call, name: str) -> bool:
    if name.split(".")[-1] != "open" or name == "os.open":
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    modes = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return any(re.fullmatch(r"[rwaxbt+]{1,4}", mode) and set(mode) & set("wax+") for mode in modes)


def is_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(each is None or dotted(each) in {"Exception", "BaseException"} for each in kinds)


def reraises(node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def has_comment(source: Source, line: int) -> bool:
    return any("#" in text for text in source.lines[max(line - 2, 0) : line])


def texts(source: Source) -> Iterator[str]:
    """Every string literal: a process that is started by its module's name is named by one."""
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def mentioned_names(node: ast.AST) -> Iterator[str]:
    """The dotted names that an attribute or an import statement stands for."""
    if isinstance(node, ast.Attribute):
        yield dotted(node)
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def mutable_names(node: ast.stmt) -> Iterator[str]:
    """Names that a statement binds to a list, a dict or a set."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and _is_mutable(node.value):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name) and target.id != "__all__")


def is_empty(node: ast.stmt) -> bool:
    """Whether it binds an empty container, which is good for nothing but being filled later."""
    value = getattr(node, "value", None)
    if isinstance(value, ast.Call):
        return not value.args and not value.keywords
    if isinstance(value, ast.Dict):
        return not value.keys
    return isinstance(value, ast.List | ast.Set) and not value.elts


def top_names(tree: ast.Module) -> set[str]:
    """Names that a module assigns at its top."""
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def changed_name(node: ast.AST) -> str:
    """The name whose container this statement or call changes, '' if none."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
        return node.func.value.id if isinstance(node.func.value, ast.Name) else ""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    changed = [t.value.id for t in targets if isinstance(t, ast.Subscript) and isinstance(t.value, ast.Name)]
    return changed[0] if changed else ""


def flags_by_position(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Names of arguments that are bool, by annotation or default, and can be passed without their name."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    defaults = [None] * (len(arguments) - len(node.args.defaults)) + list(node.args.defaults)
    for argument, default in zip(arguments, defaults, strict=True):
        annotated = argument.annotation is not None and any(
            isinstance(part, ast.Name) and part.id == "bool" for part in _union(argument.annotation)
        )
        if annotated or (isinstance(default, ast.Constant) and isinstance(default.value, bool)):
            yield argument.arg


def is_setter(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr == "setter" for each in node.decorator_list)


def _names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """What is imported; nothing from beside it, which the house does not write."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names] if node.module and not node.level else []


def _is_mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return dotted(value.func).split(".")[-1] in MUTABLE_CALLS
    return isinstance(value, MUTABLE_DISPLAYS)


def _union(annotation: ast.expr) -> list[ast.expr]:
    if isinstance(annotation, ast.BinOp):
        return [*_union(annotation.left), *_union(annotation.right)]
    return [annotation]

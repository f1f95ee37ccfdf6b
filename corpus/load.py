"""Read the knowledge under ``corpus/data`` and find everything that is wrong with its form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from corpus.concepts import ConceptTable, read_concepts
from corpus.errors import CorpusError
from corpus.form import Form
from corpus.models import Asked, AskedFile, RuleFile, Topic

_Model = TypeVar("_Model", bound=BaseModel)

#: The knowledge that comes with the package.
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong with a data file: how bad, where (``file:line``), and what."""

    severity: Literal["error", "warning"]
    where: str
    message: str


@dataclass(frozen=True)
class Corpus:
    """Everything that is known: topics of guideline statements, rules, the concept table and the form's questions.

    ``asked``: the questions that a statement answers, by its id.
    """

    topics: tuple[Topic, ...]
    rules: tuple[RuleFile, ...]
    concepts: ConceptTable
    lines: dict[str, str]
    form: Form
    asked: dict[str, Asked] = field(default_factory=dict)


class _LineLoader(yaml.CSafeLoader):
    """A YAML loader that notes on which line each mapping begins, under the key ``__line__``."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "the same key stands twice", node.start_mark)
        mapping["__line__"] = node.start_mark.line + 1
        return mapping


def read_yaml(path: Path) -> Any:
    """Parse a YAML file; raise :class:`CorpusError` with file and line where it is malformed."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorpusError(f"{path.name}: cannot be read: {_one_line(error)}") from error


def strings_in(node: object) -> Iterator[str]:
    """Every text in a parsed data file, however deep."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings_in(value)


def data_hash(folder: Path = DATA) -> str:
    """SHA-256 over every data file's name and bytes: changes whenever the knowledge does."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".csv")):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_concepts(folder: Path = DATA) -> ConceptTable:
    """The concept table alone."""
    return read_concepts(folder / "concepts")


def load_rules(folder: Path = DATA) -> tuple[RuleFile, ...]:
    """The rules alone; raises :class:`CorpusError` for the first malformed file."""
    issues: list[Issue] = []
    rules = tuple(rule for rule, _ in _read_rules(folder, issues, {}))
    _raise_errors(issues)
    return rules


def load_form(folder: Path = DATA) -> Form:
    """The form's questions alone; raises :class:`CorpusError` where they are malformed."""
    issues: list[Issue] = []
    form = _read_form(folder, issues, {})
    _raise_errors(issues)
    return form


def load_corpus(folder: Path = DATA) -> Corpus:
    """Read everything; raise :class:`CorpusError` naming the first few errors, if there are any."""
    corpus, issues = read_corpus(folder)
    _raise_errors(issues)
    return corpus


def read_corpus(folder: Path = DATA) -> tuple[Corpus, list[Issue]]:
    """Read everything that can be read, with an :class:`Issue` for everything that cannot."""
    issues: list[Issue] = []
    lines: dict[str, str] = {}
    topics = [
        topic
        for path in sorted((folder / "topics").glob("*.yaml"))
        if (topic := _read_file(path, Topic, "statements", issues, lines)) is not None
    ]
    rules = tuple(rule for rule, _ in _read_rules(folder, issues, lines))
    form = _read_form(folder, issues, lines)
    asked = _read_asked(folder, {topic.topic: {s.id for s in topic.statements} for topic in topics}, issues)
    return Corpus(tuple(topics), rules, load_concepts(folder), lines, form, asked), issues


def _read_asked(folder: Path, statements: Mapping[str, set[str]], issues: list[Issue]) -> dict[str, Asked]:
    """The questions of each statement; those of no statement of the file's topic are left out and reported."""
    asked: dict[str, Asked] = {}
    for path in sorted((folder / "asked").glob("*.yaml")):
        if path.stem not in statements:
            continue
        questions = _read_file(path, AskedFile, "", issues, {})
        for name, entry in questions.root.items() if questions else ():
            if name in statements[path.stem]:
                asked[name] = entry
            else:
                issues.append(Issue("error", f"asked/{path.name}", f"topic {path.stem} has no statement {name!r}"))
    return asked


def _read_form(folder: Path, issues: list[Issue], lines: dict[str, str]) -> Form:
    path = folder / "form" / "complaints.yaml"
    form = _read_file(path, Form, "complaints", issues, lines) if path.exists() else None
    return form or Form()


def read_lined(path: Path, model: type[_Model], issues: list[Issue]) -> _Model | None:
    """Read a data file of one object; its problems go to *issues* with their lines, and it is then ``None``."""
    return _read_file(path, model, "", issues, {})


def _read_rules(folder: Path, issues: list[Issue], lines: dict[str, str]) -> Iterator[tuple[RuleFile, Path]]:
    for path in sorted((folder / "rules").glob("*.yaml")):
        rule_file = _read_file(path, RuleFile, "", issues, lines)
        if rule_file is not None:
            yield rule_file, path


def _read_file(
    path: Path, model: type[_Model], entries: str, issues: list[Issue], lines: dict[str, str]
) -> _Model | None:
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        issues.append(Issue("error", path.name, _one_line(error)))
        return None
    if not isinstance(raw, dict):
        issues.append(Issue("error", path.name, "is not a mapping; see docs/writing-statements.md"))
        return None
    _note_lines(raw, path.name, lines)
    plain = _without_lines(raw)
    if model is RuleFile:
        plain["name"] = path.stem
    for _ in range(len(plain.get(entries, [])) + 1 if entries else 1):
        try:
            return model.model_validate(plain)
        except ValidationError as error:
            bad = _report(error, raw, path.name, entries, issues)
            if not bad:
                return None
            plain[entries] = [entry for i, entry in enumerate(plain[entries]) if i not in bad]
            raw[entries] = [entry for i, entry in enumerate(raw[entries]) if i not in bad]
    return None


def _report(error: ValidationError, raw: dict[str, Any], name: str, entries: str, issues: list[Issue]) -> set[int]:
    """Note each problem with the line of its entry; return the positions of the entries at fault."""
    bad: set[int] = set()
    whole_file = False
    for problem in error.errors():
        node: Any = raw
        line = 1
        for step in problem["loc"]:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
            if isinstance(node, dict):
                line = node.get("__line__", line)
        field = ".".join(str(step) for step in problem["loc"])
        issues.append(Issue("error", f"{name}:{line}", f"{field}: {problem['msg']}"))
        if entries and len(problem["loc"]) > 1 and problem["loc"][0] == entries:
            bad.add(int(problem["loc"][1]))
        else:
            whole_file = True
    return set() if whole_file else bad


def _note_lines(node: Any, name: str, lines: dict[str, str]) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("id"), str):
            lines.setdefault(node["id"], f"{name}:{node['__line__']}")
        for value in node.values():
            _note_lines(value, name, lines)
    elif isinstance(node, list):
        for value in node:
            _note_lines(value, name, lines)


def _without_lines(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_lines(value) for key, value in node.items() if key != "__line__"}
    if isinstance(node, list):
        return [_without_lines(value) for value in node]
    return node


def _raise_errors(issues: list[Issue]) -> None:
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        shown = "; ".join(f"{issue.where}: {issue.message}" for issue in errors[:3])
        more = f" (and {len(errors) - 3} more)" if len(errors) > 3 else ""
        raise CorpusError(f"the knowledge files have errors: {shown}{more}. `care corpus lint` lists them all")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())

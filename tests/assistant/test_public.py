from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
from assistant import Assistant, Patient

ROOT = Path(__file__).parents[2]


def test_all_is_exactly_the_public_names() -> None:
    public = {
        name
        for name, value in vars(assistant).items()
        if not name.startswith("_") and not inspect.ismodule(value) and name != "annotations"
    }
    assert public == set(assistant.__all__)


@pytest.mark.parametrize("name", assistant.__all__)
def test_public_things_are_documented(name: str) -> None:
    assert inspect.getdoc(getattr(assistant, name))


def test_importing_the_assistant_loads_nothing_heavy() -> None:
    code = "import sys, assistant; print([m for m in ('torch', 'gradio', 'transformers', 'langchain_core', 'faiss', 'pandas') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout.strip() == "[]"


def test_imports_run_one_way() -> None:
    allowed = {
        "corpus": set(),
        "index": {"corpus"},
        "assistant": {"corpus", "index"},
        "evals": {"corpus", "index", "assistant"},
    }
    for package, below in allowed.items():
        for path in (ROOT / package).rglob("*.py"):
            for line in path.read_text(encoding="utf-8").splitlines():
                words = line.split()
                if words[:1] in (["import"], ["from"]):
                    target = words[1].split(".")[0]
                    assert target not in allowed.keys() - below - {package}, f"{path}: {line}"


def test_the_assistant_is_a_langchain_runnable_and_retriever(care: Assistant) -> None:
    runnable = care.as_runnable()
    answer = runnable.invoke({"question": "What should he eat?", "patient": {"conditions": ["heart failure"]}})
    assert answer == care.ask("What should he eat?", Patient(conditions=["heart failure"]))
    documents = care.retriever(k=3).invoke("salt in heart failure")
    assert len(documents) == 3
    for document in documents:
        whole = care.document(document.metadata["document"]).text
        assert whole[document.metadata["start"] : document.metadata["end"]] == document.page_content


@pytest.mark.parametrize("module", ["corpus", "index", "assistant", "evals"])
def test_every_module_says_what_it_is_for(module: str) -> None:
    for path in (ROOT / module).rglob("*.py"):
        if path.name != "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path

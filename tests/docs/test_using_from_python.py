"""The notebook-style page runs from top to bottom as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant import Assistant

PAGE = Path(__file__).parents[2] / "docs" / "using-from-python.md"


def test_the_page_runs_from_top_to_bottom(
    care: Assistant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARE_HOME", str(care.settings.home))
    monkeypatch.delenv("CARE_LLM", raising=False)
    names: dict[str, object] = {}
    text = PAGE.read_text(encoding="utf-8")
    for match in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, match.start(1))
        exec(compile("\n" * line + match[1], str(PAGE), "exec"), names)
    assert "banana" in capsys.readouterr().out

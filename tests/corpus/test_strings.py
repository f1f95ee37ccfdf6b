from __future__ import annotations

from pathlib import Path

import pytest

from corpus.strings import Strings


@pytest.fixture
def strings(tmp_path: Path) -> Strings:
    path = tmp_path / "strings.yaml"
    path.write_text('greeting:\n  morning: {en: "Good morning, {name}", zh: "{name}，早上好"}\n', encoding="utf-8")
    return Strings(path)


def test_a_text_is_found_by_its_dotted_key_and_filled_in(strings: Strings) -> None:
    assert strings.text("greeting.morning", "zh", name="王护士") == "王护士，早上好"
    assert strings.text("greeting.morning", "en") == "Good morning, {name}"


def test_a_text_that_is_not_there_is_an_error_and_can_be_asked_for(strings: Strings) -> None:
    assert strings.knows("greeting.morning")
    assert not strings.knows("greeting.evening")
    assert not strings.knows("greeting.morning.en.x")
    with pytest.raises(KeyError):
        strings.text("greeting.evening", "en")

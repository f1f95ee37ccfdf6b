"""NEWS2 against the evaluation's own implementation, in short; the full run is ``python -m evals.news2``."""

from __future__ import annotations

from typing import Any

import pytest

import evals.news2 as suite
from assistant import News2, news2


def test_both_implementations_agree_on_every_edge_and_on_random_vital_signs() -> None:
    report = suite.run_news2(4_000)
    assert report["failures"] == []
    assert report["edge_cases"] > 700
    assert min(report["random_complete"], report["random_incomplete"]) > 1_000


@pytest.mark.parametrize(
    "wrong",
    [
        lambda v: news2(v | {"spo2_scale": 1}),
        lambda v: news2({"on_oxygen": False} | v),
        lambda v: news2({name: v.get(name, 0) for name in suite._EDGES} | v),
        lambda v: news2(v | ({"heart_rate": v["heart_rate"] + 1} if "heart_rate" in v else {})),
        lambda v: news2(v).model_copy(update={"band": "low"}),
    ],
    ids=["scale 2 ignored", "oxygen unknown taken for air", "missing taken for zero", "an edge moved", "band wrong"],
)
def test_the_comparison_sees_the_usual_mistakes(monkeypatch: pytest.MonkeyPatch, wrong: Any) -> None:
    def mistaken(vitals: dict[str, Any]) -> News2:
        score: News2 = wrong(vitals)
        return score

    monkeypatch.setattr(suite, "news2", mistaken)
    assert suite.compare(list(suite.edge_cases()))

"""Figures of records: sums over cases, by group, with intervals that hold what they should."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from assistant import InputError
from evals.figures import ALL, figures, paired, results, write_figures
from evals.finished import read_run
from evals.measures import listed, measure, position
from evals.metrics import interval, paired_ratio_intervals, ratio_interval
from tests.evals.records import a_run, record, write_run


def test_a_figure_is_hits_over_what_could_be_hit_not_the_mean_of_shares() -> None:
    records = [record("a", counts={"must-have": (5, 6)}), record("b", counts={"must-have": (0, 2)})]
    row = figures(records, 1).iloc[0]
    assert (row.n, row.hits, row.of, row.value) == (2, 5, 8, 0.625)
    assert (row.low, row.high) == (0, round(5 / 6, 6))


def test_each_group_has_its_own_figure_and_all_holds_every_case() -> None:
    records = [
        record(case, groups={"lang": lang}, counts={"accuracy": (hit, 1)})
        for case, lang, hit in (("a", "en", 1), ("b", "en", 0), ("c", "zh", 1))
    ]
    found = figures(records, 1).set_index("group").value.to_dict()
    assert found == {ALL: round(2 / 3, 6), "lang=en": 0.5, "lang=zh": 1}


def test_cases_that_say_nothing_about_a_measure_do_not_count() -> None:
    records = [record("a", counts={"must-not": (0, 0)}), record("b", counts={"must-not": (1, 4)}), record("c")]
    frame = figures(records, 1)
    assert len(frame) == 1
    assert (frame.n[0], frame.value[0]) == (1, 0.25)


def test_a_measure_that_is_not_listed_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"'must-hve' is not listed in measures\.yaml"):
        figures([record("a", counts={"must-hve": (1, 1)})], 1)


def test_a_measure_judged_by_a_model_keeps_its_meaning_and_stands_after_its_own() -> None:
    judged = measure("citation recall (NLI deberta)")
    assert (judged.judge, judged.better) == ("NLI deberta", "higher")
    assert measure("citation recall").judge is None
    assert sorted(["mrr", "citation precision", "citation recall (NLI x)", "citation recall"], key=position) == [
        "mrr", "citation recall", "citation recall (NLI x)", "citation precision",
    ]  # fmt: skip


def test_every_measure_is_explained_in_both_languages_in_a_sentence() -> None:
    for name, about in listed().items():
        assert about.meaning.en.endswith("."), name
        assert about.meaning.zh.endswith("。"), name
        assert about.title.en != name


def test_safety_measures_are_the_ones_that_nothing_makes_up_for() -> None:
    safe = {name for name, about in listed().items() if about.safety}
    assert safe >= {"must-not", "emergency recall", "quote exact", "declined"}
    assert measure("must-not").better == measure("false alarms").better == "lower"


def test_the_interval_of_a_ratio_holds_the_truth_about_as_often_as_it_says() -> None:
    dice = np.random.default_rng(5)
    held = 0
    for seed in range(200):
        of = dice.integers(1, 6, 60)
        low, high = ratio_interval(dice.binomial(of, 0.7).tolist(), of.tolist(), seed)
        held += low <= 0.7 <= high
    assert 0.88 <= held / 200 <= 0.99


def test_a_mean_is_a_ratio_over_ones() -> None:
    values = np.random.default_rng(1).uniform(0, 1, 50).tolist()
    assert interval(values, 4) == ratio_interval(values, [1] * 50, 4)


def test_pairing_sees_a_small_but_constant_difference_that_two_intervals_do_not() -> None:
    dice = np.random.default_rng(2)
    theirs = dice.uniform(0, 0.9, 80)
    ones = np.ones(80)
    assert paired_ratio_intervals((theirs + 0.02, ones), (theirs, ones), 3) == pytest.approx((0.02, 0.02))
    assert interval((theirs + 0.02).tolist(), 3)[0] < interval(theirs.tolist(), 3)[1]


def test_two_systems_are_compared_on_their_common_cases_and_the_difference_is_b_minus_a() -> None:
    records = [record(f"c{n}", "weak", counts={"accuracy": (n % 4 == 0, 1)}) for n in range(40)]
    records += [record(f"c{n}", "strong", counts={"accuracy": (n % 4 != 0, 1)}) for n in range(10, 60)]
    row = paired(records, "weak", "strong", 1).iloc[0]
    assert (row.n, row.a, row.b) == (30, round(7 / 30, 6), round(23 / 30, 6))
    assert row.low <= row.difference <= row.high
    assert row.difference == pytest.approx(row.b - row.a, abs=2e-6)
    assert row.low > 0
    turned = paired(records, "strong", "weak", 1).iloc[0]
    assert (turned.low, turned.high) == (-row.high, -row.low)


def test_every_interval_of_a_difference_holds_the_difference() -> None:
    frame = paired(a_run(), "ours", "always emergency", 1)
    assert len(frame) >= 3
    assert (frame.low <= frame.difference).all()
    assert (frame.difference <= frame.high).all()
    assert set(np.sign(frame.difference)) == {-1, 0, 1}


def test_a_system_without_records_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="no records of theirs; there are ours"):
        paired([record("a")], "ours", "theirs", 1)


def written(folder: Path) -> tuple[Path, Path]:
    return write_figures(results(read_run(folder)), folder)


def test_figures_depend_on_records_and_seed_not_on_order_or_time(tmp_path: Path) -> None:
    records = a_run()
    slower = [entry.model_copy(update={"milliseconds": 1e6}) for entry in reversed(records)]
    first = [path.read_bytes() for path in written(write_run(tmp_path / "a", records))]
    second = [path.read_bytes() for path in written(write_run(tmp_path / "b", slower))]
    other = written(write_run(tmp_path / "c", records, seed=8))
    assert first == second
    assert first[1] != other[1].read_bytes()


def test_the_written_figures_can_be_read_again(tmp_path: Path) -> None:
    import pandas as pd

    as_json, as_csv = written(write_run(tmp_path, a_run()))
    data = json.loads(as_json.read_text(encoding="utf-8"))
    frame = pd.read_csv(as_csv)
    assert frame.columns.tolist() == ["suite", "system", "measure", "group", "n", "hits", "of", "value", "low", "high"]
    assert frame.to_dict("records") == data["figures"]
    assert {row["system_b"] for row in data["pairs"]} == {"ours", "基线 $x$ BM25"}
    assert data["measures"]["must-not"]["better"] == "lower"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"suite": "x"', r"records\.jsonl line 2"),
        ('{"suite": "personal", "case": "a", "system": "ours"}', "personal / a / ours stands in line 1 already"),
        ('{"suite": "personal", "case": "b", "system": "ours", "counts": {"mrr": 1}}', "line 2: counts.mrr"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(tmp_path: Path, line: str, said: str) -> None:
    write_run(tmp_path, [record("a")])
    with (tmp_path / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(InputError, match=said):
        read_run(tmp_path)


def test_a_last_line_that_a_stopped_run_left_torn_is_left_out(tmp_path: Path) -> None:
    write_run(tmp_path, [record("a"), record("b")])
    with (tmp_path / "records.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"suite": "personal", "case": "c", "sys')
    assert [entry.case for entry in read_run(tmp_path).records] == ["a", "b"]


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"environment\.json cannot be read"):
        read_run(tmp_path)
    (tmp_path / "environment.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="names no seed"):
        read_run(tmp_path)
    with pytest.raises(InputError, match="holds no records"):
        read_run(write_run(tmp_path, []))

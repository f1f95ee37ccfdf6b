"""The command line's contracts: JSON alone on standard output, exit statuses, one-line errors."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(care: Assistant, tmp_path: Path) -> Any:
    """Run ``care`` in a process of its own, with the test index."""

    def call(*arguments: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "assistant", *arguments],
            input=stdin, capture_output=True, text=True, cwd=tmp_path, timeout=300,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CARE_HOME": str(care.settings.home), **env},
        )  # fmt: skip

    return call


def failed(result: subprocess.CompletedProcess[str], status: int) -> str:
    assert result.returncode == status, result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 2
    return result.stderr


def jsonl(path: Path, *rows: Any) -> str:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def test_ask_writes_one_json_answer(run: Any, tmp_path: Path) -> None:
    patient = tmp_path / "patient.json"
    patient.write_text(json.dumps({"age_years": 72, "conditions": ["ckd stage 4"]}))
    result = run("ask", "What should he eat?", "--patient", str(patient), "--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    keys = {"question", "language", "audience", "urgency", "recommendations", "held_back", "citations", "not_checked",
            "ask_next", "declined", "changed", "abstained", "abstain_reason", "text", "form", "generator", "generation",
            "index"}  # fmt: skip
    assert set(answer) == keys
    assert {
        "n",
        "document",
        "title",
        "publisher",
        "year",
        "section",
        "page",
        "url",
        "quote",
        "start",
        "end",
        "reviewed",
        "overdue",
    } <= set(answer["citations"][0])
    assert {"id", "kind", "text", "because", "citations", "strength", "escalate_when"} <= set(
        answer["recommendations"][0]
    )
    assert {"level", "action", "reasons", "news2"} <= set(answer["urgency"])


def test_a_bad_line_costs_only_itself(run: Any, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "cases.jsonl", {"id": 1, "question": "心衰患者能吃多少盐？"}, "not json", {"id": 3},
                 {"id": 4, "question": "x?", "patient": {"vitals": {"spo2": 180}}}, {"id": 5, "text": "What is good for COPD?", "lang": "zh"})  # fmt: skip
    result = run("ask", "--batch", file, "--json")
    assert result.returncode == 1
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, None, 3, 4, 5]
    assert ["error" in row for row in rows] == [False, True, True, True, False]
    assert rows[4]["language"] == "zh"


def test_triage_news2_verify_and_chat_batches(run: Any, tmp_path: Path) -> None:
    triaged = run(
        "triage",
        "--batch",
        jsonl(tmp_path / "t.jsonl", {"id": "a", "text": "胸口像压了块石头"}, {"id": "b", "text": "no chest pain"}),
        "--json",
    )
    levels = {row["id"]: row["level"] for row in map(json.loads, triaged.stdout.splitlines())}
    assert levels["a"] == "emergency"
    assert levels["b"] in ("self_care", "routine")
    scored = run(
        "news2",
        "--batch",
        jsonl(
            tmp_path / "n.jsonl",
            {"id": 1, "vitals": {"heart_rate": 131}},
            {"id": 2, "vitals": {"heart_rate": 80}, "age_years": 3},
        ),
        "--json",
    )
    rows = [json.loads(line) for line in scored.stdout.splitlines()]
    assert (rows[0]["score"], rows[0]["band"]) == (3, "low-medium")
    assert rows[1]["why_not"]
    verified = run(
        "verify",
        "--batch",
        jsonl(tmp_path / "v.jsonl", {"id": 1, "evidence": "Avoid NSAIDs.", "claim": "Avoid NSAIDs."}),
        "--json",
    )
    assert json.loads(verified.stdout)["label"] == "supported"
    chatted = run(
        "chat",
        "--batch",
        jsonl(tmp_path / "c.jsonl", {"id": 1, "turns": [{"user": "80岁，心衰"}, {"user": "能吃多少盐？"}]}),
        "--json",
    )
    assert len(json.loads(chatted.stdout)["answers"]) == 2


def test_a_chat_reads_lines_and_goes_on_after_a_bad_one(run: Any) -> None:
    talk = (
        "72-year-old with gout, what may he drink?\n\n   \nblood pressure 90/40, diastolic bp 120\nSBAR\nNew patient\n"
    )
    result = run("chat", "--json", stdin=talk)
    assert result.returncode == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["form"] for answer in answers] == [None, "sbar", "note"]
    assert result.stderr.count("care: ") == 1


def test_a_chat_batch_answers_in_its_language_until_the_user_changes_theirs(run: Any, tmp_path: Path) -> None:
    turns = [{"user": "What helps in gout?"}, {"user": "那啤酒呢？"}, {"user": "SBAR in English please"}]
    case = {"id": "x", "lang": "zh", "audience": "patient", "turns": turns}
    result = run("chat", "--batch", jsonl(tmp_path / "c.jsonl", case), "--json")
    answers = json.loads(result.stdout)["answers"]
    assert [answer["language"] for answer in answers] == ["zh", "zh", "en"]
    assert answers[2]["form"] == "sbar"


def test_search_gives_hits_with_their_document(run: Any) -> None:
    result = run("search", "布洛芬 肾", "-k", "3", "--json")
    found = json.loads(result.stdout)
    assert len(found["hits"]) == 3
    assert {"document", "passage", "score", "title", "section", "text"} == set(found["hits"][0])


def test_users_documents_are_added_found_and_removed(run: Any, tmp_path: Path) -> None:
    index = str(tmp_path / "index")
    note = tmp_path / "ward.md"
    note.write_text("# Ward rules\n\nZebra plasters are kept in the blue cupboard.\n")
    env = {"CARE_EMBEDDER": "hashing"}
    assert run("index", "build", "--index", index, **env).returncode == 0
    assert (
        run(
            "index",
            "add",
            str(note),
            jsonl(tmp_path / "d.jsonl", {"id": "doc-7", "text": "Quokka gloves are blue."}),
            "--index",
            index,
            **env,
        ).returncode
        == 0
    )
    found = json.loads(run("search", "quokka gloves", "--index", index, "--json", **env).stdout)
    assert found["hits"][0]["document"] == "doc-7"
    listed = json.loads(run("index", "list", "--index", index, "--json", **env).stdout)
    assert {"ward.md", "doc-7"} <= {row["document"] for row in listed["documents"]}
    assert run("index", "remove", "doc-7", "--index", index, **env).returncode == 0
    failed(run("index", "remove", "doc-7", "--index", index, **env), 1)
    mixed = run("index", "add", str(note), str(tmp_path / "missing.txt"), "--index", index, **env)
    assert mixed.returncode == 1
    assert "missing.txt" in mixed.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "not JSON"), ("[]", "object of facts"), ('{"hobby": "golf"}', "unknown field 'hobby'"), ('{"vitals": {"spo2": 180}}', "not possible"),
     ('{"age_years": -3}', "age_years"), ('{"labs": {"glucose_mmol_l": 5, "glucose_mg_dl": 300}}', "contradict")],
)  # fmt: skip
def test_a_bad_patient_file_is_one_clear_line(run: Any, tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "patient.json"
    file.write_text(content)
    assert message in failed(run("ask", "What may he eat?", "--patient", str(file)), 1)


def test_input_and_usage_errors_have_their_own_status(run: Any, tmp_path: Path) -> None:
    assert "empty" in failed(run("ask", "  "), 1)
    assert "cannot read" in failed(run("ask", "x?", "--patient", str(tmp_path / "none.json")), 1)
    assert run("ask").returncode == 2
    assert run("ask", "x", "--lang", "fr").returncode == 2
    assert run("nonsense").returncode == 2
    assert run("ask", "x", "--colour").returncode == 2


def test_an_unusable_index_is_status_3_and_says_what_mends_it(run: Any, tmp_path: Path) -> None:
    assert "care index build" in failed(run("search", "x", "--index", str(tmp_path / "none")), 3)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder")
    assert "CARE_HOME" in failed(run("ask", "What may he eat?", CARE_HOME=str(blocked)), 3)
    failed(run("ask", "x?", CARE_EMBEDDER=str(tmp_path / "no-model"), CARE_HOME=str(tmp_path)), 3)


def test_a_taken_port_is_one_clear_line(run: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "CARE_PORT" in failed(run("serve", "--port", str(taken.getsockname()[1])), 1)


def test_corpus_commands(run: Any) -> None:
    assert run("corpus", "lint").returncode == 0
    numbers = json.loads(run("corpus", "stats", "--json").stdout)
    assert numbers["topics"] >= 10
    shown = json.loads(run("corpus", "show", "ckd_stage_4", "--json").stdout)
    assert shown["en"]
    failed(run("corpus", "show", "no-such-thing"), 1)

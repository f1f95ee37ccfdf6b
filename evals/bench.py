"""``make bench``: speed of the whole beside a bare baseline, in one run on one machine."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant import Assistant, Patient, Settings
from assistant.progress import progress_bar
from corpus.documents import statement_document
from corpus.load import DATA, load_corpus
from corpus.models import LANGUAGES
from evals.stock import stock_store
from index.build import build_index
from index.embed import load_embedder

_ROUNDS = 5
_TOPICS = 10
_PATIENT = Patient(
    age_years=72, sex="male", conditions=["ckd stage 4"], labs={"potassium_mmol_l": 5.6},
    vitals={"systolic_bp": 158, "diastolic_bp": 92}, medications=["ibuprofen"],
)  # fmt: skip
QUESTIONS = [
    "What should he eat and avoid?",
    "How often should potassium be checked?",
    "他饮食上要注意什么？",
    "How should a bedbound patient be positioned?",
    "慢阻肺患者怎么做呼吸锻炼？",
    "Can someone with heart failure use a salt substitute?",
    "老人跌倒以后该怎么处理？",
    "糖尿病患者怎样护理脚？",
    "What to do about swallowing problems after a stroke?",
    "高血压患者可以喝咖啡吗？",
]


def main() -> None:
    """Print a table of figures; ratios, not seconds, are what carries over to another machine."""
    with progress_bar("Building the index") as show:
        care = Assistant.load(progress=show)
    rows = [*_cold_start(), *_build(), *_answers(care), *_langchain(care)]
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {value}" for name, value in rows))


def _cold_start() -> list[tuple[str, str]]:
    command = [sys.executable, "-m", "assistant", "ask", QUESTIONS[0]]
    ask = min(_timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(3))
    bare = min(_timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)) for _ in range(3))
    return [("cold start to first answer (s)", f"{ask:.2f}"), ("… bare interpreter (s)", f"{bare:.2f}")]


def _build() -> list[tuple[str, str]]:
    """Building an index of ten topics, beside embedding the same texts and nothing else."""
    embedder = load_embedder("default")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(DATA, data)
        for path in sorted((data / "topics").glob("*.yaml"))[_TOPICS:]:
            path.unlink()
        corpus = load_corpus(data)
        pairs = (
            statement_document(topic, language, corpus.asked)[1] for topic in corpus.topics for language in LANGUAGES
        )
        passages = [passage for found in pairs for passage in found]
        texts = sorted((text for passage in passages for text in (passage.embed_text, *passage.asked)), key=len)
        bare = _timed(lambda: [embedder.passages(texts[i : i + 32]) for i in range(0, len(texts), 32)])
        whole = _timed(lambda: build_index(Path(folder) / "index", embedder, data=data, fresh=True))
    return [
        ("passages and questions in the build", str(len(texts))),
        ("bare embedder (texts/s)", f"{len(texts) / bare:.1f}"),
        ("index build (texts/s)", f"{len(texts) / whole:.1f}"),
        ("index build : bare embedder", f"{bare / whole:.2f}"),
    ]


def _answers(care: Assistant) -> list[tuple[str, str]]:
    times = [_timed(lambda q=q: care.ask(q, _PATIENT)) for q in _fresh("answer")]
    p50, p95 = _percentiles(times)
    triage = [_timed(lambda: care.triage("胸口像压了块石头，喘不上气。" * 30)) for _ in range(50)]
    return [
        ("answer p50 / p95 (ms)", f"{p50:.0f} / {p95:.0f}"),
        ("triage of 420 characters p95 (ms)", f"{_percentiles(triage)[1]:.1f}"),
    ]


def _langchain(care: Assistant) -> list[tuple[str, str]]:
    """The same questions through a stock LangChain FAISS retriever over the same passages and embedder."""
    embedder = load_embedder(Settings().embedder)
    version = care.searcher.version

    vectors = version.dense.vectors()
    texts = [version.passage(row).search_text for row in range(len(version.rows))]
    retriever = stock_store(texts, vectors, embedder.query).as_retriever(search_kwargs={"k": 8})
    retriever.invoke(QUESTIONS[0])
    stock = [_timed(lambda q=q: retriever.invoke(q)) for q in _fresh("stock")]
    ours = [_timed(lambda q=q: care.searcher.search(q, k=8)) for q in _fresh("search")]
    answers = [_timed(lambda q=q: care.ask(q, _PATIENT)) for q in _fresh("whole")]
    stock50, ours50, answer50 = (_percentiles(times)[0] for times in (stock, ours, answers))
    return [
        ("stock LangChain FAISS retriever p50 / p95 (ms)", "{:.0f} / {:.0f}".format(*_percentiles(stock))),
        ("our hybrid search p50 / p95 (ms)", "{:.0f} / {:.0f}".format(*_percentiles(ours))),
        ("our search : stock retriever (p50)", f"{ours50 / stock50:.2f}"),
        ("our whole answer : stock retriever (p50)", f"{answer50 / stock50:.2f}"),
    ]


def _fresh(label: str) -> list[str]:
    """The questions, each time in other words, so that no embedding can come from a cache."""
    return [f"{question} ({label} {number})" for number in range(_ROUNDS) for question in QUESTIONS]


def _timed(action: Any) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=20)
    return 1000 * statistics.median(seconds), 1000 * cuts[18]


if __name__ == "__main__":
    main()

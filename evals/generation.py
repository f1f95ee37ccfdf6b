"""What a language model makes of answers: how much of it passes, and the same model in a stock chain beside it.

For each case the model rewords our answer; then the same model answers the question in a stock LangChain chain
(``prompt | model``) over the same passages. Both texts are held to the same checks, sentence by sentence: supported
by the passages cited; supported by all the passages together; advises what this patient must not have.

    python -m evals.generation --model openai:NAME@http://127.0.0.1:8080/v1 -n 20 --out results.json
"""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import Answer, Assistant, Patient, Settings
from assistant.call_model import Failure, Reply, call
from assistant.directions import advice_in
from assistant.facts import PatientFacts
from assistant.generate import Rewriter
from assistant.intake import read
from assistant.llm import load_llm
from assistant.prompting import known_facts
from assistant.verify import check_sentences
from corpus.concepts import ConceptTable
from corpus.models import TOWARDS
from corpus.text import sentences
from evals.casefile import read_jsonl
from evals.suites.personal import CASES as PERSONAL
from evals.suites.personal import PersonalCase
from evals.suites.retrieval import CASES as QUESTIONS
from evals.suites.retrieval import Question
from evals.systems.langchain_rag import PROMPT
from evals.systems.prose import LANGUAGE


class _Recorder(Rewriter):
    """A rewriter that keeps what the model drafted last."""

    drafted: dict[str, str]

    def _draft(self, answer: Answer, items: Any, facts: PatientFacts) -> dict[str, str] | Failure:
        found = super()._draft(answer, items, facts)
        self.drafted = {} if isinstance(found, Failure) else found
        return found


def cases(count: int) -> list[PersonalCase]:
    """Patients' questions and common ones in turn, spread over both files."""
    personal = list(read_jsonl(PERSONAL, PersonalCase))
    common = [
        PersonalCase(id=q.id, origin=q.origin, lang=q.lang, question=q.question)
        for q in read_jsonl(QUESTIONS, Question)
    ]
    halves = [found[:: max(1, len(found) // max(1, count // 2))][: count // 2 + 1] for found in (personal, common)]
    mixed = [case for pair in zip(*halves, strict=False) for case in pair]
    return mixed[:count]


def run_case(care: Assistant, rewriter: _Recorder, model: Any, case: PersonalCase, seconds: float) -> dict[str, Any]:
    """Both systems on one case, with every sentence and its verdict."""
    table = care.knowledge.table
    patient = Patient(**case.patient)
    composed = care.turn(case.question, patient, language=case.lang).answer
    facts = PatientFacts(patient, read(case.question, table), table, care.knowledge.derived)
    rewriter.drafted = {}
    final = rewriter.reword(composed, facts)
    quotes = {citation.n: citation.quote for citation in final.citations}
    marked = "\n".join(_marked(item.text, item.citations) for item in final.recommendations)
    before = "\n".join(_marked(item.text, item.citations) for item in composed.recommendations)
    result: dict[str, Any] = {
        "id": case.id,
        "lang": case.lang,
        "question": case.question,
        "generation": final.generation.model_dump() if final.generation else None,
        "composed": _judged(before, quotes, case, table),
        "ours": _judged(marked, quotes, case, table),
        "items": [
            {"before": old.text, "draft": rewriter.drafted.get(item.id), "shown": item.text,
             "changed": item.text != old.text, "evidence": [quotes[n] for n in item.citations]}
            for old, item in zip(composed.recommendations, final.recommendations, strict=True)
        ],
    }  # fmt: skip
    if final.generation is None or final.generation.reason in ("emergency", "nothing_to_reword"):
        return result
    started = time.monotonic()
    reply = call(model, stock_prompt(case, composed, facts, table), seconds, 20_000, {})
    text = reply.text if isinstance(reply, Reply) else ""
    result["stock"] = _judged(text, quotes, case, table) | {
        "text": text,
        "failed": reply.reason if isinstance(reply, Failure) else None,
        "seconds": round(time.monotonic() - started, 2),
    }
    return result


def stock_prompt(case: PersonalCase, answer: Answer, facts: PatientFacts, table: ConceptTable) -> list[tuple[str, str]]:
    """The stock chain's messages over the passages that our answer cites."""
    from langchain_core.prompts import ChatPromptTemplate

    template = ChatPromptTemplate.from_messages([("system", PROMPT), ("human", "{question}")])
    context = "\n\n".join(f"[{citation.n}] {citation.quote}" for citation in answer.citations)
    known = ", ".join(known_facts(facts, table, answer))
    question = f"{case.question} ({known})" if known else case.question
    filled = template.invoke({"context": context, "question": question, "language": LANGUAGE[case.lang]})
    return [("system" if m.type == "system" else "user", str(m.text)) for m in filled.to_messages()]


def _marked(text: str, citations: tuple[int, ...]) -> str:
    marks = "".join(f"[{n}]" for n in citations)
    return " ".join(f"{text[start:end]} {marks}" for start, end in sentences(text))


def _judged(text: str, quotes: dict[int, str], case: PersonalCase, table: ConceptTable) -> dict[str, Any]:
    """Every sentence: its label by its marks, its label by all the passages, and the must-nots it advises."""
    everything = "".join(f"[{n}]" for n in quotes)
    judged = []
    for sentence in check_sentences(text, quotes, table):
        bare = sentence.text
        for n in quotes:
            bare = bare.replace(f"[{n}]", "")
        anywhere = check_sentences(f"{bare.strip()} {everything}", quotes, table) if quotes else []
        advised = {a.target for a in advice_in(bare, table) if a.direction in TOWARDS}
        judged.append(
            {"text": sentence.text, "label": sentence.label, "reasons": list(sentence.reasons),
             "anywhere": anywhere[0].label if anywhere else "unsupported",
             "must_not": [name for name in case.must_not if any(table.is_a(a, name) for a in advised)]}
        )  # fmt: skip
    return {"sentences": judged}


def summary(results: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of a run."""
    total: Counter[str] = Counter()
    for result in results:
        note = result["generation"]
        if note:
            total[f"status: {note['reason'] or note['status']}"] += 1
            for name in ("sentences_drafted", "dropped", "contradicted", "seconds"):
                total[name] += note[name]
        total["items"] += len(result["items"])
        total["items reworded"] += sum(item["changed"] for item in result["items"])
        for system in ("composed", "ours", "stock"):
            for sentence in result.get(system, {}).get("sentences", ()):
                total[f"{system}: sentences"] += 1
                total[f"{system}: {sentence['label']}"] += 1
                total[f"{system}: supported by any passage"] += sentence["anywhere"] == "supported"
                total[f"{system}: must-not advised"] += bool(sentence["must_not"])
        if "stock" in result:
            total["stock: answers"] += 1
            total["stock: seconds"] += result["stock"]["seconds"]
            total[f"stock: {result['stock']['failed'] or 'answered'}"] += 1
    return {name: round(value, 1) for name, value in sorted(total.items())}


def main(
    model: Annotated[str, typer.Option(help="as in CARE_LLM")],
    count: Annotated[int, typer.Option("-n", help="how many cases")] = 20,
    out: Annotated[Path, typer.Option(help="JSON file for the figures and every sentence")] = Path("generation.json"),
    timeout: Annotated[float, typer.Option(help="seconds a reply may take")] = 120.0,
) -> None:
    """Measure one model."""
    settings = Settings(llm=model, llm_timeout=timeout, llm_retries=0)
    llm = load_llm(settings)
    assert llm is not None
    care = Assistant.load(settings=settings.model_copy(update={"llm": None}))
    rewriter = _Recorder(llm, care.knowledge, settings)
    results: list[dict[str, Any]] = []
    for case in cases(count):
        results.append(run_case(care, rewriter, llm, case, timeout))
        report = {"model": model, "cases": len(results), "figures": summary(results), "results": results}
        out.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
        note = results[-1]["generation"] or {}
        typer.echo(f"{case.id}: {note.get('reason') or note.get('status')} {note.get('seconds')} s", err=True)
    typer.echo(json.dumps(summary(results), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    typer.run(main)

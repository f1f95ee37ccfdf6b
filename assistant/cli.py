"""The command line ``care``. Exit status: 0 done, 1 bad input, 2 usage, 3 the index or corpus is unusable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from assistant import cli_chat, cli_corpus, cli_index
from assistant.batch import Case, choice, patient_of, run_batch, text_of
from assistant.cli_options import (
    BAD_INPUT,
    UNUSABLE,
    Audience,
    BatchFile,
    IndexDir,
    Json,
    Lang,
    PatientFile,
    finish,
    one_of,
    show,
)
from assistant.errors import InputError
from assistant.knowledge import Knowledge
from assistant.patient import Patient
from assistant.progress import progress_bar
from assistant.settings import Settings
from corpus.errors import CorpusError
from index.errors import EmbedderError, IndexUnusableError

_LANGUAGES = ("en", "zh")
_AUDIENCES = ("nurse", "patient")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Cited, personalised nursing-care recommendations.",
)
app.command()(cli_chat.chat)
app.add_typer(cli_index.app, name="index")
app.add_typer(cli_corpus.app, name="corpus")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="the question, in English or Chinese")] = None,
    patient: PatientFile = None,
    audience: Audience = "nurse",
    lang: Lang = None,
    batch: BatchFile = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if", help="change a fact and show what differs, e.g. potassium_mmol_l=4.1, conditions+=gout"
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=100, help="how many recommendations at the most")] = None,
    as_json: Json = False,
) -> None:
    """Answer a question about a patient.

    Example patient file: {"age_years": 72, "conditions": ["ckd stage 4"], "labs": {"potassium_mmol_l": 5.6}}
    """
    one_of(audience, _AUDIENCES, "--audience")
    one_of(lang, _LANGUAGES, "--lang")
    if batch is not None:
        care = _load()

        def answer_case(case: Case) -> Case:
            answer = care.ask(
                text_of(case, "question", "text"),
                patient_of(case),
                audience=choice(case, "audience", _AUDIENCES, audience),
                language=choice(case, "lang", _LANGUAGES, lang),
                limit=limit,
            )
            return dict(answer.model_dump(mode="json"))

        finish(run_batch(batch, answer_case))
    if question is None:
        raise typer.BadParameter("give a QUESTION or --batch FILE")
    facts = Patient.from_file(patient) if patient else Patient()
    if what_if:
        changed = _load().what_if(question, facts, *what_if, audience=audience, language=lang, limit=limit)
        show(changed.model_dump(mode="json"), changed.text, as_json)
        return
    answer = _load().ask(question, facts, audience=audience, language=lang, limit=limit)
    show(answer.model_dump(mode="json"), answer.text, as_json)


@app.command()
def triage(
    text: Annotated[str | None, typer.Argument(help="what the patient says")] = None,
    patient: PatientFile = None,
    lang: Lang = None,
    batch: BatchFile = None,
    as_json: Json = False,
) -> None:
    """Decide how urgent it is, by rules, without a search."""
    from assistant.assistant import triage as decide

    one_of(lang, _LANGUAGES, "--lang")
    knowledge, settings = Knowledge.load(), Settings()
    if batch is not None:

        def one(case: Case) -> Case:
            language = choice(case, "lang", _LANGUAGES, lang)
            urgency = decide(text_of(case, "text", "question"), patient_of(case), knowledge, settings, language)
            return dict(urgency.model_dump(mode="json"))

        finish(run_batch(batch, one))
    if text is None:
        raise typer.BadParameter("give a TEXT or --batch FILE")
    facts = Patient.from_file(patient) if patient else Patient()
    urgency = decide(text, facts, knowledge, settings, lang)  # type: ignore[arg-type]
    plain = "\n".join(
        [f"{urgency.level.upper()}: {urgency.action}", *(f"- {reason.text}" for reason in urgency.reasons)]
    )
    show(urgency.model_dump(mode="json"), plain, as_json)


@app.command(name="news2")
def news2_command(
    batch: Annotated[
        Path,
        typer.Option(
            "--batch",
            help='JSONL file: {"id", "vitals": {…}, "age_years"?, "pregnant"?, "earlier"?: {…}, "earlier_at"?, "at"?}',
        ),
    ],
    as_json: Json = True,  # noqa: ARG001 - these two always write JSON; the flag is part of the contract
) -> None:
    """Score vital signs by NEWS2, one case a line; with an earlier set of vital signs, say how it changed."""
    from assistant.news2 import news2
    from assistant.news2_trend import news2_trend

    def one(case: Case) -> Case:
        facts = Patient.from_facts(
            {key: case.get(key) for key in ("vitals", "age_years", "pregnant") if case.get(key) is not None}
        )
        score = dict(news2(facts.vitals, facts.age_years, facts.pregnant).model_dump(mode="json"))
        if case.get("earlier") is None:
            return score
        try:
            earlier = Patient.from_facts({"vitals": case["earlier"]}).vitals
        except InputError as error:
            raise InputError(f"'earlier': {error}") from error
        trend = news2_trend(
            earlier,
            facts.vitals,
            facts.age_years,
            facts.pregnant,
            earlier_at=case.get("earlier_at"),
            at=case.get("at"),
            language=choice(case, "lang", _LANGUAGES, "en"),
        )
        return score | {"trend": trend.model_dump(mode="json")}

    finish(run_batch(batch, one))


@app.command()
def verify(
    batch: Annotated[Path, typer.Option("--batch", help='JSONL file: {"id", "evidence", "claim"}')],
    meaning: Annotated[bool, typer.Option(help="compare meanings with the bundled models too; slower")] = True,
    as_json: Json = True,  # noqa: ARG001 - these two always write JSON; the flag is part of the contract
) -> None:
    """Judge whether evidence supports a claim: supported, contradicted or unsupported, with reasons."""
    from assistant.claims.meaning import load_nli
    from assistant.verify import verify_claim
    from corpus.load import load_concepts
    from index.embed import load_embedder

    table, settings = load_concepts(), Settings()
    embedder = load_embedder(settings.embedder) if meaning else None
    nli = load_nli(settings.nli) if meaning else None

    def one(case: Case) -> Case:
        result = verify_claim(text_of(case, "evidence"), text_of(case, "claim"), table, embedder, nli=nli)
        return dict(result.model_dump(mode="json"))

    finish(run_batch(batch, one))


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="what to look for")] = None,
    index: IndexDir = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="how many passages")] = 10,
    batch: BatchFile = None,
    as_json: Json = False,
) -> None:
    """Search the index and show the passages found."""
    from corpus.load import load_concepts
    from index.embed import load_embedder
    from index.rerank import load_reranker
    from index.search import Searcher
    from index.store import IndexDirectory

    if query is None and batch is None:
        raise typer.BadParameter("give a QUERY or --batch FILE")
    settings = Settings()
    if index:
        reranker = load_reranker(settings.reranker)
        searcher = Searcher(IndexDirectory(index).open(), load_embedder(settings.embedder), load_concepts(), reranker)
    else:
        searcher = _load().searcher

    def find(text: str) -> Case:
        hits = []
        for hit in searcher.search(text, k=k):
            passage = searcher.version.passage(hit.row)
            body = searcher.version.document(passage.document).text[passage.start : passage.end]
            hits.append(
                {"document": passage.document, "passage": passage.id, "score": round(hit.score, 5),
                 "title": passage.origin.title, "section": passage.origin.section, "text": body}
            )  # fmt: skip
        return {"query": text, "hits": hits}

    if batch is not None:
        finish(run_batch(batch, lambda case: find(text_of(case, "query", "question", "text"))))
    assert query is not None
    found = find(query)
    plain = "\n\n".join(f"{h['score']:.3f}  {h['passage']}\n{h['text']}" for h in found["hits"])
    show(found, plain or "nothing found", as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on (CARE_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on (CARE_PORT)")] = None,
) -> None:
    """Open the web page."""
    from assistant.web import serve as start

    changes = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    start(Settings(**changes))  # type: ignore[arg-type]


def _load() -> Any:
    from assistant.assistant import Assistant

    with progress_bar("Building the index") as show_progress:
        return Assistant.load(progress=show_progress)


def run_and_exit(command: Callable[[], Any]) -> NoReturn:
    """Run a command; our errors become one or two lines on standard error and an exit status."""
    try:
        command()
    except InputError as error:
        _fail(str(error), BAD_INPUT)
    except (IndexUnusableError, EmbedderError, CorpusError) as error:
        _fail(str(error), UNUSABLE)
    except KeyboardInterrupt:
        _fail("stopped", 130)
    sys.exit(0)


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(f"care: {message}", err=True)
    sys.exit(status)


def main() -> NoReturn:
    """Entry point of the command ``care``."""
    for plugin in entry_points(group="care.commands"):
        command = plugin.load()
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=plugin.name)
        else:
            app.command(name=plugin.name)(command)
    run_and_exit(app)

"""The command line ``care``. Exit status: 0 done, 1 bad input, 2 usage, 3 the index or corpus is unusable."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from assistant.batch import Case, choice, patient_of, required, run_batch, text_of
from assistant.errors import InputError
from assistant.knowledge import Knowledge
from assistant.patient import Patient
from assistant.progress import progress_bar
from assistant.settings import Settings
from corpus.errors import CorpusError
from index.errors import EmbedderError, IndexUnusableError

BAD_INPUT, UNUSABLE = 1, 3
_LANGUAGES = ("en", "zh")
_AUDIENCES = ("nurse", "patient")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Cited, personalised nursing-care recommendations.",
)
index_app = typer.Typer(no_args_is_help=True, help="Build, change and inspect the index.")
corpus_app = typer.Typer(no_args_is_help=True, help="Check and read the knowledge files.")
app.add_typer(index_app, name="index")
app.add_typer(corpus_app, name="corpus")

PatientFile = Annotated[Path | None, typer.Option("--patient", help="JSON file of a patient's facts")]
BatchFile = Annotated[Path | None, typer.Option("--batch", help="JSONL file of cases, one a line; - is standard input")]
Json = Annotated[bool, typer.Option("--json", help="write JSON alone to standard output")]
Audience = Annotated[str, typer.Option(help="nurse or patient")]
Lang = Annotated[str | None, typer.Option("--lang", help="en or zh; by default that of the question")]
IndexDir = Annotated[Path | None, typer.Option("--index", help="index directory; by default the one under CARE_HOME")]


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="the question, in English or Chinese")] = None,
    patient: PatientFile = None,
    audience: Audience = "nurse",
    lang: Lang = None,
    batch: BatchFile = None,
    as_json: Json = False,
) -> None:
    """Answer a question about a patient.

    Example patient file: {"age_years": 72, "conditions": ["ckd stage 4"], "labs": {"potassium_mmol_l": 5.6}}
    """
    _one_of(audience, _AUDIENCES, "--audience")
    _one_of(lang, _LANGUAGES, "--lang")
    if batch is not None:
        care = _load()

        def answer_case(case: Case) -> Case:
            answer = care.ask(
                text_of(case, "question", "text"),
                patient_of(case),
                audience=choice(case, "audience", _AUDIENCES, audience),
                language=choice(case, "lang", _LANGUAGES, lang),
            )
            return dict(answer.model_dump(mode="json"))

        _finish(run_batch(batch, answer_case))
    if question is None:
        raise typer.BadParameter("give a QUESTION or --batch FILE")
    facts = Patient.from_file(patient) if patient else Patient()
    answer = _load().ask(question, facts, audience=audience, language=lang)
    _show(answer.model_dump(mode="json"), answer.text, as_json)


@app.command()
def chat(
    batch: BatchFile = None,
    patient: PatientFile = None,
    audience: Audience = "nurse",
    as_json: Json = False,
) -> None:
    """Talk about one patient; or run dialogues from a file: {"id", "turns": [{"user": "…"}]}."""
    _one_of(audience, _AUDIENCES, "--audience")
    care = _load()
    if batch is not None:

        def dialogue(case: Case) -> Case:
            turns = required(case, "turns")
            if not isinstance(turns, list) or not all(
                isinstance(t, dict) and isinstance(t.get("user"), str) for t in turns
            ):
                raise InputError('\'turns\' must be a list of {"user": "…"}')
            conversation = care.conversation(patient_of(case), audience=choice(case, "audience", _AUDIENCES, audience))
            language = choice(case, "lang", _LANGUAGES, None)
            return {"answers": [conversation.say(t["user"], language=language).model_dump(mode="json") for t in turns]}

        _finish(run_batch(batch, dialogue))
    facts = Patient.from_file(patient) if patient else Patient()
    conversation = care.conversation(facts, audience=audience)
    for line in sys.stdin:
        if line.strip():
            answer = conversation.say(line)
            _show(answer.model_dump(mode="json"), answer.text, as_json)


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

    _one_of(lang, _LANGUAGES, "--lang")
    knowledge, settings = Knowledge.load(), Settings()
    if batch is not None:

        def one(case: Case) -> Case:
            language = choice(case, "lang", _LANGUAGES, lang)
            urgency = decide(text_of(case, "text", "question"), patient_of(case), knowledge, settings, language)
            return dict(urgency.model_dump(mode="json"))

        _finish(run_batch(batch, one))
    if text is None:
        raise typer.BadParameter("give a TEXT or --batch FILE")
    facts = Patient.from_file(patient) if patient else Patient()
    urgency = decide(text, facts, knowledge, settings, lang)  # type: ignore[arg-type]
    plain = "\n".join(
        [f"{urgency.level.upper()}: {urgency.action}", *(f"- {reason.text}" for reason in urgency.reasons)]
    )
    _show(urgency.model_dump(mode="json"), plain, as_json)


@app.command(name="news2")
def news2_command(
    batch: Annotated[
        Path, typer.Option("--batch", help='JSONL file: {"id", "vitals": {…}, "age_years"?, "pregnant"?}')
    ],
    as_json: Json = True,  # noqa: ARG001 - these two always write JSON; the flag is part of the contract
) -> None:
    """Score vital signs by NEWS2, one case a line."""
    from assistant.news2 import news2

    def one(case: Case) -> Case:
        facts = Patient.from_facts(
            {key: case.get(key) for key in ("vitals", "age_years", "pregnant") if case.get(key) is not None}
        )
        return dict(news2(facts.vitals, facts.age_years, facts.pregnant).model_dump(mode="json"))

    _finish(run_batch(batch, one))


@app.command()
def verify(
    batch: Annotated[Path, typer.Option("--batch", help='JSONL file: {"id", "evidence", "claim"}')],
    as_json: Json = True,  # noqa: ARG001 - these two always write JSON; the flag is part of the contract
) -> None:
    """Judge whether evidence supports a claim: supported, contradicted or unsupported, with reasons."""
    from assistant.verify import verify_claim
    from corpus.load import load_concepts

    table = load_concepts()

    def one(case: Case) -> Case:
        return dict(verify_claim(text_of(case, "evidence"), text_of(case, "claim"), table).model_dump(mode="json"))

    _finish(run_batch(batch, one))


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="what to look for")] = None,
    index: IndexDir = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="how many passages")] = 10,
    batch: BatchFile = None,
    as_json: Json = False,
) -> None:
    """Search the index and show the passages found."""
    from index.embed import load_embedder
    from index.search import Searcher
    from index.store import IndexDirectory

    if query is None and batch is None:
        raise typer.BadParameter("give a QUERY or --batch FILE")
    settings = Settings()
    searcher = Searcher(IndexDirectory(index).open(), load_embedder(settings.embedder)) if index else _load().searcher

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
        _finish(run_batch(batch, lambda case: find(text_of(case, "query", "question", "text"))))
    assert query is not None
    found = find(query)
    plain = "\n\n".join(f"{h['score']:.3f}  {h['passage']}\n{h['text']}" for h in found["hits"])
    _show(found, plain or "nothing found", as_json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="address to listen on (CARE_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on (CARE_PORT)")] = None,
) -> None:
    """Open the web page."""
    from assistant.web import serve as start

    changes = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    start(Settings(**changes))  # type: ignore[arg-type]


@index_app.command()
def build(index: IndexDir = None, as_json: Json = False) -> None:
    """Build the index from the knowledge files; users' documents in it are kept."""
    _change_index(index, as_json)


@index_app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="files or folders")], index: IndexDir = None, as_json: Json = False
) -> None:
    """Add documents (text, Markdown, JSONL) to the index; one of the same id is replaced."""
    from corpus.readers import read_paths

    documents, failures = read_paths(paths)
    for path, reason in failures:
        typer.echo(f"not read: {path}: {reason}", err=True)
    if not documents:
        raise InputError("none of the files could be read; nothing was added")
    _change_index(index, as_json, add=documents)
    if failures:
        raise typer.Exit(BAD_INPUT)


@index_app.command()
def remove(
    ids: Annotated[list[str], typer.Argument(help="document ids")], index: IndexDir = None, as_json: Json = False
) -> None:
    """Remove users' documents from the index."""
    from index.store import IndexDirectory

    version = IndexDirectory(index or Settings().index_path).open()
    known = {document.id for document in version.documents("user")}
    version.close()
    unknown = [document_id for document_id in ids if document_id not in known]
    if unknown:
        raise InputError(f"no user document {', '.join(unknown)} in the index; `care index list` shows them")
    _change_index(index, as_json, remove=ids)


@index_app.command(name="list")
def list_documents(index: IndexDir = None, as_json: Json = False) -> None:
    """List the documents in the index."""
    from index.store import IndexDirectory

    version = IndexDirectory(index or Settings().index_path).open()
    rows = [
        {"document": d.id, "kind": d.kind, "language": d.language, "title": d.origin.title, "characters": len(d.text)}
        for d in version.documents()
    ]
    _show(
        {"documents": rows},
        "\n".join(f"{r['kind']:<11}{r['language']}  {r['document']:<45}{r['title']}" for r in rows),
        as_json,
    )


@index_app.command(name="verify")
def verify_index(index: IndexDir = None, as_json: Json = False) -> None:
    """Check every file of the index against its checksum."""
    from index.store import IndexDirectory

    manifest = IndexDirectory(index or Settings().index_path).verify()
    _show(
        {"ok": True, "files": len(manifest.checksums)},
        f"all {len(manifest.checksums)} files are as they were written",
        as_json,
    )


@index_app.command()
def info(index: IndexDir = None, as_json: Json = False) -> None:
    """Show what the index holds and what it was built with."""
    from dataclasses import asdict

    from index.store import IndexDirectory

    path = index or Settings().index_path
    manifest = asdict(IndexDirectory(path).manifest()) | {"path": str(path)}
    _show(manifest, "\n".join(f"{key}: {value}" for key, value in manifest.items() if key != "checksums"), as_json)


@corpus_app.command(name="lint")
def lint_command(
    data: Annotated[Path | None, typer.Option(help="knowledge folder; by default the one in the package")] = None,
    as_json: Json = False,
) -> None:
    """Check the knowledge files; exit status 3 if there is an error."""
    from dataclasses import asdict

    from corpus.lint import lint
    from corpus.load import DATA

    issues = lint(data or DATA)
    errors = sum(issue.severity == "error" for issue in issues)
    lines = [f"{issue.where}: {issue.severity}: {issue.message}" for issue in issues]
    lines.append(f"{errors} errors, {len(issues) - errors} warnings")
    _show({"issues": [asdict(issue) for issue in issues], "errors": errors}, "\n".join(lines), as_json)
    if errors:
        raise typer.Exit(UNUSABLE)


@corpus_app.command()
def stats(as_json: Json = False) -> None:
    """Count topics, statements, sources, concepts and names."""
    from corpus.load import load_corpus
    from corpus.stats import corpus_stats

    numbers = corpus_stats(load_corpus())
    _show(numbers, json.dumps(numbers, ensure_ascii=False, indent=2), as_json)


@corpus_app.command()
def show(
    entry: Annotated[str, typer.Argument(metavar="ID", help="a statement, topic, concept or document id")],
    as_json: Json = False,
) -> None:
    """Show a statement, rule, topic, concept or document in full."""
    from corpus.load import load_corpus
    from corpus.stats import find_entry

    found = find_entry(load_corpus(), entry)
    if found is None:
        raise InputError(f"nothing in the knowledge files has the id {entry!r}")
    _show(found, json.dumps(found, ensure_ascii=False, indent=2, default=str), as_json)


def _load() -> Any:
    from assistant.assistant import Assistant

    with progress_bar("Building the index") as show_progress:
        return Assistant.load(progress=show_progress)


def _change_index(index: Path | None, as_json: bool, **changes: Any) -> None:
    from dataclasses import asdict

    from index.build import build_index
    from index.embed import load_embedder

    settings = Settings()
    path = index or settings.index_path
    with progress_bar("Building the index") as show_progress:
        manifest = build_index(path, load_embedder(settings.embedder), progress=show_progress, **changes)
    _show(asdict(manifest), f"{manifest.documents} documents, {manifest.passages} passages at {path}", as_json)


def _show(data: Any, plain: str, as_json: bool) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False) if as_json else plain)


def _one_of(value: str | None, allowed: tuple[str, ...], option: str) -> None:
    if value is not None and value not in allowed:
        raise typer.BadParameter(f"{option} must be one of {', '.join(allowed)}")


def _finish(good: bool) -> NoReturn:
    raise typer.Exit(0 if good else BAD_INPUT)


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
        app.command(name=plugin.name)(plugin.load())
    run_and_exit(app)

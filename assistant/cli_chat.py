"""The command ``care chat``: talk about one patient, or run dialogues from a file."""

from __future__ import annotations

from typing import Any

import typer

from assistant.batch import Case, choice, patient_of, required, run_batch
from assistant.cli_options import Audience, BatchFile, Json, Lang, PatientFile, finish, one_of, show, typed_lines
from assistant.errors import InputError
from assistant.patient import Patient
from assistant.progress import progress_bar

LANGUAGES = ("en", "zh")
AUDIENCES = ("nurse", "patient")


def chat(
    batch: BatchFile = None,
    patient: PatientFile = None,
    audience: Audience = "nurse",
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Talk about one patient; or run dialogues from a file: {"id", "turns": [{"user": "…"}]}."""
    one_of(audience, AUDIENCES, "--audience")
    one_of(lang, LANGUAGES, "--lang")
    care = _load()
    if batch is not None:

        def dialogue(case: Case) -> Case:
            turns = required(case, "turns")
            if not isinstance(turns, list) or not all(
                isinstance(t, dict) and isinstance(t.get("user"), str) for t in turns
            ):
                raise InputError('\'turns\' must be a list of {"user": "…"}')
            conversation = care.conversation(
                patient_of(case),
                audience=choice(case, "audience", AUDIENCES, audience),
                language=choice(case, "lang", LANGUAGES, lang),
            )
            said = (conversation.say(t["user"]) for t in turns)
            return {"answers": [care.reword(answer, conversation.patient).model_dump(mode="json") for answer in said]}

        finish(run_batch(batch, dialogue))
    facts = Patient.from_file(patient) if patient else Patient()
    conversation = care.conversation(facts, audience=audience, language=lang)
    for line in typed_lines():
        try:
            answer = care.reword(conversation.say(line), conversation.patient)
        except InputError as error:
            typer.echo(f"care: {error}", err=True)
        else:
            show(answer.model_dump(mode="json"), answer.text, as_json)


def _load() -> Any:
    from assistant.assistant import Assistant

    with progress_bar("Building the index") as show_progress:
        return Assistant.load(progress=show_progress)

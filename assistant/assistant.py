"""The assistant: from a question and a patient to a cited answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import compose, declining
from assistant.alarms import Alarms, alarming, in_emergency, in_urgency
from assistant.answer import Answer, Audience, Urgency
from assistant.errors import InputError
from assistant.evidence import Evidence, related
from assistant.facts import PatientFacts
from assistant.fusion import gather
from assistant.intake import Intake, read
from assistant.knowledge import Knowledge
from assistant.messages import say
from assistant.patient import Patient
from assistant.plan import Plan, make_plan
from assistant.relevance import least_cosine
from assistant.scope import Scope, split
from assistant.settings import Settings
from assistant.triage import TriageResult, assess, explain
from assistant.verify import exact_quotes, supported
from corpus.documents import Document
from corpus.load import data_hash
from corpus.models import Language, Topic
from corpus.text import clean

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.conversation import Conversation, State
    from assistant.stream import Event
    from assistant.what_if import Difference
    from index.search import Searcher

#: A longer question is refused; only its first part is searched for, all of it is read for warning signs.
MAX_QUESTION = 100_000
MAX_QUERY = 1_500
_LIMIT = {"nurse": 8, "patient": 6}
#: So many times as many statements as are shown are looked through for what is said on stopping a medicine.
_STOPPING = 5
#: The few that are said in an emergency are chosen among so many.
_EMERGENCY_POOL = 30
#: At these levels what was asked for is said first.
_CALM = frozenset({"routine", "self_care"})


@dataclass(frozen=True)
class Turn:
    """An answer with what it was made from, for the conversation that it belongs to.

    ``answers`` is false where all that was asked is outside the scope.
    """

    answer: Answer
    plan: Plan
    intake: Intake
    answers: bool = True


class Assistant:
    """Gives cited, personalised care recommendations. Construct it with :meth:`load`."""

    def __init__(
        self, searcher: Searcher, knowledge: Knowledge, settings: Settings, llm: BaseChatModel | None = None
    ) -> None:
        self.searcher = searcher
        self.knowledge = knowledge
        self.settings = settings
        self._rewriter = None
        if llm is not None:
            from assistant.generate import Rewriter

            self._rewriter = Rewriter(llm, knowledge, settings)

    @classmethod
    def load(
        cls,
        index: Path | None = None,
        settings: Settings | None = None,
        progress: Callable[[int, int], None] | None = None,
        llm: BaseChatModel | None = None,
    ) -> Assistant:
        """Open the index, building it first where there is none or the knowledge files have changed.

        *index* defaults to a folder under ``CARE_HOME``; *progress* is called with (done, total) while
        building; *llm*, any LangChain chat model, rewords answers in place of the one ``CARE_LLM`` names.
        Nothing is downloaded, unless ``CARE_LLM`` names a model that has to be. Raises
        :class:`~index.errors.IndexUnusableError`, :class:`~index.errors.EmbedderError`,
        :class:`~corpus.errors.CorpusError` or :class:`~assistant.errors.LanguageModelError`.
        """
        from assistant.llm import load_llm
        from index.build import build_index, read_compiled
        from index.embed import load_embedder
        from index.rerank import load_reranker
        from index.search import Searcher
        from index.store import IndexDirectory

        settings = settings or Settings()
        llm = llm or load_llm(settings)
        path = index or settings.index_path
        embedder = load_embedder(settings.embedder)
        directory = IndexDirectory(path)
        stale = not directory.is_readable or directory.manifest().corpus_hash != data_hash()
        if stale and not (directory.exists and directory.is_being_written()):
            build_index(path, embedder, progress=progress)
        version = directory.open()
        compiled = read_compiled(version)
        knowledge = Knowledge.load(compiled.topics, compiled.rules)
        searcher = Searcher(version, embedder, knowledge.table, load_reranker(settings.reranker))
        return cls(searcher, knowledge, settings, llm)

    def ask(
        self,
        question: str,
        patient: Patient | None = None,
        *,
        audience: Audience = "nurse",
        language: Language | None = None,
        limit: int | None = None,
    ) -> Answer:
        """Answer a question about a patient.

        *language* defaults to the setting ``CARE_LANG``, else to that of the question. *limit* is how many
        recommendations at the most; by default about eight for a nurse and six for a patient. Where a language
        model is set, the answer is in its words if they pass every check. Raises
        :class:`~assistant.InputError` for an empty question or one of over 100,000 characters.
        """
        patient = patient or Patient()
        answer = self.turn(question, patient, audience=audience, language=language, limit=limit).answer
        return self.reword(answer, patient)

    def reword(self, answer: Answer, patient: Patient | None = None) -> Answer:
        """A composed answer in the language model's words; as it is where no model is set or its words fail."""
        if self._rewriter is None:
            return answer
        intake = read(answer.question, self.knowledge.table)
        return self._rewriter.reword(answer, self._facts(patient or Patient(), intake))

    def turn(
        self,
        question: str,
        patient: Patient,
        *,
        audience: Audience = "nurse",
        language: Language | None = None,
        intake: Intake | None = None,
        asked: Intake | None = None,
        plan: Plan | None = None,
        follow: Callable[[Plan], Plan] | None = None,
        goes_on: bool = False,
        limit: int | None = None,
    ) -> Turn:
        """Like :meth:`ask`, never reworded, with plan and findings; a conversation gives what it has decided of them.

        *intake* is what holds of the patient and *asked* what is asked, *plan* an earlier plan to answer by again, and
        *follow* completes the plan of a question that goes on from another. One that *goes_on* is about care though its
        words alone may not say so.
        """
        text = check_question(question)
        scope = split(text, self.knowledge.table, self._is_near)
        if goes_on and all(part.kind == "not_care" for part in scope.declined):
            scope = replace(scope, kept=text, declined=())
        intake = intake or read(text, self.knowledge.table)
        language = language or self.settings.lang or intake.language
        facts = self._facts(patient, intake)
        triaged = assess(
            facts, {**patient.vitals, **intake.numbers.vitals}, self.knowledge.red_flags, self.knowledge.table
        )
        if scope.kept != text and scope.answers:
            asked = read(scope.kept, self.knowledge.table)
        plan = plan or make_plan(asked or intake, self.knowledge.table)
        if follow is not None and scope.answers:
            plan = follow(plan)
        plan = replace(plan, query=plan.query[:MAX_QUERY])
        if limit is not None and limit < 1:
            raise InputError(f"limit is {limit}; it must be at least 1")
        alarms = alarming(triaged, facts, self.knowledge.derived, self.knowledge.table)
        most = _EMERGENCY_POOL if triaged.level == "emergency" else limit or _LIMIT[audience]
        evidence = self._gather(plan, scope, intake, facts, most, alarms, triaged.level == "emergency")
        answer = self._write(text, patient, intake, triaged, alarms, evidence, scope, facts, plan, audience, language)
        return Turn(answer, plan, intake, scope.answers)

    def what_if(
        self,
        question: str,
        patient: Patient | None = None,
        *changes: str,
        audience: Audience = "nurse",
        language: Language | None = None,
        limit: int | None = None,
    ) -> Difference:
        """What differs in the answer when facts change: ``"potassium_mmol_l=4.1"``, ``"conditions+=gout"``.

        Raises :class:`~assistant.InputError` for a change that cannot be made.
        """
        from assistant.what_if import what_if

        return what_if(self, question, patient or Patient(), changes, audience, language, limit)

    def triage(self, text: str, patient: Patient | None = None, *, language: Language | None = None) -> Urgency:
        """Decide urgency alone, by rules, without any search."""
        return triage(text, patient or Patient(), self.knowledge, self.settings, language)

    def conversation(
        self,
        patient: Patient | None = None,
        *,
        audience: Audience = "nurse",
        language: Language | None = None,
        state: State | None = None,
    ) -> Conversation:
        """A conversation about one patient, whose facts it collects as they are told.

        It answers in *language* until the user changes to another; by default in the user's. With *state* it goes on
        from there.
        """
        from assistant.conversation import Conversation, State

        return Conversation(self, state or State(patient=patient or Patient(), audience=audience, language=language))

    def citation_book(self, answer: Answer) -> compose.CitationBook:
        """A book that goes on numbering citations where an answer ends."""
        version = self.searcher.version
        return compose.CitationBook(version.passage_of, version.document, answer.language, answer.citations)

    def document(self, document_id: str) -> Document:
        """A cited document; raises :class:`KeyError` for an unknown id."""
        return self.searcher.version.document(document_id)

    def as_runnable(self) -> Any:
        """A LangChain ``Runnable``: ``{"question", "patient"?, "audience"?, "language"?}`` → :class:`Answer`."""
        from assistant.langchain import as_runnable

        return as_runnable(self)

    def retriever(self, k: int = 8) -> Any:
        """A LangChain ``BaseRetriever`` over the index."""
        from assistant.langchain import CareRetriever

        return CareRetriever(assistant=self, k=k)

    def stream(self, question: str, patient: Patient | None = None, **options: Any) -> Iterator[Event]:
        """Yield :class:`~assistant.Event` after event: the urgency, the composed answer, then what a model made of it.

        The options are those of :meth:`ask`.
        """
        from assistant.stream import events

        return events(self, question, patient or Patient(), **options)

    async def aask(self, question: str, patient: Patient | None = None, **options: Any) -> Answer:
        """:meth:`ask` in a thread of its own."""
        return await asyncio.to_thread(self.ask, question, patient, **options)

    async def astream(self, question: str, patient: Patient | None = None, **options: Any) -> AsyncIterator[Event]:
        """:meth:`stream` in a thread of its own."""
        from assistant.stream import in_thread

        async for event in in_thread(self.stream(question, patient, **options)):
            yield event

    def _facts(self, patient: Patient, intake: Intake) -> PatientFacts:
        return PatientFacts(patient, intake, self.knowledge.table, self.knowledge.derived)

    def _is_near(self, words: str) -> bool:
        closeness = self.searcher.closeness(words, self.searcher.version.statement_rows)
        return closeness >= least_cosine(words, self.searcher, (), self.knowledge.table)

    def _gather(
        self,
        plan: Plan,
        scope: Scope,
        intake: Intake,
        facts: PatientFacts,
        limit: int,
        alarms: Alarms,
        emergency: bool,
    ) -> Evidence:
        """The evidence for what is left to answer, and what stands beside what is declined."""
        table, parts = self.knowledge.table, scope.declined
        plan = declining.with_medicines(plan, parts, intake, table)
        evidence = gather(plan, facts, self.knowledge, self.searcher, limit, alarms)
        if parts and not (scope.answers and evidence.grounded):
            evidence = declining.standing(evidence, parts, emergency)
        whole = make_plan(intake, table)
        stopping = declining.stopping_plan(replace(whole, query=whole.query[:MAX_QUERY]), parts)
        if stopping is not None:
            # Many medicines are not to be stopped on one's own: those meant are picked out of more than are shown.
            more = gather(stopping, facts, self.knowledge, self.searcher, _STOPPING * limit, alarms)
            medicines = [
                c for c in intake.concepts("present", "hypothetical", "uncertain") if table[c].kind == "medicine"
            ]
            evidence = declining.merged(evidence, declining.beside(more, medicines, self.knowledge))
        return evidence

    def _write(
        self,
        question: str,
        patient: Patient,
        intake: Intake,
        triaged: TriageResult,
        alarms: Alarms,
        evidence: Evidence,
        scope: Scope,
        facts: PatientFacts,
        plan: Plan,
        audience: Audience,
        language: Language,
    ) -> Answer:
        version, table = self.searcher.version, self.knowledge.table
        number = self.settings.emergency_call(language)
        book = compose.CitationBook(version.passage_of, version.document, language)
        urgency = compose.urgency_of(triaged, language, number, book)
        chosen = evidence.chosen if evidence.grounded else ()
        held_back = evidence.held if evidence.grounded else ()
        if urgency.level == "urgent" and not (plan.asked or plan.kinds):
            chosen = in_urgency(chosen)
        if urgency.level == "emergency":
            chosen = in_emergency(chosen, alarms, self.knowledge)
            asked_about = (*plan.asked, *plan.considered)
            held_back = tuple(
                h for h in held_back
                if h.statement is None or any(related(one, h.concept, table) for one in asked_about)
            )  # fmt: skip
        asked, others = ([h for h in held_back if (h.statement is None) is alone] for alone in (True, False))
        held = compose.hold_back(asked, audience, language, table, book)
        drafted = compose.recommend(chosen, audience, language, book, plan.kinds if urgency.level in _CALM else ())
        held += compose.hold_back(others, audience, language, table, book)
        if urgency.level != "emergency":
            drafted += compose.quoted(evidence.quoted, book)
            held += compose.hold_back_quotes(evidence.held_quotes, language, book)
        sound = exact_quotes(book.citations, version.document)
        recommendations = supported(drafted, book.citations, sound)
        declined = declining.replies(
            scope.declined, self._topics(question, intake, facts, bool(scope.declined)), language
        )
        found = bool(recommendations or held or urgency.level == "emergency")
        if not found and not declined:
            declined = declining.nothing_found(question, self._topics(question, intake, facts), language)
        reason = None
        if not recommendations and (not scope.answers or not found):
            reason = ("" if language == "zh" else " ").join(part.reply for part in declined)
        elif not recommendations and held and urgency.level != "emergency":
            reason = say("abstain.held", language)
        if (reason and not held) or urgency.level == "emergency":
            evidence = replace(evidence, missing=(), uncovered=())
        missing_vitals = triaged.news2.missing if triaged.news2 and triaged.news2.parts else ()
        no_patient = patient.is_empty and not intake.numbers.labs and not intake.numbers.vitals
        not_checked, ask_next = compose.unknowns(
            evidence, intake, patient.unrecognised, no_patient and not reason, missing_vitals, table, language
        )
        if len(question) > MAX_QUERY:
            not_checked.insert(0, say("not_checked.truncated", language, count=MAX_QUERY))
        answer = Answer(
            question=question,
            language=language,
            audience=audience,
            urgency=urgency,
            recommendations=tuple(recommendations),
            held_back=tuple(held),
            citations=tuple(book.citations),
            not_checked=tuple(not_checked),
            ask_next=tuple(ask_next),
            declined=declined,
            abstained=reason is not None,
            abstain_reason=reason,
            text="",
            index=version.manifest.corpus_hash,
        )
        return answer.model_copy(update={"text": compose.markdown(answer, number)})

    def _topics(self, question: str, intake: Intake, facts: PatientFacts, wanted: bool = True) -> list[Topic]:
        if not wanted:
            return []
        words, concepts = question[:MAX_QUERY], intake.concepts("present", "hypothetical", "uncertain")
        least = least_cosine(words, self.searcher)
        return declining.nearest_topics(words, concepts, facts, self.knowledge, self.searcher, least)


def triage(
    text: str, patient: Patient, knowledge: Knowledge, settings: Settings, language: Language | None = None
) -> Urgency:
    """Decide urgency from words and facts, without an index."""
    intake = read(check_question(text), knowledge.table)
    facts = PatientFacts(patient, intake, knowledge.table, knowledge.derived)
    result = assess(facts, {**patient.vitals, **intake.numbers.vitals}, knowledge.red_flags, knowledge.table)
    language = language or settings.lang or intake.language
    return explain(result, language, settings.emergency_call(language))


def check_question(question: str) -> str:
    """The question without control characters; raises :class:`~assistant.InputError` if nothing usable is left."""
    if not isinstance(question, str):
        raise InputError(f"the question must be text, not {type(question).__name__}")
    text = clean(question)
    if not any(char.isalnum() for char in text):
        raise InputError("the question is empty; type a question in English or Chinese")
    if len(text) > MAX_QUESTION:
        raise InputError(f"the question has {len(text):,} characters; {MAX_QUESTION:,} is the most that can be read")
    return text

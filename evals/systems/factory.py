"""Systems by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from assistant import Answer, Assistant, InputError, Settings
from assistant.llm import load_llm
from corpus.models import Level
from evals.casefile import nearest
from evals.systems.bad import BAD
from evals.systems.bm25 import Bm25
from evals.systems.constants import Constant
from evals.systems.dense import Dense
from evals.systems.langchain_rag import LangchainRag
from evals.systems.model import ModelAlone
from evals.systems.ours import Ours
from evals.systems.ours_llm import OursReworded
from evals.systems.protocol import System
from index.embed import load_embedder

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: What is compared, in the order in which it is shown; those of ``WITH_MODEL`` need ``CARE_LLM``.
SYSTEMS = ("ours", "ours+llm", "bm25", "dense", "langchain-rag", "model", "always-emergency", "always-routine")
WITH_MODEL = frozenset({"ours+llm", "langchain-rag", "model"})


class SkippedError(InputError):
    """A system that cannot run here, with the reason and what to do."""


class Systems:
    """Makes systems over one assistant, which itself has no language model; the model is loaded once, when needed."""

    def __init__(self, care: Assistant, settings: Settings) -> None:
        self._care = care
        self._settings = settings
        self._llm: BaseChatModel | None = None
        self._told: dict[str, Answer] = {}

    def called(self, name: str) -> System:
        """The system of that name; raises :class:`~assistant.InputError`, or :class:`SkippedError` without a model."""
        care = self._care
        makers: dict[str, Callable[[], System]] = {
            "ours": lambda: Ours(care),
            "ours+llm": lambda: OursReworded(care, self._model(name)),
            "bm25": lambda: Bm25(care),
            "dense": lambda: Dense(care, load_embedder(care.settings.embedder)),
            "langchain-rag": lambda: LangchainRag(care, load_embedder(care.settings.embedder), self._model(name)),
            "model": lambda: ModelAlone(self._model(name), self._settings.llm_timeout),
            **{f"always-{level}": lambda level=level: Constant(level) for level in get_args(Level)},  # type: ignore[misc]
            **{maker.name: lambda maker=maker: maker(care, self._told) for maker in BAD},  # type: ignore[misc]
        }
        if name not in makers:
            meant = nearest(name, list(makers))
            hint = f"did you mean {meant}?" if meant else f"there are {', '.join(makers)}"
            raise InputError(f"no system is called {name}; {hint}")
        return makers[name]()

    def _model(self, name: str) -> BaseChatModel:
        if self._llm is None:
            self._llm = load_llm(self._settings)
        if self._llm is None:
            raise SkippedError(
                f"{name} needs a language model; set CARE_LLM, e.g. openai:MODEL@http://127.0.0.1:8080/v1"
            )
        return self._llm

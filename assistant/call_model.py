"""One call of a chat model that ends on time, whatever the model or its server does."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: What a server answers that does not know a field of the request; llama-cpp-python's says 500.
_REFUSED = frozenset({400, 404, 415, 422, 500, 501})


@dataclass(frozen=True)
class Reply:
    """What a model said, whole."""

    text: str


@dataclass(frozen=True)
class Failure:
    """Why there is no reply: ``unreachable``, ``timed_out`` or ``unusable``; *refused*: the request was not liked."""

    reason: str
    refused: bool = False


def call(
    model: BaseChatModel,
    messages: Sequence[tuple[str, str]],
    seconds: float,
    longest: int,
    options: Mapping[str, Any],
    *,
    says_when_done: bool = False,
) -> Reply | Failure:
    """Ask *model*, for *seconds* at most and up to *longest* characters; a reply that breaks off is none.

    *says_when_done*: this kind of model ends every whole reply with a reason for ending.

    The model runs in a thread of its own, because no client's time limit holds against a server that sends a
    byte now and then. A thread that is left behind stops at its next piece of text.
    """
    pieces: queue.Queue[str | Exception | None] = queue.Queue()
    ended: list[str] = []
    stop = threading.Event()

    def work() -> None:
        try:
            with _untraced():
                for chunk in model.stream(list(messages), **options):
                    if stop.is_set():
                        return
                    ended.extend(filter(None, [chunk.response_metadata.get("finish_reason")]))
                    pieces.put(str(chunk.text))
            pieces.put(None)
        except Exception as error:  # noqa: BLE001 - any client may raise anything; each means "no reply"
            pieces.put(error)

    threading.Thread(target=work, name="language-model", daemon=True).start()
    deadline = time.monotonic() + seconds
    text = ""
    try:
        while True:
            piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
            if piece is None:
                whole = bool(ended) or not says_when_done
                return Reply(text) if text.strip() and whole else Failure("unusable")
            if isinstance(piece, Exception):
                return _failure(piece, bool(text))
            text += piece
            if len(text) > longest:
                return Failure("unusable")
    except queue.Empty:
        return Failure("timed_out")
    finally:
        stop.set()


def _failure(error: Exception, begun: bool) -> Failure:
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return Failure("unreachable" if status >= 500 else "unusable", refused=status in _REFUSED)
    name = type(error).__name__
    if "Timeout" in name:
        return Failure("timed_out")
    unreachable = "Connect" in name or isinstance(error, OSError)
    return Failure("unreachable" if unreachable and not begun else "unusable")


@contextlib.contextmanager
def _untraced() -> Iterator[None]:
    """Without LangSmith, which a variable of the environment would otherwise send every prompt to."""
    from langsmith import tracing_context

    with tracing_context(enabled=False):
        yield

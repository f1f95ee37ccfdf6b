"""Whether two texts are near in meaning: by an embedder, and by an entailment model where one is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import InputError

if TYPE_CHECKING:
    from index.embed import Embedder

Verdict = Literal["entailment", "neutral", "contradiction"]

#: Evidence and claim in, what the model says and how sure it is of it out.
Nli = Callable[[str, str], tuple[Verdict, float]]

#: Below the first cosine a claim is about something else; from the second on, a few strange words are forgiven.
#: Set on the pairs in ``evals/cases/verify.jsonl`` that are not for testing, for the bundled embedder.
_ONE_LANGUAGE = (0.87, 0.955)
_ACROSS = (0.79, 0.85)


def nearness(embedder: Embedder, evidence: str, claim: str, one_language: bool) -> Literal["far", "near", "close"]:
    """How near a claim is to its evidence."""
    vectors = embedder.passages([evidence, claim])
    cosine = float(vectors[0] @ vectors[1])
    far, close = _ONE_LANGUAGE if one_language else _ACROSS
    return "far" if cosine < far else "close" if cosine >= close else "near"


def load_nli(name: str) -> Nli:
    """An entailment model by name or folder; raises :class:`~assistant.InputError` where it cannot be loaded."""
    try:
        from sentence_transformers import CrossEncoder

        model: Any = CrossEncoder(name, device="cpu")
    except ImportError as error:
        raise InputError(
            f"CARE_NLI={name} needs sentence-transformers: pip install 'nursing-care-assistant[models]'"
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"CARE_NLI={name} is neither a local model folder nor to be had offline") from error
    return nli_from(model)


def nli_from(model: Any) -> Nli:
    """Wrap a cross-encoder whose labels are called entailment, neutral and contradiction."""
    labels = {int(index): str(label).lower() for index, label in model.config.id2label.items()}
    if set(labels.values()) != {"entailment", "neutral", "contradiction"}:
        raise InputError(f"CARE_NLI: the model's labels are {sorted(labels.values())}, not those of entailment")

    def judge(evidence: str, claim: str) -> tuple[Verdict, float]:
        scores = model.predict([(evidence, claim)], apply_softmax=True)[0]
        best = int(scores.argmax())
        return labels[best], float(scores[best])  # type: ignore[return-value]

    return judge

"""Whether two texts are near in meaning, by an embedder, and whether one follows from the other, by another model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from assistant.claims.entailment import Odds, bundled
from assistant.errors import InputError

if TYPE_CHECKING:
    from index.embed import Embedder

#: Evidence and claim in, how likely the claim follows from it, contradicts it, or neither, out.
Nli = Callable[[str, str], Odds]

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


def load_nli(name: str) -> Nli | None:
    """An entailment model: the one that comes with the program (``bundled``), ``none``, or one by name or folder.

    None where the bundled one does not run; raises :class:`~assistant.InputError` where another cannot be loaded.
    """
    if name == "none":
        return None
    if name == "bundled":
        return model.odds if (model := bundled()) else None
    return nli_from(_cross_encoder(name))


def _cross_encoder(name: str) -> Any:
    try:
        from sentence_transformers import CrossEncoder

        return CrossEncoder(name, device="cpu")
    except ImportError as error:
        raise InputError(
            f"CARE_NLI={name} needs sentence-transformers: pip install 'nursing-care-assistant[models]'"
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"CARE_NLI={name} is neither a local model folder nor to be had offline") from error


def nli_from(model: Any) -> Nli:
    """Wrap a cross-encoder whose labels are called entailment, neutral and contradiction."""
    labels = {str(label).lower(): int(index) for index, label in model.config.id2label.items()}
    if set(labels) != {"entailment", "neutral", "contradiction"}:
        raise InputError(f"CARE_NLI: the model's labels are {sorted(labels)}, not those of entailment")

    def judge(evidence: str, claim: str) -> Odds:
        scores = model.predict([(evidence, claim)], apply_softmax=True)[0]
        return Odds(*(float(scores[labels[label]]) for label in ("entailment", "contradiction", "neutral")))

    return judge

"""The searchable list of everything that can be said of a patient, by every name in both languages."""

from __future__ import annotations

from assistant.web.markup import units
from assistant.web.strings import text
from corpus.concepts import ConceptTable
from corpus.text import normalise

#: Kinds that are nothing a patient has, takes or is allergic to.
_LEFT_OUT = frozenset({"nutrient", "activity"})


class Finder:
    """Finds concepts and measurements by a part of a name; the names are folded once."""

    def __init__(self, table: ConceptTable) -> None:
        self._table = table
        self._names = [
            (concept.id, tuple(dict.fromkeys(normalise(name) for name in concept.names)))
            for concept in table
            if concept.kind not in _LEFT_OUT
        ]
        self._measured = [
            (key, tuple(dict.fromkeys(normalise(name) for name in measurement.names)))
            for key, measurement in table.measurements.items()
        ]

    def find(self, words: str, language: str, most: int = 12) -> list[dict[str, object]]:
        """What has *words* in one of its names: exact names first, then those that begin so, the shorter first."""
        wanted = normalise(words).strip()
        if not wanted:
            return []
        ranked = [(rank, "word", known) for known, names in self._names if (rank := _rank(wanted, names))]
        ranked += [(rank, "number", key) for key, names in self._measured if (rank := _rank(wanted, names))]
        ranked.sort()
        return [self._entry(kind, known, language) for _, kind, known in ranked[:most]]

    def _entry(self, kind: str, known: str, language: str) -> dict[str, object]:
        if kind == "word":
            concept = self._table[known]
            entry: dict[str, object] = {"word": concept.label(language), "label": f"{concept.en} · {concept.zh}"}
            # Nobody has or takes a food: what is said of one is an allergy.
            entry["status"] = "allergy" if concept.kind == "food" else "present"
            return entry | {"kind": text(f"nurse.kinds.{concept.kind}", language)}
        measurement = self._table.measurements[known]
        group = "labs" if measurement.kind == "lab" else "vitals"
        return {
            "word": measurement.label(language),
            "label": f"{measurement.en} · {measurement.zh}",
            "kind": text(f"nurse.kinds.{measurement.kind}", language),
            "key": f"{group}:{known}",
            "units": units(measurement),
        }


def _rank(wanted: str, names: tuple[str, ...]) -> tuple[int, int] | None:
    """How well a name fits: where the words stand in it, then how much else is in it; ``None`` where none has them."""
    ranks = []
    for name in names:
        at = name.find(wanted)
        if at >= 0:
            place = 0 if name == wanted else 1 if at == 0 else 2 if name[at - 1] in " -(" else 3
            ranks.append((place, len(name)))
    return min(ranks, default=None)

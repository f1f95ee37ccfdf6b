"""A patient's facts as conditions ask for them: concepts present or absent, numbers, flags, each traceable."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable
from typing import Any

from assistant.intake import Finding, Intake, read
from assistant.patient import Patient
from corpus.concepts import ConceptTable
from corpus.conditions import Fact, Missing, Verdict, evaluate, holds
from corpus.load import DATA, read_yaml
from corpus.models import Derived

_WORD_FIELDS = ("conditions", "symptoms", "medications", "devices", "habits")
#: Outside these ages (years) a pregnancy question is answered by the age alone.
CHILDBEARING = (10, 60)
#: What a level of the ACVPU scale says in words.
_CONSCIOUSNESS = {"C": "new_confusion", "P": "unresponsive", "U": "unresponsive"}


@functools.cache
def _kinds_of_illness() -> dict[str, frozenset[str]]:
    """Illnesses that are over once past (``acute``), others that come up (``arising``), what is ``watched``."""
    data = read_yaml(DATA / "language" / "acute.yaml")
    return {name: frozenset(concepts) for name, concepts in data.items()}


@functools.cache
def _age_ranges() -> dict[str, tuple[float, float]]:
    data = read_yaml(DATA / "language" / "ages.yaml")["ages"]
    return {concept: (float(low), float(high)) for concept, (low, high) in data.items()}


class PatientFacts:
    """Facts about one patient: the structured ones and those stated in what was just said.

    What a question merely asks about (``topics``) counts as present only for conditions, so that
    "what may someone with a gastric ulcer eat?" is answered for someone with a gastric ulcer.
    """

    def __init__(
        self, patient: Patient, intake: Intake | None, table: ConceptTable, derived: Iterable[Derived] = ()
    ) -> None:
        self._table = table
        self.present: dict[str, Fact] = {}
        self.absent: dict[str, Fact] = {}
        self.allergies: dict[str, Fact] = {}
        #: Medicines that a question asks about, which nobody is known to take.
        self.considered: dict[str, Fact] = {}
        #: Illnesses told as over: history for advice, nothing that decides urgency.
        self.history: set[str] = set()
        #: Whether the message only asks; true where there is none.
        self.asks = intake is None or intake.asks
        self._numbers: dict[str, tuple[float, Fact]] = {}
        self._flags: dict[str, tuple[Any, Fact]] = {}
        self._verdicts: dict[tuple[bool, str], Verdict] = {}
        #: Whether somebody in particular is described: then advice is for them and not for whom it may concern.
        self.described = patient.age_years is not None
        self._consciousness = str(patient.vitals.get("consciousness", ""))
        self._from_patient(patient)
        if intake is not None:
            self._from_intake(intake)
        self._deduce()
        for rule in derived:
            if rule.concept not in self.present and holds(rule.when, self):
                self.present[rule.concept] = evaluate(rule.when, self).because[0]
                self._verdicts.clear()

    def concept(self, leaf: str, concept: str) -> Verdict:
        """Whether the patient has (takes, is allergic to …) the concept or a kind of it."""
        key = leaf == "allergy", concept
        if key not in self._verdicts:
            self._verdicts[key] = self._allergic(concept) if leaf == "allergy" else self._has(leaf, concept)
        return self._verdicts[key]

    def _allergic(self, concept: str) -> Verdict:
        facts = [
            fact
            for known, fact in self.allergies.items()
            if self._table.is_a(known, concept) or self._table.is_a(concept, known)
        ]
        return Verdict(True, tuple(facts)) if facts else Verdict(None, missing=(Missing("allergy", concept),))

    def _has(self, leaf: str, concept: str) -> Verdict:
        facts = [fact for known, fact in self.present.items() if self._table.is_a(known, concept)]
        if facts:
            return Verdict(True, tuple(dict.fromkeys(facts)))
        for known, fact in self.absent.items():
            if self._table.is_a(concept, known):
                return Verdict(False, (fact,))
        return Verdict(None, missing=(Missing(leaf, concept),))

    def number(self, key: str) -> tuple[float, float, Fact] | None:
        """A measurement or the age in years; an age known only in words ("a baby") as the range it lies in."""
        exact = self._numbers.get(key)
        if exact is not None:
            return exact[0], exact[0], exact[1]
        if key == "age_years":
            ranges = [(*_age_ranges()[known], fact) for known, fact in self.present.items() if known in _age_ranges()]
            return min(ranges, key=lambda r: r[1] - r[0], default=None)
        return None

    def flag(self, name: str) -> tuple[Any, Fact] | None:
        """``sex``, ``pregnant`` or ``breastfeeding``, where known or deducible."""
        return self._flags.get(name)

    def numbers(self) -> dict[str, tuple[float, Fact]]:
        """Every known number with the fact it came from."""
        return dict(self._numbers)

    @property
    def now(self) -> PatientFacts:
        """The same facts without the illnesses that are over."""
        if not self.history:
            return self
        current = copy.copy(self)
        current.present = {known: fact for known, fact in self.present.items() if known not in self.history}
        current._verdicts = {}
        return current

    def assuming(self, medicine: str) -> PatientFacts:
        """The same facts as if a medicine that is asked about were taken."""
        assumed = copy.copy(self)
        assumed.present = self.present | {medicine: self.considered[medicine]}
        assumed._verdicts = {}
        return assumed

    @property
    def without_record(self) -> bool:
        """Whether no illness, device or medicine stands in the patient's record: then advice can only be general."""
        return not any(fact.field in ("conditions", "medications", "devices") for fact in self.present.values())

    @property
    def under_care(self) -> bool:
        """Whether the record holds an illness, or the message a past one or a treatment that has to be watched."""
        watched = _kinds_of_illness()["watched"]
        return (
            not self.without_record
            or bool(self.history)
            or any(watched & {known, *self._table.ancestors(known)} for known in self.present)
        )

    def arises(self, concept: str) -> bool:
        """Whether *concept* is a complaint or an illness that comes up, not one that somebody lives with."""
        kinds = _kinds_of_illness()
        family = {concept, *self._table.ancestors(concept)}
        return self._table[concept].kind == "symptom" or bool(family & (kinds["acute"] | kinds["arising"]))

    def _from_patient(self, patient: Patient) -> None:
        for field in _WORD_FIELDS:
            for word in getattr(patient, field):
                for finding in self._recognise(word):
                    self._note(finding, Fact(field, word))
        for word in patient.absent:
            for finding in self._recognise(word):
                self.absent.setdefault(finding.concept, Fact("absent", word))
        for word in patient.allergies:
            for finding in self._recognise(word):
                if finding.status == "present":
                    self.allergies.setdefault(finding.concept, Fact("allergies", word))
        for group in ("labs", "vitals"):
            for key, value in getattr(patient, group).items():
                if isinstance(value, int | float) and not isinstance(value, bool):
                    self._numbers[key] = float(value), Fact(f"{group}.{key}", value)
        if patient.age_years is not None:
            self._numbers["age_years"] = patient.age_years, Fact("age_years", patient.age_years)
        for name in ("sex", "pregnant", "breastfeeding"):
            value = getattr(patient, name)
            if value is not None:
                self._flags[name] = value, Fact(name, value)

    def _recognise(self, word: str) -> list[Finding]:
        exact = self._table.lookup(word)
        if exact is not None:
            return [Finding(exact, "present", word, 0, len(word))]
        return list(read(word, self._table).findings)

    def _note(self, finding: Finding, fact: Fact) -> None:
        if finding.status in ("present", "uncertain", "past"):
            self._keep(finding, fact)
        elif finding.status == "absent":
            self.absent.setdefault(finding.concept, fact)

    def _keep(self, finding: Finding, fact: Fact) -> None:
        """Note a finding as present, an acute illness told as past as history unless it is there now too."""
        known = finding.concept in self.present
        self.present.setdefault(finding.concept, fact)
        acute = _kinds_of_illness()["acute"] & {finding.concept, *self._table.ancestors(finding.concept)}
        if finding.status != "past":
            self.history.discard(finding.concept)
        elif acute and not known:
            self.history.add(finding.concept)

    def _from_intake(self, intake: Intake) -> None:
        for finding in intake.findings:
            kind = self._table[finding.concept].kind
            if kind in ("food", "nutrient", "activity"):
                continue
            if kind == "medicine" and finding.status == "hypothetical":
                self.considered.setdefault(finding.concept, Fact("question", finding.text))
            if finding.status in ("present", "uncertain") or (finding.status == "past" and kind == "condition"):
                self._keep(finding, Fact("question", finding.text))
            elif finding.status == "absent" and finding.concept not in self.present:
                self.absent.setdefault(finding.concept, Fact("absent", finding.text))
        numbers = intake.numbers
        for key, value in (numbers.labs | numbers.vitals).items():
            if isinstance(value, float):
                group = "labs" if key in numbers.labs else "vitals"
                self._numbers[key] = value, Fact(f"{group}.{key}", value)
        if numbers.age_years is not None and "age_years" not in self._numbers:
            self._numbers["age_years"] = numbers.age_years, Fact("age_years", numbers.age_years)
        if numbers.sex is not None and "sex" not in self._flags:
            self._flags["sex"] = numbers.sex, Fact("sex", numbers.sex)

    def _deduce(self) -> None:
        """What follows from other facts without any judgement: BMI, consciousness, and who cannot be pregnant."""
        weight, height = self._numbers.get("weight_kg"), self._numbers.get("height_cm")
        if weight and height and "bmi" not in self._numbers:
            bmi = round(weight[0] / (height[0] / 100) ** 2, 1)
            self._numbers["bmi"] = bmi, Fact("vitals.bmi", bmi)
        level = self._consciousness
        if level in _CONSCIOUSNESS and _CONSCIOUSNESS[level] in self._table:
            self.present.setdefault(_CONSCIOUSNESS[level], Fact("vitals.consciousness", level))
        for name, concept in (("pregnant", "pregnancy"), ("breastfeeding", "breastfeeding_person")):
            flag, sex, age = self._flags.get(name), self._flags.get("sex"), self._numbers.get("age_years")
            if flag is None and concept in self.present:
                self._flags[name] = True, self.present[concept]
            elif flag is None and sex is not None and sex[0] == "male":
                self._flags[name] = False, sex[1]
            elif flag is None and age is not None and not CHILDBEARING[0] <= age[0] <= CHILDBEARING[1]:
                self._flags[name] = False, age[1]
            elif flag is not None and flag[0] and concept in self._table:
                self.present.setdefault(concept, flag[1])

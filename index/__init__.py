"""How it is found: embedding, the store on disk, and search (FAISS, BM25 and concepts)."""

import os

# Threads of OpenMP that wait by spinning take the processor from each other: with other work on the machine a
# query takes two seconds instead of twenty milliseconds. This has to be set before the first library loads OpenMP.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

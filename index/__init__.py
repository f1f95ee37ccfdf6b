"""How it is found: embedding, the store on disk, and search (FAISS and BM25)."""

"""Reading claims and their evidence, and finding where they do not agree; :mod:`assistant.verify` is the way in."""

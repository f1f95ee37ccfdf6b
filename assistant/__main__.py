"""``python -m assistant`` is the command ``care``."""

from assistant.cli import main

if __name__ == "__main__":
    main()

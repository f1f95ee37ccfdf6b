"""Starts the web page: ``python app.py``, with the settings of ``assistant.Settings``."""

from assistant.cli import run_and_exit
from assistant.settings import Settings
from assistant.web import serve

if __name__ == "__main__":
    run_and_exit(lambda: serve(Settings()))

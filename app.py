"""Starts the web page: ``python app.py``, with the settings of ``assistant.Settings``."""

from assistant.cli import serve_page

if __name__ == "__main__":
    serve_page()

"""Settings: environment variables that begin with ``CARE_``, and one optional file ``care.env``."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.models import Language

#: The medical emergency number shown for a language where the operator has set none.
DEFAULT_EMERGENCY_NUMBER = {"en": "999 / 112 / 911", "zh": "120"}


class Settings(BaseSettings):
    """Everything an operator can set; the defaults run offline on a laptop."""

    model_config = SettingsConfigDict(env_prefix="CARE_", env_file="care.env", extra="ignore", frozen=True)

    host: str = Field(default="127.0.0.1", description="address the web page listens on")
    port: int = Field(default=7860, ge=1, le=65535, description="port the web page listens on")
    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("nursing-care-assistant")),
        description="folder in which indexes live",
    )
    embedder: str = Field(default="default", description="'default', or a sentence-transformers model name or path")
    reranker: str | None = Field(
        default=None, description="sentence-transformers CrossEncoder, name or path, that re-orders what was found"
    )
    llm: str | None = Field(default=None, description="language model that rewords answers; none by default")
    nli: str | None = Field(
        default=None, description="entailment cross-encoder that the verifier asks too: name or path; none by default"
    )
    lang: Language | None = Field(default=None, description="answer language; by default that of the question")
    emergency_number: str | None = Field(default=None, description="number to call in an emergency")

    @property
    def index_path(self) -> Path:
        """Where the index for the chosen embedder lives."""
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in self.embedder)
        return self.home / "index" / safe

    def emergency_call(self, language: str) -> str:
        """The number to call, as text to show."""
        return self.emergency_number or DEFAULT_EMERGENCY_NUMBER[language]

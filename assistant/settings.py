"""Settings: environment variables that begin with ``CARE_``, and one optional file ``care.env``."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import Field, SecretStr
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
    llm: str | None = Field(
        default=None,
        description="language model that rewords answers, none by default: openai:MODEL@URL of any OpenAI-compatible "
        "server, transformers:FOLDER_OR_NAME[#file.gguf], or mock:FILE with prepared replies",
    )
    llm_key: SecretStr | None = Field(default=None, description="key of the language model's server, if it wants one")
    llm_timeout: float = Field(default=30.0, gt=0, description="seconds the model may take, all attempts together")
    llm_retries: int = Field(default=1, ge=0, le=5, description="further attempts after one that failed")
    llm_question: bool = Field(
        default=False,
        description="also send the question, scrubbed of names, numbers, addresses and dates of birth; by default the "
        "model is told only what the question is about",
    )
    nli: str = Field(
        default="bundled",
        description="entailment model that the verifier asks too: bundled, none, or a cross-encoder's name or path",
    )
    lang: Language | None = Field(default=None, description="answer language; by default that of the question")
    emergency_number: str | None = Field(default=None, description="number to call in an emergency")
    feedback: Path | None = Field(
        default=None,
        description="folder in which the nurse's verdicts on recommendations are kept, with the patient's facts and "
        "the question scrubbed of names; none by default, and nothing is kept",
    )

    @property
    def index_path(self) -> Path:
        """Where the index for the chosen embedder lives."""
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in self.embedder)
        return self.home / "index" / safe

    def emergency_call(self, language: str) -> str:
        """The number to call, as text to show."""
        return self.emergency_number or DEFAULT_EMERGENCY_NUMBER[language]

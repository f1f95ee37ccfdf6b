"""The language model behind the one setting ``CARE_LLM``. Nothing of it is imported before one is set.

Three forms: ``openai:MODEL@URL`` (any server that speaks OpenAI's protocol: Ollama, vLLM, llama.cpp …),
``transformers:FOLDER_OR_NAME[#file.gguf]`` (in this process) and ``mock:FILE`` (prepared replies, divided by
lines of ``---``, one a call). Any LangChain chat model can be handed to ``Assistant.load(llm=…)`` instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.errors import LanguageModelError
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: Sent where the operator set no key: servers at home want none, but the client insists on one.
_NO_KEY = "none"
#: The most tokens of a reply; a reworded answer is as long as the answer.
_MAX_TOKENS = 1500
#: The share of the time limit after which a model in this process stops writing, so that its reply is in time.
_SHARE = 0.8
_FORMS = "openai:MODEL@http://127.0.0.1:8080/v1, transformers:FOLDER_OR_NAME[#file.gguf] or mock:FILE"


def load_llm(settings: Settings) -> BaseChatModel | None:
    """The chat model that ``CARE_LLM`` names; none where it is not set.

    Raises :class:`~assistant.errors.LanguageModelError`, with what to do, for a malformed setting, a package
    that is not installed, or a model that cannot be loaded. A server is not called before the first question.
    """
    if not settings.llm:
        return None
    kind, _, name = settings.llm.strip().partition(":")
    if kind == "openai" and name:
        return _openai(name, settings)
    if kind == "transformers" and name:
        return _transformers(name, settings)
    if kind == "mock" and name:
        return _mock(name)
    raise LanguageModelError(f"CARE_LLM is {settings.llm!r}; it must have one of the forms {_FORMS}")


def model_name(model: BaseChatModel) -> str:
    """What to call a model where it is shown: its own name without a path, else the name of its class."""
    for attribute in ("model_name", "model", "name"):
        name = getattr(model, attribute, None)
        if isinstance(name, str) and name:
            return name.rstrip("/").rpartition("/")[2]
    return type(model).__name__


def takes_schema(model: BaseChatModel) -> bool:
    """Whether a reply can be asked for in the form of a JSON schema (``response_format``)."""
    return type(model).__module__.split(".")[0] == "langchain_openai"


def _openai(name: str, settings: Settings) -> BaseChatModel:
    served, found, url = name.rpartition("@http")
    address = urlsplit(f"http{url}")
    if not found or not served or not address.hostname:
        raise LanguageModelError(
            f"CARE_LLM is 'openai:{name}', without the server's address; give it as "
            "openai:MODEL@http://127.0.0.1:8080/v1"
        )
    if address.scheme == "http" and not _is_here(address.hostname) and "." in address.hostname.strip("."):
        _warn_unencrypted(address.hostname)
    try:
        import httpx
        from langchain_openai import ChatOpenAI
    except ImportError as error:
        raise LanguageModelError(
            "CARE_LLM=openai:… needs langchain-openai: pip install 'nursing-care-assistant[llm]'"
        ) from error
    # No redirects: what is sent goes to the server that was named, or nowhere. A proxy is no way to this machine.
    client = httpx.Client(
        timeout=settings.llm_timeout, follow_redirects=False, trust_env=not _is_here(address.hostname)
    )
    options: dict[str, Any] = {
        "model": served,
        "base_url": f"http{url}",
        "api_key": settings.llm_key or _NO_KEY,
        "organization": "",
        "timeout": settings.llm_timeout,
        "max_retries": 0,
        "temperature": 0.0,
        "max_tokens": _MAX_TOKENS,
        "http_client": client,
        "use_responses_api": False,
    }
    model: BaseChatModel = ChatOpenAI(**options)
    return model


def _transformers(name: str, settings: Settings) -> BaseChatModel:
    source, _, file = name.partition("#")
    if source.endswith(".gguf") and not file:
        path = Path(source)
        source, file = str(path.parent), path.name
    try:
        from assistant.llm_transformers import load_transformers
    except ImportError as error:
        raise LanguageModelError(
            "CARE_LLM=transformers:… needs transformers and torch: pip install 'nursing-care-assistant[models]'"
        ) from error
    return load_transformers(source, file or None, _SHARE * settings.llm_timeout, _MAX_TOKENS)


def _mock(name: str) -> BaseChatModel:
    from langchain_core.language_models import FakeListChatModel

    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LanguageModelError(f"CARE_LLM=mock:{name} cannot be read: {error}") from error
    replies = [reply.strip("\n") for reply in ("\n" + text).split("\n---")]
    return FakeListChatModel(responses=replies, name="mock")


def _is_here(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _warn_unencrypted(host: str) -> None:
    import logging

    logging.getLogger(__name__).warning("%s is spoken to without encryption; prefer https", host)

"""A local transformers model as a LangChain chat model. Importing this module loads torch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import torch
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr
from transformers import AutoModelForCausalLM, AutoTokenizer

from assistant.errors import LanguageModelError

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}


class TransformersChat(BaseChatModel):
    """Greedy decoding with a model's own chat template; one reply at a time, ended after ``seconds``."""

    model_name: str
    model: Any
    tokenizer: Any
    seconds: float
    max_tokens: int
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "transformers"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,
    ) -> ChatResult:
        inputs = self._encode(messages)
        asked = inputs["input_ids"].shape[1]
        with self._lock, torch.inference_mode():
            output = self.model.generate(
                **inputs,
                max_new_tokens=kwargs.get("max_tokens", self.max_tokens),
                max_time=self.seconds,
                do_sample=False,
                pad_token_id=self.tokenizer.eos_token_id,
            )
        text = self.tokenizer.decode(output[0][asked:], skip_special_tokens=True)
        for word in stop or ():
            text = text.split(word)[0]
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _encode(self, messages: Sequence[BaseMessage]) -> Any:
        turns = [{"role": _ROLES.get(m.type, "user"), "content": str(m.text)} for m in messages]
        if self.tokenizer.chat_template:
            return self.tokenizer.apply_chat_template(
                turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
            )
        text = "\n\n".join(f"{turn['role']}: {turn['content']}" for turn in turns) + "\n\nassistant:"
        return self.tokenizer(text, return_tensors="pt")


def load_transformers(source: str, gguf_file: str | None, seconds: float, max_tokens: int) -> TransformersChat:
    """Load a model from a folder or by name; *gguf_file* names a GGUF file in it."""
    options = {"gguf_file": gguf_file} if gguf_file else {}
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        model = AutoModelForCausalLM.from_pretrained(source, **options)
    except ImportError as error:
        raise LanguageModelError(
            f"{source!r} cannot be read without gguf and accelerate: pip install 'nursing-care-assistant[models,gguf]'"
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise LanguageModelError(
            f"CARE_LLM names {source!r}, which cannot be loaded ({str(error).splitlines()[0]}); give a folder that "
            "holds a model, or a name that can be fetched"
        ) from error
    model.eval()
    # A sampling setting that comes with a model would only warn: decoding is greedy, so that answers repeat.
    for name in ("temperature", "top_p", "top_k"):
        setattr(model.generation_config, name, None)
    name = (gguf_file or source).rstrip("/").rpartition("/")[2].removesuffix(".gguf")
    return TransformersChat(model_name=name, model=model, tokenizer=tokenizer, seconds=seconds, max_tokens=max_tokens)

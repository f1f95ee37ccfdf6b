"""The command line with a language model set, and a model in this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Patient, Settings
from assistant.errors import LanguageModelError
from assistant.llm import load_llm

QUESTION = "Can he eat star fruit with kidney disease?"


def _care(care: Assistant, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CARE_HOME": str(care.settings.home), **settings}
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments], capture_output=True, text=True, env=environment, timeout=180
    )


def test_ask_uses_the_model_that_is_set(care: Assistant, tmp_path: Path) -> None:
    composed = care.ask(QUESTION)
    good = "\n".join(f"[R{n}] {item.text}" for n, item in enumerate(composed.recommendations, 1))
    (tmp_path / "replies.txt").write_text(good, encoding="utf-8")
    done = _care(care, "ask", QUESTION, "--json", CARE_LLM=f"mock:{tmp_path / 'replies.txt'}")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["generator"] == "mock"
    assert answer["generation"]["status"] == "reworded"
    assert [item["text"] for item in answer["recommendations"]] == [r.text for r in composed.recommendations]


def test_a_malformed_setting_is_one_line_and_status_1(care: Assistant) -> None:
    done = _care(care, "ask", QUESTION, CARE_LLM="openai:gpt-4o")
    assert done.returncode == 1
    assert "openai:MODEL@http://127.0.0.1:8080/v1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformers model with random weights and a vocabulary of its own: what it says is noise."""
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    folder = tmp_path_factory.mktemp("model")
    words = {word: number for number, word in enumerate(["<eos>", "[UNK]", "eat", "avoid", "R1", "ibuprofen", "."])}
    raw = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    raw.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<eos>", unk_token="[UNK]").save_pretrained(
        folder
    )
    config = transformers.LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, eos_token_id=0, bos_token_id=None, max_position_embeddings=4096,
    )  # fmt: skip
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.mark.models
@pytest.mark.filterwarnings("ignore")
def test_noise_of_a_model_in_this_process_changes_nothing(care: Assistant, tiny_model: Path) -> None:
    settings = care.settings.model_copy(update={"llm": f"transformers:{tiny_model}", "llm_timeout": 20.0})
    assistant = Assistant(care.searcher, care.knowledge, settings, load_llm(settings))
    patient = Patient(conditions=["ckd stage 4"])
    answer = assistant.ask(QUESTION, patient)
    assert answer.generation is not None
    assert answer.generation.status == "composed"
    assert answer.recommendations == care.ask(QUESTION, patient).recommendations


@pytest.mark.filterwarnings("ignore")
def test_a_folder_without_a_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(LanguageModelError, match=r"CARE_LLM"):
        load_llm(Settings(llm=f"transformers:{tmp_path}", _env_file=None))


def test_the_model_is_loaded_only_where_one_is_set() -> None:
    code = (
        "import sys, assistant; from assistant.llm import load_llm; load_llm(assistant.Settings(llm=None));"
        "print([m for m in ('langchain_core', 'langchain_openai', 'openai', 'torch', 'transformers') if m in sys.modules])"
    )
    done: Any = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""What the tests of the evaluation share: a session over the assistant as users have it."""

from __future__ import annotations

import pytest

from assistant import Assistant
from evals.suites.suite import Session


@pytest.fixture(scope="session")
def session(care: Assistant) -> Session:
    return Session(care, care.settings)

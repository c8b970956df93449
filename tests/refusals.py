"""What an error says, as a whole."""

from __future__ import annotations

import pytest


def refusal(error, call, *arguments):
    """The whole message of the error of this type that the call raises."""
    with pytest.raises(error) as refused:
        call(*arguments)
    return str(refused.value)


def refusal_and_notes(error, call, *arguments):
    """The whole message, and each note that was added to it."""
    with pytest.raises(error) as refused:
        call(*arguments)
    return [str(refused.value), *getattr(refused.value, "__notes__", [])]

"""One browser for all tests."""

from __future__ import annotations

import pytest

from tests.viz.live.browser import chromium


@pytest.fixture(scope="session")
def _chromium():
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(_chromium):
    """A browser as new; a page that complains, or that asks for anything, fails its test."""
    _chromium.size(1440, 900)
    _chromium.media()
    yield _chromium
    assert _chromium.complaints() == []
    assert _chromium.requests() == []

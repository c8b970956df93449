"""What is said in every state that a graph can be in: one page, read line by line when it changes."""

from __future__ import annotations

from tests.states import PAGE, page


def test_every_output_says_in_every_state_what_the_page_says(request):
    found = page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(found, encoding="utf-8")
    assert found == PAGE.read_text(encoding="utf-8"), "read what differs, then run python -m tests.states"

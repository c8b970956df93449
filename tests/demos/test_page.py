"""`python -m demos page` writes each of its pages, and refuses what it can't write."""

from __future__ import annotations

import pytest

from demos.__main__ import main
from demos.page import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_one_file_that_loads_nothing(tmp_path, capsys, name):
    assert main(["page", name, "--out", str(tmp_path)]) == 0
    path = tmp_path / f"{name}-page.html"
    assert capsys.readouterr().out == f"Wrote {path}: open it in a browser\n"
    html = path.read_text(encoding="utf-8")
    assert html.startswith("<!DOCTYPE html>\n")
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in html


def test_the_primers_page_is_below_150_kilobytes(tmp_path):
    main(["page", "--out", str(tmp_path)])
    assert (tmp_path / "primer-page.html").stat().st_size < 150_000

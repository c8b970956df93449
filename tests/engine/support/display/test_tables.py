"""Tables: the same rows as aligned lines and as HTML, and which rows of a long table are shown."""

import pytest

from engine.support.display.tables import Table, ends, with_gaps
from tests.tables import read_table


def test_columns_of_numbers_stand_to_the_right_and_those_of_words_to_the_left():
    table = Table(["leaf", "grad", "is"], [["x", "−0.25", "low"], None, ["weight", "1", "a"]], "Leaves", sides="<><")
    assert str(table).splitlines() == [
        "Leaves",
        "leaf     grad  is",
        "x       −0.25  low",
        "…           …  …",
        "weight      1  a",
    ]


def test_without_a_caption_and_sides_it_is_numbers_alone():
    assert str(Table(["epoch", "loss"], [["1", "0.25"]])).splitlines() == ["epoch  loss", "    1  0.25"]


def test_in_html_heads_and_rows_are_marked_as_what_they_are():
    assert Table(["leaf", "grad"], [["x", "2"], None], "A leaf", sides="<>").html.splitlines() == [
        '<table class="tex2jax_ignore mathjax_ignore"><caption style="white-space: nowrap">A leaf</caption>',
        '<thead><tr><th scope="col" style="text-align: left">leaf</th>'
        '<th scope="col" style="text-align: right">grad</th></tr></thead>',
        "<tbody>",
        '<tr><th scope="row" style="text-align: left">x</th><td style="text-align: right">2</td></tr>',
        '<tr><th scope="row" style="text-align: left">…</th><td style="text-align: right">…</td></tr>',
        "</tbody></table>",
    ]


HOSTILE = "</td><script>alert('&amp;\"')</script>\n<b>"


def test_what_is_in_a_cell_a_head_or_a_caption_is_no_markup():
    table = Table([HOSTILE, "b"], [["a", HOSTILE]], HOSTILE)
    shown = HOSTILE.replace("\n", " ")
    assert read_table(table.html) == (shown, [[shown, "b"], ["a", shown]])
    assert table.html.count("<script") == 0
    assert len(str(table).splitlines()) == 3


def test_a_cell_of_any_length_takes_a_bounded_place():
    table = Table(["a"], [["x" * 10_000]])
    assert str(table).splitlines()[1] == "x" * 159 + "…"


@pytest.mark.parametrize(
    ("count", "most", "shown"),
    [
        (0, 4, []),
        (4, 4, [0, 1, 2, 3]),
        (5, 4, [0, 1, None, 3, 4]),
        (100, 4, [0, 1, None, 98, 99]),
    ],
)
def test_of_many_the_first_and_the_last_ones_are_shown(count, most, shown):
    assert with_gaps(ends(count, most)) == shown


def test_a_gap_stands_wherever_something_is_left_out():
    assert with_gaps({7, 0, 1, 9}) == [0, 1, None, 7, None, 9]

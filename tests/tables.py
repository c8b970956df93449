"""What is to be read in the HTML of tables, found by a parser of its own."""

from __future__ import annotations

from xml.etree import ElementTree


def read_tables(html):
    """Of each table its caption and its rows, the head first; the HTML must be well-formed, as XML is."""
    found = ElementTree.fromstring(f"<div>{html}</div>").iter("table")
    return [(_text(table.find("caption")), [list(map(_text, row)) for row in table.iter("tr")]) for table in found]


def _text(element):
    return "".join(element.itertext())


def read_table(html):
    (table,) = read_tables(html)
    return table

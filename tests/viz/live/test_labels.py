"""Labels are data: whatever they contain, a page shows it as text, and nothing of it is markup or code."""

from __future__ import annotations

import json
import re

import pytest

from engine import Value, operation
from viz import page

HOSTILE = {
    "markup": "</script><img src=x onerror=alert(1)>",
    "an end of comments": "*/ --> <!-- <script> ]]>",
    "quotes": "\"'`",
    "backslashes": "\\ \\u003c \\n ${alert(1)}",
    "newlines": "one\ntwo\r\nthree\u2028four",
    "right to left": "\u202eabc אבג",
    "long": "w" * 10_000,
    "spaces": "   ",
    "prototype": "__proto__",
    "constructor": "constructor",
    "template": "{{script}} {{data}}",
    "group": r"\g<0> \1",
    "null": "a\0b",
}


@pytest.mark.slow
@pytest.mark.parametrize("label", HOSTILE.values(), ids=list(HOSTILE))
def test_a_label_is_shown_as_text(browser, tmp_path, label):
    x = Value(2.0, label)
    root = x * 3.0 + x
    root.label = f"root {label}"
    browser.open(page(root, tmp_path / "page.html", title=label, hide=[root.label] if label.strip() else None))
    browser.run("window.alert = () => { throw new Error('injected') }")
    assert browser.ask("document.querySelectorAll('img').length") == 0
    assert browser.ask("glassgrad.nodes.length") == 4
    browser.click("#last")
    assert browser.ask("glassgrad.gradient(arguments[0])", label if label.strip() else "leaf@1") == 4.0
    browser.run("glassgrad.set(arguments[0], 5)", label if label.strip() else "leaf@1")
    browser.run("glassgrad.train({rate: 0.1, steps: 1}); document.querySelector('#table-card').open = true")
    browser.click("#graph-figure .node.leaf")
    if label.strip():
        shown = browser.ask("document.querySelector('#selected-name').textContent")
        assert shown == label
        address = browser.address("node=")
        browser.run("location.reload()")
        assert browser.ask("document.querySelector('#selected-name').textContent") == label
        assert address


def test_labels_like_those_of_objects_keep_apart(browser, tmp_path):
    a, b, c = Value(1.0, "__proto__"), Value(2.0, "constructor"), Value(3.0, "toString")
    browser.open(page(a * b + c, tmp_path / "page.html"))
    browser.click("#last")
    names = ["__proto__", "constructor", "toString"]
    assert [browser.ask("glassgrad.gradient(arguments[0])", name) for name in names] == [2.0, 1.0, 1.0]


def test_two_of_one_label_are_told_apart(browser, tmp_path):
    browser.open(page(Value(1.0, "x") * Value(2.0, "x"), tmp_path / "page.html"))
    refused = "try { glassgrad.value('x') } catch (error) { return String(error) }"
    assert browser.run(refused) == 'RangeError: 2 nodes have the label "x"; say which: x@1, x@2'
    assert browser.ask("[glassgrad.value('x@1'), glassgrad.value('x@2')]") == [1.0, 2.0]


def test_an_empty_label_is_none(browser, tmp_path):
    browser.open(page(Value(1.0, "") * 2.0, tmp_path / "page.html", title=""))
    assert browser.ask("glassgrad.nodes[0].name") == "leaf@1"


@pytest.mark.usefixtures("operations_forgotten")
def test_an_operation_of_ones_own_works_as_those_of_the_table(browser, tmp_path):
    swish = operation(
        "swish_of_page",
        lambda x: x * x + x,
        lambda out, x: (2.0 * x + 1.0,),
        symbol="</text><script>alert(1)</script>",
    )
    x = Value(0.5, "x")
    browser.open(page(swish(x), tmp_path / "page.html"))
    browser.run("glassgrad.set('x', 2); glassgrad.goto(glassgrad.length)")
    assert browser.ask("[glassgrad.value('root'), glassgrad.gradient('x')]") == [6.0, 5.0]


def test_the_policy_lets_nothing_in(browser, tmp_path):
    path = page(Value(1.0, "x") * 2.0, tmp_path / "page.html")
    html = path.read_text(encoding="utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not re.search(r"<[^>]* style=|<[^>]* on\w+=", re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))
    browser.open(path)
    inject = """
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.body.append(script);
        return window.injected === true;
    """
    assert browser.run(inject) is False
    (complaint,) = browser.complaints()
    assert "Content Security Policy" in complaint


def test_the_data_are_json_for_any_label():
    x = Value(1.0, HOSTILE["markup"])
    html = page(x * x).html
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert json.loads(data)["nodes"][0]["label"] == HOSTILE["markup"]

"""The page in a browser: the numbers of Python at every step, in both directions of time."""

from __future__ import annotations

import pytest

from engine import Value, exp, topological_order
from engine.naming.search import find
from engine.support.numerals import number
from tests.viz.graphs import primer, reuse
from viz import page


def spelled_out():
    """An expression with labels in which a node is used twice."""
    a, b = Value(-2.0, "a"), Value(3.0, "b")
    d, e = a * b, a + b
    d.label, e.label = "d", "e"
    f = d * e + exp(e)
    f.label = "f"
    return f


def used_twice():
    y = reuse()
    y.zero_grad()
    return y


GRAPHS = {"primer": lambda: primer(backward=False)[1], "used twice": used_twice, "spelled out": spelled_out}


@pytest.fixture(params=GRAPHS, ids=list(GRAPHS))
def opened(request, browser, tmp_path):
    root = GRAPHS[request.param]()
    browser.open(page(root, tmp_path / "page.html"))
    return root


def nodes_at(browser, position):
    browser.run("glassgrad.goto(arguments[0])", position)
    return browser.ask("glassgrad.nodes.map(({value, gradient}) => [value, gradient])")


def near(x):
    return pytest.approx(x, rel=1e-12, abs=1e-15)


def test_at_the_start_only_leaves_are_known(browser, opened):
    order = topological_order(opened)
    found = nodes_at(browser, 0)
    assert [value for value, _ in found] == [None if node.operands else node.data for node in order]
    assert {gradient for _, gradient in found} == {None}
    assert browser.text("#where") == "Start"


def test_every_position_has_the_numbers_of_the_trace(browser, opened):
    order = topological_order(opened)
    places = {node: i for i, node in enumerate(order)}
    forward = sum(1 for node in order if node.operands)
    trace = opened.backward_steps()
    assert browser.ask("glassgrad.length") == forward + len(trace)
    for position in range(1, forward + 1):
        found = nodes_at(browser, position)
        assert sum(value is not None for value, _ in found) == len(order) - forward + position
        assert browser.text("#where") == f"Step {position} of {forward}, forward"
        assert browser.ask("glassgrad.step") is None
    for event in trace:
        found = nodes_at(browser, forward + event.index)
        assert [value for value, _ in found] == near([node.data for node in order])
        computed = [node.grad if node.computed and type(node) is Value else None for node in order]
        assert [gradient for _, gradient in found] == [near(x) if x is not None else None for x in computed]
        step = browser.ask("glassgrad.step")
        assert (step["index"], step["node"], step["operand"]) == (
            event.index,
            places[event.node],
            places[event.operand],
        )
        numbers = ["local", "upstream", "contribution", "before", "after"]
        assert [step[name] for name in numbers] == near([getattr(event, name) for name in numbers])
        assert browser.text("#where") == f"Step {event.index} of {len(trace)}, backward"
        assert browser.text("#sentence") == f"{event.sentence}."


def test_back_at_the_start_it_is_as_it_was(browser, opened):
    first = nodes_at(browser, 0)
    middle = nodes_at(browser, browser.ask("glassgrad.length") - 2)
    nodes_at(browser, browser.ask("glassgrad.length"))
    for _ in range(2):
        browser.click("#back")
    assert browser.ask("glassgrad.nodes.map(({value, gradient}) => [value, gradient])") == middle
    browser.click("#first")
    assert browser.ask("glassgrad.nodes.map(({value, gradient}) => [value, gradient])") == first


def test_pictures_show_what_the_nodes_are(browser, opened):
    order = topological_order(opened)
    opened.zero_grad()
    opened.backward()
    browser.click("#last")
    node = "+e.closest('[data-node]').dataset.node"
    every = "[...document.querySelectorAll('#graph-figure svg:not([hidden]) [data-show], #network-figure [data-show]')]"
    shown = browser.ask(f"{every}.map((e) => [{node}, e.dataset.show, e.textContent])")
    assert {node for node, _, _ in shown} >= set(range(len(order)))
    for node, what, text in shown:
        assert text == number(order[node].data if what == "value" else order[node].grad)


def test_one_who_called_backward_before_sees_one_pass(browser, tmp_path):
    _, loss = primer(backward=False)
    loss.backward()
    expected = [node.grad for node in topological_order(loss) if type(node) is Value]
    loss.backward()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.click("#last")
    assert browser.ask("glassgrad.nodes.map((n) => n.gradient).filter((x) => x !== null)") == near(expected)


def test_names_are_those_that_one_types_in_python(browser, tmp_path):
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.click("#last")
    for name in ["w[1][2,1]", "w₂,₁⁽¹⁾", "δ[2][1]", "delta[2][1]", "a[2][1]", "y[1]", "E", "x[2]", "tanh@18"]:
        node = find(topological_order(loss), name)
        assert browser.ask("glassgrad.value(arguments[0])", name) == near(node.data)
        assert browser.ask("glassgrad.gradient(arguments[0])", name) == near(node.grad)
    refused = "try { glassgrad.value('w[9]') } catch (error) { return String(error) }"
    assert browser.run(refused) == 'RangeError: nothing here is called "w[9]"'


def test_the_active_edge_and_both_its_ends_are_marked(browser, tmp_path):
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.run("glassgrad.goto(glassgrad.length - 16)")
    step = browser.ask("glassgrad.step")
    assert browser.ask("[...document.querySelectorAll('#graph-figure .edges .active')].map((e) => e.dataset.edge)") == [
        "18:4"
    ]
    assert browser.ask("[...document.querySelectorAll('#graph-figure .node.active')].map((e) => +e.dataset.node)") == [
        step["operand"]
    ]
    assert browser.ask("[...document.querySelectorAll('#graph-figure .node.giving')].map((e) => +e.dataset.node)") == [
        step["node"]
    ]
    assert browser.find(".flow.on").is_displayed()
    assert browser.text("#ledger").split("\n")[0] == "∂E/∂z₂⁽¹⁾ = w₂,₂⁽²⁾ · δ₂⁽²⁾ + w₁,₂⁽²⁾ · δ₁⁽²⁾"
    assert "0.2 · (−0.5131)" in browser.text("#ledger")
    assert len(browser.ask("[...document.querySelectorAll('#graph-figure .edges .lit')]")) == 2


def test_terms_still_to_come_are_boxes(browser, tmp_path):
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html"))
    for position in range(15, 51):
        browser.run("glassgrad.goto(arguments[0])", position)
        if "□" in browser.text("#ledger"):
            break
    assert browser.text("#ledger").count("□") == 1
    assert "+ …" in browser.text("#ledger")


def test_it_plays_and_pauses(browser, tmp_path):
    browser.open(page(reuse(), tmp_path / "page.html"))
    browser.run("document.querySelector('#speed').value = 5")
    browser.click("#play")
    for _ in range(200):
        if browser.ask("glassgrad.position === glassgrad.length"):
            break
    assert browser.ask("glassgrad.position === glassgrad.length")
    assert browser.text("#play") == "▶ Play"


def test_it_needs_the_keyboard_only(browser, tmp_path):
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.press("ARROW_RIGHT", "ARROW_RIGHT", "ARROW_LEFT", "ARROW_RIGHT")
    assert browser.ask("glassgrad.position") == 2
    browser.press("END")
    assert browser.ask("glassgrad.position") == 50
    browser.press("HOME")
    assert browser.ask("glassgrad.position") == 0
    browser.press("/")
    assert browser.ask("document.activeElement.id") == "search"
    browser.press("w[2][2,1", "ENTER")
    assert browser.text("#selected-name") == "w₂,₁⁽²⁾"
    browser.run("document.querySelector('#graph-figure g.node[tabindex=\"0\"]').focus()")
    before = browser.ask("document.activeElement.dataset.node")
    browser.press("ARROW_RIGHT")
    after = browser.ask("document.activeElement.dataset.node")
    assert before != after
    browser.press("ENTER")
    assert browser.ask("document.querySelector('#graph-figure .node.selected').dataset.node") == after


def test_each_step_is_announced(browser, tmp_path):
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.press("ARROW_RIGHT")
    heard = browser.ask("document.querySelector('#announcement').textContent")
    assert heard == "Step 1 of 14, forward: a₁⁽¹⁾ is computed as w₁,₁⁽¹⁾ · x₁ + w₁,₂⁽¹⁾ · x₂: it is 0.5."


def test_a_link_restores_the_state(browser, tmp_path):
    _, loss = primer()
    path = page(loss, tmp_path / "page.html")
    browser.open(path)
    browser.run("glassgrad.goto(33); glassgrad.set('w[1][2,1]', 0.75)")
    browser.click('#network-figure g.node[data-node="11"]')
    numbers = browser.ask("glassgrad.nodes")
    address = browser.address("node=")
    browser.open(path, address)
    assert browser.ask("glassgrad.position") == 33
    assert browser.ask("glassgrad.nodes") == numbers
    assert browser.text("#selected-name") == "w₂,₂⁽¹⁾"


def test_a_link_that_is_opened_in_an_open_page_is_followed(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    browser.run("location.hash = 'step=20'")
    for _ in range(100):
        if browser.ask("glassgrad.position") == 20:
            break
    assert browser.ask("glassgrad.position") == 20


def test_small_fractions_are_written_as_such_if_asked_for(browser, tmp_path):
    a, b = Value(0.75, "a"), Value(-2.0, "b")
    browser.open(page(a * b, tmp_path / "page.html", fractions=True))
    browser.click("#last")
    browser.click("#back")
    assert browser.text("#sentence") == "E contributes −2 · 1 = −2 to a."
    browser.click("#last")
    assert browser.text("#sentence") == "E contributes 3/4 · 1 = 3/4 to b."

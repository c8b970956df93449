"""Large graphs are folded to neurons and to layers; a double click unfolds; pictures zoom, pan and follow the step."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from nn import MLP, half_squared_error
from tests.viz.graphs import network, primer
from viz import page

pytestmark = pytest.mark.slow

SHOWN = "document.querySelector('#graph-figure svg:not([hidden])')"


def choose(browser, level):
    script = (
        "const s = document.querySelector('#level'); s.value = [...s.options].findIndex((o) => o.text === arguments[0])"
    )
    browser.run(f"{script}; s.dispatchEvent(new Event('change'))", level)


def test_a_small_graph_begins_with_every_operation_and_folds(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    assert browser.ask(f"{SHOWN}.getAttribute('aria-label')") == "The graph"
    choose(browser, "neurons")
    browser.run("glassgrad.goto(33)")
    texts = browser.ask(f"[...{SHOWN}.querySelectorAll('g.active text, g.giving text')].map((e) => e.textContent)")
    assert texts == ["z₁⁽¹⁾ = 0.4621", "δ₁⁽¹⁾ = —", "a₁⁽²⁾ = y₁ = 0.4869", "δ₁⁽²⁾ = −0.5131"]
    assert browser.address("level=1")


def test_a_larger_network_folds_to_layers(browser, tmp_path):
    browser.open(page(network(2, 6, 5)[1], tmp_path / "page.html"))
    choose(browser, "layers")
    browser.run("glassgrad.goto(1)")
    texts = browser.ask(f"[...{SHOWN}.querySelectorAll('g.active text')].map((e) => e.textContent)")
    assert texts == ["layer 1", "6 neurons"]


def test_a_double_click_unfolds_layers_to_neurons_and_neurons_to_operations(browser, tmp_path):
    browser.open(page(network(2, 6, 5)[1], tmp_path / "page.html"))
    choose(browser, "layers")
    browser.run("document.querySelector('#graph-figure').scrollIntoView()")
    ActionChains(browser.driver).double_click(browser.find("#graph-figure svg:not([hidden]) g.unit")).perform()
    assert browser.ask(f"{SHOWN}.getAttribute('aria-label')") == "The graph by neurons"
    ActionChains(browser.driver).double_click(browser.find("#graph-figure svg:not([hidden]) g.operation")).perform()
    assert browser.ask(f"{SHOWN}.getAttribute('aria-label')") == "The graph"
    assert browser.text("#selected-name") != ""


def test_a_node_folds_the_leaves_away_that_it_has_to_itself(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    seen = "[...document.querySelectorAll('#graph-figure svg:not([hidden]) g.leaf:not(.away)')].length"
    edges = "[...document.querySelectorAll('#graph-figure .edges .away')].length"
    assert browser.ask(f"[{seen}, {edges}]") == [16, 0]
    browser.click('#network-figure g.node[data-node="8"]')
    assert browser.text("#fold") == "Fold its 2 leaves"
    browser.click("#fold")
    assert browser.ask(f"[{seen}, {edges}]") == [14, 2]
    address = browser.address("folded=8")
    browser.open(tmp_path / "page.html", address)
    assert browser.ask(f"[{seen}, {edges}]") == [14, 2]
    browser.click("#fold")
    assert browser.ask(f"[{seen}, {edges}]") == [16, 0]


def test_beyond_2000_nodes_all_numbers_are_right_though_not_all_are_drawn(browser, tmp_path):
    model, loss = network(12, 36, 36, 6)
    browser.open(page(loss, tmp_path / "page.html"))
    assert browser.ask("glassgrad.nodes.length") > 2000
    browser.click("#last")
    found = browser.ask("glassgrad.nodes.filter((n) => n.op === null && n.gradient !== null && /^[wb]/.test(n.name))")
    expected = {p.role.notation.plain(p.role): p.grad for p in model.parameters()}
    assert {node["name"]: node["gradient"] for node in found} == pytest.approx(expected, rel=1e-10, abs=1e-14)


def seen(browser):
    """The left and upper end, and the width, of what is seen of the network."""
    width = browser.ask("document.querySelector('#network-figure svg').viewBox.baseVal.width")
    shift = browser.ask("document.querySelector('#network-figure svg > g').transform.baseVal.consolidate().matrix")
    return -shift["e"], -shift["f"], width


def test_the_wheel_zooms_with_ctrl_only_and_a_drag_pans(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    first = seen(browser)
    wheel = "new WheelEvent('wheel', {deltaY: -200, ctrlKey: arguments[0], cancelable: true, bubbles: true})"
    assert browser.ask(f"document.querySelector('#network-figure svg').dispatchEvent({wheel})", False)
    assert seen(browser) == first
    assert not browser.ask(f"document.querySelector('#network-figure svg').dispatchEvent({wheel})", True)
    zoomed = seen(browser)
    assert zoomed[2] < first[2]
    ActionChains(browser.driver).drag_and_drop_by_offset(browser.find("#network-figure svg"), 60, 40).perform()
    panned = seen(browser)
    assert panned[0] < zoomed[0]
    assert browser.text("#nothing-selected") != "", "a drag selects nothing"
    browser.click("#network-figure .tools button:last-child")
    assert seen(browser) == first


def test_a_picture_that_is_seen_in_part_follows_the_step(browser, tmp_path):
    browser.size(390, 844)
    browser.open(page(primer()[1], tmp_path / "page.html"))
    browser.run("glassgrad.goto(glassgrad.length)")
    seen = """
        const svg = document.querySelector('#graph-figure svg:not([hidden])');
        const [a, b] = [svg, svg.querySelector('.node.active')].map((e) => e.getBoundingClientRect());
        return b.left >= a.left && b.right <= a.right && b.top >= a.top && b.bottom <= a.bottom;
    """
    assert browser.run(seen)
    browser.run("glassgrad.goto(14)")
    assert browser.run(seen)


def test_a_search_selects_and_shows_a_node(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    browser.find("#search").send_keys("δ₂")
    assert browser.ask("[...document.querySelectorAll('#matches li')].map((e) => e.firstChild.data)") == [
        "a₂⁽¹⁾",
        "a₂⁽²⁾",
    ]
    browser.find("#search").send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert browser.text("#selected-name") == "a₂⁽²⁾"
    assert browser.ask("document.querySelectorAll('#matches li').length") == 0


def test_another_notation_is_spoken_everywhere(browser, tmp_path):
    model = MLP.from_weights([[[0.5, 0.25]], [[1.0]]], activation="tanh", notation="nielsen")
    browser.open(page(half_squared_error(model([1.0, 2.0]), [1.0]), tmp_path / "page.html"))
    browser.run("glassgrad.goto(2)")
    assert browser.text("#sentence") == "a₁⁽¹⁾ is computed as tanh(z₁⁽¹⁾): it is 0.7616."
    assert browser.ask("glassgrad.value('z[1][1]')") == 1.0


def test_a_weight_without_a_label_is_selected_by_its_line(browser, tmp_path):
    model = MLP(3, [4, 2], activation="relu", seed=5)
    browser.open(page(half_squared_error(model([0.5, -0.25, 1.0]), [1.0, 0.0]), tmp_path / "page.html"))
    path = browser.find("#network-figure .around")
    weight = browser.ask("glassgrad.nodes[+document.querySelector('#network-figure .around').dataset.line].name")
    browser.run("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", path)
    assert browser.ask("glassgrad.nodes.find((node) => node.name === arguments[0]).op", weight) is None
    assert browser.find("#editor").is_displayed()

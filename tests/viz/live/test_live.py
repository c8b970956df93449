"""Leaves that are changed in the page, and training there: the numbers that Python comes to."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from engine import Value, topological_order
from engine.naming.search import find
from engine.support.numerals import number
from nn import MLP, SGD, fit, half_squared_error, hinge
from tests.primer import WEIGHTS
from tests.viz.graphs import primer
from viz import page


def near(x, rel=1e-12):
    return pytest.approx(x, rel=rel, abs=1e-15)


def numbers(root):
    root.backward()
    return [[node.data, node.grad if type(node) is Value else None] for node in topological_order(root)]


def shown(browser):
    return browser.ask("glassgrad.nodes.map(({value, gradient}) => [value, gradient])")


def near_all(found):
    return [[near(x) if x is not None else None for x in pair] for pair in found]


def with_weight(x):
    """The loss of the primer with x for w₂,₁⁽¹⁾."""
    weights = [[list(row) for row in layer] for layer in WEIGHTS]
    weights[0][1][0] = x
    return half_squared_error(MLP.from_weights(weights, activation="tanh")([1, 2]), [1, 1.15])


def test_a_changed_weight_gives_what_a_fresh_run_gives_and_keeps_the_position(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    browser.run("glassgrad.goto(30); glassgrad.set('w[1][2,1]', 0.7)")
    assert browser.ask("glassgrad.position") == 30
    browser.run("glassgrad.goto(glassgrad.length)")
    assert shown(browser) == near_all(numbers(with_weight(0.7)))


def test_typing_and_dragging_change_a_leaf_and_tell_what_a_straight_line_would(browser, tmp_path):
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.click("#last")
    browser.click('#network-figure g.node[data-node="10"]')
    assert browser.text("#selected-name") == "w₂,₁⁽¹⁾"
    browser.type("#value", "0.4\n")
    assert browser.ask("glassgrad.value('w[1][2,1]')") == 0.4
    assert browser.text("#leaf-change") == "w₂,₁⁽¹⁾: 0.3 → 0.4"
    slope = find(topological_order(loss), "w[1][2,1]").grad
    now, straight = with_weight(0.4).data, loss.data + slope * (0.4 - 0.3)
    assert browser.text("#root-change") == f"E: 0.1316 → {number(now)}"
    assert browser.text("#prediction") == f"0.1316 + (−0.03752) · {number(0.4 - 0.3)} = {number(straight)}"
    assert browser.text("#error") == f"off by {number(now - straight)}"
    browser.run("const d = document.querySelector('#drag'); d.value = 1.2; d.dispatchEvent(new Event('input'))")
    assert browser.ask("glassgrad.value('w[1][2,1]')") == near(1.2)
    assert browser.text("#leaf-change") == "w₂,₁⁽¹⁾: 0.3 → 1.2"
    browser.click("#reset")
    assert browser.ask("glassgrad.value('w[1][2,1]')") == 0.3
    assert shown(browser) == near_all(numbers(primer(backward=False)[1]))


def test_what_is_no_number_is_marked_and_changes_nothing(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    browser.click('#network-figure g.node[data-node="10"]')
    browser.type("#value", "much\n")
    assert browser.find("#value").get_attribute("aria-invalid") == "true"
    assert browser.ask("glassgrad.value('w[1][2,1]')") == 0.3


def test_what_is_computed_can_not_be_set(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    refused = "try { glassgrad.set(arguments[0], arguments[1]) } catch (error) { return String(error) }"
    assert browser.run(refused, "a[1][1]", 1) == "RangeError: a₁⁽¹⁾ is computed; only leaves can be set"
    assert browser.run(refused, "w[1][1,1]", "1") == "TypeError: a value must be a number; got 1"
    assert "plain number" in browser.run(refused, "leaf@1", 2)


def test_20_steps_of_training_are_those_of_nn(browser, tmp_path):
    model, loss = primer()
    browser.open(page(loss, tmp_path / "page.html", model=model))
    browser.run("glassgrad.train({rate: 0.3, steps: 20}); glassgrad.goto(glassgrad.length)")
    descent = SGD(model.parameters(), lr=0.3)
    for _ in range(20):
        model.zero_grad()
        loss = half_squared_error(model([1, 2]), [1, 1.15])
        loss.backward()
        descent.step()
    fresh = half_squared_error(model([1, 2]), [1, 1.15])
    model.zero_grad()
    assert shown(browser) == near_all(numbers(fresh))
    assert browser.ask("glassgrad.loss()") == near(fresh.data)


def moons_like():
    model = MLP(2, [4, 1], activation="tanh", seed=3)
    x, t = [Value(0.5, "x1"), Value(-0.25, "x2")], Value(1.0, "t")
    samples = [[0.5, -0.25, 1.0], [-1.0, 0.5, -1.0], [0.25, 0.75, 1.0], [-0.5, -0.75, -1.0]]
    return model, [*x, t], hinge(model(x), t), samples


def test_training_on_samples_is_that_of_fit(browser, tmp_path):
    model, inputs, loss, samples = moons_like()
    browser.open(page(loss, tmp_path / "page.html", inputs=inputs, samples=samples))
    browser.run("glassgrad.train({rate: 0.2, steps: 20})")
    found = browser.ask("glassgrad.loss()")
    weights = browser.ask(
        "glassgrad.nodes.filter((n) => n.op === null && /^[wb]/.test(n.name)).map((n) => [n.name, n.value])"
    )
    X, y = [row[:2] for row in samples], [row[2] for row in samples]
    fit(model, X, y, loss=hinge, optimizer=SGD(model.parameters(), 0.2), epochs=20, batch_size=None, progress=False)
    by_name = {p.role.notation.plain(p.role): p.data for p in model.parameters()}
    assert dict(weights) == {name: near(data) for name, data in by_name.items()}
    losses = [hinge(model(x), t).data for x, t in zip(X, y, strict=True)]
    assert found == near(sum(losses) / 4)


def test_a_run_is_stopped_and_the_curve_falls(browser, tmp_path):
    _, inputs, loss, samples = moons_like()
    browser.open(page(loss, tmp_path / "page.html", inputs=inputs, samples=samples))
    before = browser.ask("glassgrad.loss()")
    browser.click("#run")
    for _ in range(100):
        if browser.ask("glassgrad.loss()") < before:
            break
    browser.click("#run")
    assert browser.text("#run") == "Run"
    assert browser.ask("glassgrad.loss()") < before
    assert browser.find("#curve polyline").is_displayed()


def test_the_shown_sample_is_chosen(browser, tmp_path):
    _, inputs, loss, samples = moons_like()
    browser.open(page(loss, tmp_path / "page.html", inputs=inputs, samples=samples))
    browser.type("#sample", "3\n")
    assert browser.ask("[glassgrad.value('x1'), glassgrad.value('x2'), glassgrad.value('t')]") == samples[2]


def test_points_are_added_moved_and_deleted_by_mouse_and_keyboard(browser, tmp_path):
    _, inputs, loss, samples = moons_like()
    browser.open(page(loss, tmp_path / "page.html", inputs=inputs, samples=samples))
    count = "document.querySelectorAll('#plane [data-sample]').length"
    assert browser.ask(count) == 4
    browser.run("document.querySelector('#plane').scrollIntoView()")
    browser.click("#add-point")
    assert browser.ask(count) == 5
    where = "[glassgrad.value('x1'), glassgrad.value('x2')]"
    before = browser.ask(where)
    browser.press("ARROW_RIGHT", "ARROW_UP")
    after = browser.ask(where)
    assert after[0] > before[0]
    assert after[1] > before[1]
    browser.press("DELETE")
    assert browser.ask(count) == 4
    plane = browser.find("#plane")
    ActionChains(browser.driver).move_to_element_with_offset(plane, 90, 90).click().perform()
    assert browser.ask(count) == 5
    point = browser.find('#plane [data-sample="4"]')
    before = browser.ask(where)
    ActionChains(browser.driver).drag_and_drop_by_offset(point, -40, 30).perform()
    after = browser.ask(where)
    assert after[0] < before[0]
    assert after[1] < before[1]
    assert browser.ask(count) == 5


def cubed():
    x, w = Value(2.0, "x"), Value(0.5, "w")
    out = Value(x.data**3, (x,), "cube")

    def backward():
        x.grad += 3 * x.data**2 * out.grad

    out._backward = backward
    return out * w


def test_a_closure_is_shown_and_stepped_and_says_why_its_leaves_can_not_change(browser, tmp_path):
    browser.open(page(cubed(), tmp_path / "page.html"))
    browser.click("#last")
    assert browser.ask("[glassgrad.gradient('x'), glassgrad.gradient('w')]") == [6.0, 8.0]
    browser.run("glassgrad.set('w', 2)")
    assert browser.ask("glassgrad.gradient('x')") == 24.0
    refused = "try { glassgrad.set('x', 1) } catch (error) { return String(error) }"
    assert "'cube' is an operation in micrograd's way" in browser.run(refused)
    assert "'cube' is an operation in micrograd's way" in browser.text("#training-note")
    assert not browser.find("#train-step").is_enabled()

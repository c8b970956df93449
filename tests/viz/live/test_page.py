"""What `page` gives: a path, or what a notebook shows; and what it refuses."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from engine import Value
from nn import MLP, half_squared_error
from tests.refusals import refusal
from tests.viz.graphs import chain, network, primer, reuse
from tests.viz.live.test_live import moons_like
from tests.viz.pictures import PAGE, write_page
from viz import page


def test_it_writes_a_file_and_gives_its_path(tmp_path):
    path = tmp_path / "page.html"
    assert page(reuse(), path) == path
    assert page(reuse(), str(path)) == path
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_it_touches_no_value(tmp_path):
    _, loss = primer()
    before = [(node.data, node.grad, node.reached) for node in [loss, *loss.operands]]
    page(loss, tmp_path / "page.html")
    assert [(node.data, node.grad, node.reached) for node in [loss, *loss.operands]] == before


def test_the_same_graph_gives_the_same_page():
    assert page(primer()[1]).html == page(primer()[1]).html


def test_a_notebook_gets_a_frame_and_a_picture():
    found = page(primer()[1])
    bundle = found._repr_mimebundle_()
    assert bundle["text/html"].startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')
    assert bundle["image/svg+xml"].startswith("<svg ")
    assert "−0.5131" in bundle["image/svg+xml"]
    assert repr(found) == 'Page; page(root, "page.html") writes it to a file, a notebook shows it'


def test_without_a_script_the_pictures_have_the_numbers_of_the_whole_pass():
    html = page(primer()[1]).html
    pictures = re.findall(r'<svg[^>]*class="picture".*?</svg>', html, re.DOTALL)
    assert len(pictures) == 3
    assert all("−0.5131" in picture for picture in pictures)


def test_a_frame_of_a_notebook_works(browser, tmp_path):
    outside = tmp_path / "notebook.html"
    outside.write_text(f"<!DOCTYPE html><body>{page(primer()[1])._repr_mimebundle_()['text/html']}", encoding="utf-8")
    browser.open(outside)
    browser.driver.switch_to.frame(0)
    browser.click("#forward")
    assert browser.text("#where") == "Step 1 of 14, forward"
    browser.driver.switch_to.default_content()


def test_to_import_viz_loads_nothing_of_pages():
    code = "import sys, viz; sys.exit(any(name.startswith('viz.live') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_large_network_is_folded_and_a_large_chain_is_not_drawn():
    _, loss = network(10, 40, 40)
    html = page(loss).html
    assert 'aria-label="The graph by neurons"' in html
    assert 'aria-label="The graph by layers"' in html
    assert 'aria-label="The graph"' not in html
    assert "This graph is too large to be drawn" in page(chain(2000)).html


def test_a_leaf_alone_is_a_graph(browser, tmp_path):
    browser.open(page(Value(2.0, "x"), tmp_path / "page.html"))
    assert browser.ask("[glassgrad.length, glassgrad.value('x'), glassgrad.gradient('x')]") == [0, 2.0, 1.0]


def test_leaves_that_changed_since_the_forward_pass_are_told(browser, tmp_path):
    x = Value(2.0, "x")
    y = x * x
    x.data = 3.0
    browser.open(page(y, tmp_path / "page.html"))
    browser.click("#last")
    assert browser.ask("[glassgrad.value('root'), glassgrad.gradient('x')]") == [9.0, 6.0]
    assert "x has changed since the forward pass" in browser.text("#remarks")


def test_several_samples_in_one_graph(browser, tmp_path):
    model = MLP(2, [2, 1], activation="tanh", seed=2)
    loss = half_squared_error(model([0.5, -1.0]), [1.0]) + half_squared_error(model([-0.5, 2.0]), [0.0])
    loss.backward()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.click("#last")
    weight = model.layers[0].neurons[0].w[0]
    assert browser.ask("glassgrad.gradient('w[1][1,1]')") == pytest.approx(weight.grad, rel=1e-12)
    assert browser.ask("glassgrad.value('a[1][1]#2')") is not None


def test_what_it_can_not_make_is_refused(tmp_path):
    x, (_, inputs, loss, _) = Value(1.0, "x"), moons_like()
    y = x * x
    known = "it must be 'bishop' or 'nielsen', or a Notation of your own"
    cases = [
        (TypeError, lambda: page(3.0), "page takes a Value, the root of a graph; got 3.0 (float)"),
        (
            ValueError,
            lambda: page(y, samples=[[1]]),
            "samples are rows of numbers for inputs; say which leaves these are: inputs=[…]",
        ),
        (TypeError, lambda: page(y, inputs=[1.0]), "each input must be a Value; got 1.0 (float)"),
        (ValueError, lambda: page(y, inputs=[y]), "each input must be a leaf of the graph; Value(1, grad = —) is none"),
        (
            ValueError,
            lambda: page(loss, inputs=inputs, samples=[[1.0]]),
            "each sample needs a number for each of the 3 inputs; got rows of [1]",
        ),
        (ValueError, lambda: page(y, notation="gauss"), f"unknown notation 'gauss'; {known}"),
        (ValueError, lambda: page(y, digits=0), "digits must be a whole number from 1 to 17; got 0"),
    ]  # fmt: skip
    for error, call, words in cases:
        assert refusal(error, call) == words
    assert not list(tmp_path.iterdir())


def test_the_page_of_the_readme_is_what_is_made_now(tmp_path):
    """But for the pictures in it, which another Graphviz lays out otherwise: `python -m tests.viz.pictures`."""
    assert without_pictures(write_page(tmp_path / "page.html")) == without_pictures(PAGE)


def without_pictures(path):
    return re.sub(r"<svg[^>]*class=\"picture\".*?</svg>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_a_derivative_that_does_not_exist_is_told(browser, tmp_path):
    browser.open(page(Value(0.0, "x") ** 0.5, tmp_path / "page.html"))
    browser.click("#last")
    words = "the derivative of E by x does not exist. pow is singular at x = 0 with 0 < y < 1 (by x); x < 0 (by y)."
    assert browser.text("#sentence") == f"Here Python stops: {words}"


def test_a_network_that_does_not_go_layer_by_layer_is_shown_as_a_graph():
    first, second = MLP(2, [3, 1], seed=1), MLP(3, [2, 1], seed=2)
    skipping = first([0.5, 1.0]) + second([0.5, 1.0, -1.0])
    layer = first.layers[0]([0.5, 1.0])
    beside = second([layer[0], 1.0, 2.0])
    for root in (skipping, beside):
        html = page(root).html
        assert 'aria-label="The network"' not in html or 'aria-label="The graph"' in html


def test_the_network_has_its_targets(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    texts = browser.ask("[...document.querySelectorAll('#network-figure text')].map((e) => e.textContent)")
    assert {"t₁ = 1", "t₂ = 1.15", "x₂ = 2"} <= set(texts)

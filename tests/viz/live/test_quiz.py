"""Predict, then reveal: what is hidden is in no text, and mistakes that are well known are told by name."""

from __future__ import annotations

import re

import pytest

from engine import Value, topological_order
from engine.naming.names import Naming
from engine.naming.search import find
from engine.support.numerals import number
from tests.refusals import refusal
from tests.viz.graphs import primer
from viz import page
from viz.live.hidden import hidden

pytestmark = pytest.mark.slow

TEXTS = """
    const shown = [document.body.innerText, document.title];
    for (const e of document.querySelectorAll('*')) {
      if (e.closest('script, style')) continue;
      for (const a of e.attributes) shown.push(a.value);
      for (const t of e.childNodes) if (t.nodeType === 3) shown.push(t.data);
      if ('value' in e) shown.push(String(e.value));
    }
    return shown.join('\\n');
"""


@pytest.fixture
def asked(browser, tmp_path):
    """A page of the primer with something hidden."""

    def opened(hide, **options):
        _, loss = primer()
        browser.open(page(loss, tmp_path / "page.html", hide=hide, **options))
        return {
            name: find(topological_order(loss), name) for name in ("delta[1][2]", "delta[2][1]", "z[1][2]", "a[1][2]")
        }

    return opened


def answer(browser, name, text):
    return browser.ask("glassgrad.answer(arguments[0], arguments[1])", name, text)


def numbers_in(text):
    """The numbers that stand in a text, without their signs."""
    return set(re.findall(r"[0-9.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text))


def texts_at_all_steps(browser):
    """What stands in the page at every step, some of its nodes selected one after the other."""
    return browser.run(
        f"""
        const texts = () => {{ {TEXTS} }};
        const found = new Set();
        for (let position = 0; position <= glassgrad.length; position++) {{
          glassgrad.goto(position);
          for (const node of [9, 11, 12, 13, 18]) {{
            const card = document.querySelector(`#graph-figure [data-node="${{node}}"]`);
            card?.dispatchEvent(new MouseEvent('click', {{bubbles: true}}));
            texts().split('\\n').forEach((text) => found.add(text));
          }}
        }}
        return [...found].join('\\n');
        """
    )


def test_a_hidden_number_is_nowhere_in_the_page_until_it_is_found(browser, asked):
    nodes = asked(["delta[1][2]"])
    browser.run("document.querySelector('#table-card').open = true")
    slope = nodes["delta[1][2]"].grad
    texts = texts_at_all_steps(browser)
    assert not {number(abs(slope)), f"{abs(slope):.12g}"} & numbers_in(texts)
    assert browser.ask("glassgrad.gradient('delta[1][2]')") is None
    assert answer(browser, "delta[1][2]", str(slope))["right"]
    assert number(abs(slope)) in numbers_in(browser.run(TEXTS))
    assert browser.ask("glassgrad.gradient('delta[1][2]')") == pytest.approx(slope, rel=1e-12)


def test_scripts_are_told_no_step_that_would_give_a_hidden_number_away(browser, asked):
    asked(["delta[1][2]"])
    numbers = "['local', 'upstream', 'contribution', 'before', 'after'].map((name) => glassgrad.step[name] === null)"
    told = browser.run(
        f"""
        const found = [];
        for (let k = 15; k <= glassgrad.length; k++) {{ glassgrad.goto(k); found.push({numbers}); }}
        return found;
        """
    )
    hidden = [k for k, nulls in enumerate(told, start=1) if any(nulls)]
    assert hidden == [27, 28, 29, 30, 31]  # to a₂⁽¹⁾, and from it to its weights and inputs
    assert told[26] == [False, False, True, True, True]
    assert told[27] == [False, True, True, True, True]


def test_all_hidden_values_are_nowhere(browser, asked):
    nodes = asked("values")
    texts = texts_at_all_steps(browser)
    assert not {number(abs(node.data)) for node in nodes.values()} & numbers_in(texts)


def test_without_scripts_hidden_numbers_are_not_in_the_pictures():
    _, loss = primer()
    found = page(loss, hide=["delta[1][2]", "z[1][2]"])
    a, z = (find(topological_order(loss), name) for name in ("a[1][2]", "z[1][2]"))
    assert not {number(abs(a.grad)), number(z.data)} & numbers_in(re.sub("<[^>]*>", " ", found.picture))
    assert "?" in found.picture


def test_right_answers_are_right_as_far_as_digits_go(browser, asked):
    asked("deltas")
    for text in ["-0.03752", "−0.0375", "-3.752e-2", "-3.75×10⁻²", " -0.037516 "]:
        assert answer(browser, "δ[1][2]", text)["right"], text
    assert answer(browser, "δ[1][2]", "-0.03") == {"right": False, "words": "Not yet."}


def test_a_fraction_is_a_number(browser, tmp_path):
    x, w = Value(3.0, "x"), Value(0.25, "w")
    browser.open(page(w * x, tmp_path / "page.html", hide="gradients"))
    assert answer(browser, "∂E/∂x", "1/4") == {"right": True, "words": "Right: 0.25."}
    assert answer(browser, "w", "6/2")["right"]


def test_a_sign_is_an_answer_too(browser, asked):
    asked("deltas")
    assert answer(browser, "δ[1][2]", "-") == {"right": True, "words": "The sign is right. Now the number."}
    assert answer(browser, "δ[1][2]", "+") == {"right": False, "words": "The sign is another one."}
    assert browser.ask("glassgrad.gradient('δ[1][2]')") is None


def test_the_well_known_mistakes_are_told_by_name(browser, asked):
    nodes = asked("gradients")
    d1, d2 = nodes["delta[2][1]"].grad, find(topological_order(primer()[1]), "delta[2][2]").grad
    through = 0.2 * d1 + 0.5 * d2
    cases = [
        ("δ[1][2]", -nodes["delta[1][2]"].grad, "The sign is wrong; the size is right."),
        ("z[1][2]", 0.2 * d1, "That is one term of the sum, via a₁⁽²⁾. The contributions add up: += where this is =."),
        ("δ[1][2]", through, "The derivative of tanh is forgotten: this is the gradient of z₂⁽¹⁾."),
        ("w[2][1,1]", 0.1 * d1, "The operands are swapped: the local derivative of a product is the other factor."),
        ("z[1][2]", 2 * through, "A factor 2 too much."),
        ("z[1][2]", through / 2, "A factor 2 is missing."),
        ("z[1][2]", "much", "This is no number: type one such as 0.25, −3/4 or 1e-3, or a sign, + or −."),
    ]
    for name, text, words in cases:
        assert answer(browser, name, str(text)) == {"right": False, "words": words}


def test_a_reader_types_answers_gets_hints_and_a_score(browser, asked):
    asked("deltas")
    assert browser.text("#asked") == "δ₁⁽¹⁾ ="
    browser.click("#hint")
    browser.click("#hint")
    browser.click("#hint")
    first, second, third = browser.text("#hints").split("\n")
    assert first == "It is one term: local derivative times upstream gradient, via z₁⁽¹⁾."
    assert second == "δ₁⁽¹⁾ = (1 − (z₁⁽¹⁾)²) · ∂E/∂z₁⁽¹⁾"
    assert third == "δ₁⁽¹⁾ = 0.7864 · (−0.05277)"
    browser.type("#answer", "-0.0415\n")
    assert browser.text("#verdict") == "Right: −0.04150."
    browser.click("#check")
    assert browser.text("#asked") == "δ₂⁽¹⁾ ="
    browser.type("#answer", "0.03752\n")
    assert browser.text("#verdict") == "The sign is wrong; the size is right."
    browser.type("#answer", "-0.03752\n")
    assert browser.text("#score") == "2 of 5 found, 0 at the first try without a hint"
    browser.address("r2.0")
    browser.run("location.reload()")
    assert browser.text("#score") == "2 of 5 found, 0 at the first try without a hint"


@pytest.mark.parametrize(
    ("hide", "names"),
    [
        ("deltas", ["δ₁⁽¹⁾", "δ₂⁽¹⁾", "δ₃⁽¹⁾", "δ₁⁽²⁾", "δ₂⁽²⁾"]),
        (["z[1][1]", "w[1][1,1]", "∂E/∂z[1][2]", "δ[2][1]"], ["∂w[1][1,1]", "z[1][1]", "∂z[1][2]", "δ₁⁽²⁾"]),
    ],
)
def test_what_is_hidden_is_what_was_asked_for(hide, names):
    _, loss = primer()
    naming = Naming(topological_order(loss))
    found = hidden(naming, hide)
    spelled = [
        naming.gradient(naming.order[i]) if what == "gradient" and naming.of([naming.order[i]])[naming.order[i]].signal
        else f"{'∂' * (what == 'gradient')}{naming.of([naming.order[i]])[naming.order[i]].plain}"
        for i, what in found
    ]  # fmt: skip
    assert sorted(spelled) == sorted(names)


def test_a_seed_hides_the_same_numbers_each_time():
    naming = Naming(topological_order(primer()[1]))
    assert hidden(naming, ("random", 7, 4)) == hidden(naming, ("random", 7, 4))
    assert len(hidden(naming, ("random", 7, 4))) == 4
    assert hidden(naming, ("random", 7, 4)) != hidden(naming, ("random", 8, 4))


def test_what_can_not_be_hidden_is_refused():
    loss = primer()[1]
    assert refusal(ValueError, lambda: page(loss, hide="weights")) == (
        'hide must be "deltas", "gradients", "values", a list of names, or ("random", seed, n); got \'weights\''
    )
    x = Value(1.0, "x")
    assert refusal(ValueError, lambda: page(x * x, hide="deltas")) == (
        'hide="deltas" hides δ of pre-activations, and this graph has none; hide="gradients"?'
    )
    assert refusal(ValueError, lambda: page(loss, hide=["w[9]"])).startswith("nothing here is called 'w[9]'")

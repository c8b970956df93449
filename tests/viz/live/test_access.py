"""For everyone: axe finds nothing serious in any look, and the page is usable on a phone and at 200 % zoom."""

from __future__ import annotations

import pytest

from tests.tools import package
from tests.viz.graphs import primer
from tests.viz.live.test_live import moons_like
from viz import page

LOOKS = {
    "light": {"prefers_color_scheme": "light"},
    "dark": {"prefers_color_scheme": "dark"},
    "high contrast": {"prefers_contrast": "more"},
}
AXE = "axe.run(document, {resultTypes: ['violations']}).then((found) => arguments[0](found.violations))"


def violations(browser):
    """Those that are serious or critical, as axe tells them."""
    source = package("axe-core", "finds what keeps people out") / "axe.min.js"
    browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": source.read_text(encoding="utf-8")})
    found = browser.driver.execute_async_script(AXE)
    return [
        (one["id"], node["html"][:200], node["failureSummary"])
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS.values(), ids=list(LOOKS))
def test_axe_finds_nothing_serious(browser, tmp_path, look):
    browser.media(**look)
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html", title="The primer", hide="deltas"))
    browser.run("document.querySelector('#table-card').open = true")
    browser.click('#network-figure g.node[data-node="10"]')
    browser.run("glassgrad.goto(33); glassgrad.set('w[1][2,1]', 0.5); glassgrad.answer('δ[1][1]', '5')")
    assert violations(browser) == []


@pytest.mark.slow
@pytest.mark.parametrize("chosen", ["light", "dark", "contrast"])
def test_axe_finds_nothing_serious_with_samples_in_a_chosen_look(browser, tmp_path, chosen):
    _, inputs, loss, samples = moons_like()
    browser.open(page(loss, tmp_path / "page.html", inputs=inputs, samples=samples))
    browser.run("glassgrad.train({rate: 0.2, steps: 5}); glassgrad.goto(20)")
    browser.run("document.querySelector('#appearance').value = arguments[0]", chosen)
    browser.run("document.querySelector('#appearance').dispatchEvent(new Event('change'))")
    assert violations(browser) == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(390, 844), (720, 450), (1440, 900)], ids=["phone", "200 %", "desktop"])
def test_nothing_has_to_be_scrolled_sideways(browser, tmp_path, width, height):
    browser.size(width, height)
    _, loss = primer()
    browser.open(page(loss, tmp_path / "page.html"))
    browser.run("glassgrad.goto(33)")
    browser.click("#network-figure g.node.operation")
    assert browser.ask("document.documentElement.scrollWidth") <= width
    assert browser.find("#forward").is_displayed()


def test_who_wants_less_motion_gets_none(browser, tmp_path):
    browser.media(prefers_reduced_motion="reduce")
    browser.open(page(primer()[1], tmp_path / "page.html"))
    browser.run("glassgrad.goto(33)")
    assert browser.ask("getComputedStyle(document.querySelector('.flow')).animationName") == "none"


def test_every_card_of_a_picture_is_reached_by_arrows(browser, tmp_path):
    browser.open(page(primer()[1], tmp_path / "page.html"))
    browser.run("document.querySelector('#network-figure g.node[tabindex=\"0\"]').focus()")
    assert browser.ask("document.activeElement.getAttribute('role')") == "img"
    name = browser.ask("document.querySelector('#network-figure g.operation').getAttribute('aria-label')")
    assert name.startswith("a₁⁽¹⁾ = not computed yet; δ₁⁽¹⁾ = not computed yet")
    tabbable = "document.querySelectorAll('#network-figure g.node[tabindex=\"0\"]').length"
    browser.press("ARROW_RIGHT", "ARROW_DOWN", "ARROW_RIGHT")
    assert browser.ask(tabbable) == 1

"""Plots: what is drawn is what the history and the model have, and what is told apart is told apart twice."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations, pairwise
from math import inf, nan
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure

from engine import Value
from nn import MLP, History
from tests.refusals import refusal
from viz import plot_decision_boundary, plot_history
from viz.figures import FURTHER, HATCHES, MARKERS, Plot, colors
from viz.plots import plot_lines
from viz.theme import THEMES

ROOT = Path(__file__).parents[2]


def curves(figure, panel=0):
    return {line.get_label(): line.get_xydata().tolist() for line in figure.axes[panel].lines}


def words(figure):
    return [text.get_text() for text in figure.findobj(lambda part: hasattr(part, "get_text")) if text.get_text()]


# ── matplotlib is an extra ─────────────────────────────────────────────────────────────────────


def test_importing_viz_does_not_import_matplotlib_and_a_plot_does_not_import_pyplot():
    code = (
        "import sys, viz; assert 'matplotlib' not in sys.modules; "
        "viz.plot_history([2, 1]).pipe('png'); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "viz.figures")
    assert refusal(ModuleNotFoundError, plot_history, [2, 1]) == (
        "plots are drawn by matplotlib, which is not installed: pip install 'glassgrad[plots]'"
    )


# ── histories ──────────────────────────────────────────────────────────────────────────────────


def test_a_history_has_its_losses_over_the_epochs_from_1_and_its_metrics_beside():
    history = History()
    history.add(2.0, 3.0, {"accuracy": 0.5}, 0.1)
    history.add(1.0, 2.5, {"accuracy": 0.75}, 0.1)
    figure = plot_history(history)
    assert curves(figure) == {"training": [[1, 2], [2, 1]], "validation": [[1, 3], [2, 2.5]]}
    assert curves(figure, panel=1) == {"accuracy": [[1, 0.5], [2, 0.75]]}
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy"]
    assert {axes.get_xlabel() for axes in figure.axes} == {"epoch"}


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([3, 2.5], {"loss": [[1, 3], [2, 2.5]]}),
        ([Value(3), Value(2.5)], {"loss": [[1, 3], [2, 2.5]]}),
        ({"SGD": [2, 1], "Adam": [3]}, {"SGD": [[1, 2], [2, 1]], "Adam": [[1, 3]]}),
        (SimpleNamespace(losses=[2, 1]), {"training": [[1, 2], [2, 1]]}),
        (SimpleNamespace(losses=[2, 1], validation_losses=[]), {"training": [[1, 2], [2, 1]]}),
    ],
    ids=["numbers", "Values", "named", "losses alone", "no validation"],
)
def test_whatever_holds_losses_can_be_plotted(history, expected):
    assert curves(plot_history(history)) == expected


@pytest.mark.parametrize("nothing", [[], {}, {"SGD": []}, History()], ids=repr)
def test_a_history_without_a_loss_is_refused(nothing):
    assert refusal(ValueError, plot_history, nothing) == "there is nothing to plot yet: the history holds no loss"


@pytest.mark.parametrize(
    ("losses", "log", "scale"),
    [
        ([1, 0.1], None, "linear"),
        ([1, 0.001], None, "log"),
        ([1, 0.001, 0], None, "linear"),
        ([1, 0.001, -1], None, "linear"),
        ([1, 0.001, inf], None, "log"),
        ([1, 0.001], False, "linear"),
        ([1, 0.1], True, "log"),
    ],
)
def test_the_scale_is_logarithmic_where_a_positive_curve_falls_far_or_where_asked(losses, log, scale):
    assert plot_history(losses, log=log).axes[0].get_yscale() == scale


@pytest.mark.parametrize(("last", "text"), [(nan, "NaN"), (inf, "∞")])
def test_a_curve_that_leaves_the_numbers_says_where(last, text):
    figure = plot_history({"a": [2, 1, last], "b": [2, 1, 1]})
    assert f"a: {text} from here" in words(figure)
    end = next(line for line in figure.axes[0].lines if line.get_linestyle() == ":")
    assert list(end.get_xdata()) == [3, 3]


@pytest.mark.parametrize("theme", THEMES)
def test_curves_differ_by_color_by_dashes_and_by_markers(theme):
    figure = plot_history({str(i): [2, 1 + i] for i in range(4)}, theme=theme)
    for one, other in combinations(figure.axes[0].lines, 2):
        assert not same_color(one.get_color(), other.get_color())
        assert one.get_linestyle() != other.get_linestyle()
        assert one.get_marker() != other.get_marker()


def test_the_colors_are_those_of_the_okabe_ito_palette_and_greys_in_print():
    palette = {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"}
    assert {color for name in ("light", "dark") for color in colors(THEMES[name])} <= palette
    assert all(len(set(to_rgba(color)[:3])) == 1 for color in colors(THEMES["print"]))
    assert set(FURTHER) == set(THEMES)


def test_epochs_are_marked_at_whole_numbers_only():
    figure = plot_history([3, 2, 1])
    assert all(tick.is_integer() for tick in figure.axes[0].get_xticks())


def test_it_draws_into_axes_of_ones_own_and_returns_their_figure():
    figure = Figure()
    axes = figure.subplots(1, 2)[1]
    assert plot_history([2, 1], axes=axes, title="mine") is figure
    assert (len(axes.lines), axes.get_title(loc="left")) == (1, "mine")


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_clipped(theme):
    figure = plot_lines({"|∂C/∂w⁽¹⁾|": ([1, 2], [1e-18, 1])}, x="layers L", y="|∂C/∂w⁽¹⁾|", title="T" * 40, theme=theme)
    figure.draw_without_rendering()
    drawn, whole = figure.axes[0].get_tightbbox(), figure.bbox  # with its labels, its title and its marks
    assert whole.x0 <= drawn.x0 < drawn.x1 <= whole.x1
    assert whole.y0 <= drawn.y0 < drawn.y1 <= whole.y1


@pytest.mark.parametrize(("format", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_picture_is_the_same_bytes_each_time(format, magic):
    first, second = (plot_history({"a": [2, 1], "b": [1, 2]}).pipe(format) for _ in range(2))
    assert first == second
    assert first.startswith(magic)


def test_at_a_prompt_it_says_how_to_see_it():
    seen = 'plot.savefig("plot.png") writes it, a notebook shows it'
    assert repr(plot_history([2, 1])) == f"Plot of 1 panel; {seen}"
    assert repr(Plot(panels=2)) == f"Plot of 2 panels; {seen}"


def test_a_notebook_shows_it_and_an_unknown_format_is_refused():
    assert Plot()._repr_png_().startswith(b"\x89PNG")
    assert refusal(ValueError, Plot().pipe, "gif") == "unknown format 'gif'; a plot can be saved as svg, png, pdf"


def test_an_unknown_theme_is_refused():
    found = refusal(ValueError, lambda: plot_history([1], theme="sepia"))
    assert found == "unknown theme 'sepia'; there are light, dark, print"


# ── decision boundaries ────────────────────────────────────────────────────────────────────────

POINTS = [[0, 0], [1, 0], [0, 1], [1, 1], [2, 2]]


def line(x):
    """0 where x₁ + 2x₂ = 2."""
    return x[0] + 2 * x[1] - 2


def outlines(figure):
    """The vertices of every boundary, in data units."""
    unfilled = [part for part in figure.axes[0].collections if getattr(part, "filled", None) is False]
    return [vertex for part in unfilled for path in part.get_paths() for vertex in path.vertices.tolist()]


def regions(figure):
    return [part for part in figure.axes[0].collections if getattr(part, "filled", False)]


def inside(region, point):
    return any(path.contains_point(point) for path in region.get_paths())


def test_one_output_decides_by_its_sign():
    figure = plot_decision_boundary(line, POINTS, [-1, -1, -1, 1, 1])
    below, above = regions(figure)
    assert outlines(figure)
    assert [line(vertex) for vertex in outlines(figure)] == pytest.approx([0] * len(outlines(figure)), abs=1e-12)
    for point in POINTS:
        if line(point):
            assert inside(above, point) == (line(point) > 0) != inside(below, point)


def test_one_output_may_have_another_threshold():
    figure = plot_decision_boundary(lambda x: Value(line(x)).sigmoid(), POINTS, [0, 0, 0, 1, 1], threshold=0.5)
    assert [line(vertex) for vertex in outlines(figure)] == pytest.approx([0] * len(outlines(figure)), abs=0.01)


def scores(x):
    return [1 - x[0] - x[1], x[0], x[1]]


def test_of_several_outputs_the_greatest_decides():
    figure = plot_decision_boundary(scores, POINTS, [0, 1, 2, 1, 2])
    assert len(regions(figure)) == 3
    for k, region in enumerate(regions(figure)):
        for point in [(0.1, 0.1), (1.9, 0.3), (0.3, 1.9), (1.5, 1.4), (1.4, 1.5), (-0.1, 2)]:
            assert inside(region, point) == (scores(point)[k] == max(scores(point)))


def test_where_the_classes_meet_the_two_greatest_outputs_are_equal():
    vertices = outlines(plot_decision_boundary(scores, POINTS, [0, 1, 2, 1, 2], resolution=61))
    gaps = [first - second for first, second in (sorted(scores(vertex), reverse=True)[:2] for vertex in vertices)]
    assert max(gaps) < 0.05  # a cell of the grid, where three classes meet
    assert sorted(gaps)[len(gaps) * 9 // 10] < 1e-12


def test_the_points_have_the_color_of_their_region_a_marker_of_their_own_and_a_hatching():
    figure = plot_decision_boundary(scores, POINTS, [0, 1, 2, 1, 2])
    drawn = [part for part in figure.axes[0].collections if part.get_label().startswith("class")]
    assert [part.get_label() for part in drawn] == ["class 0", "class 1", "class 2"]
    assert [part.get_offsets().tolist() for part in drawn] == [[[0, 0]], [[1, 0], [1, 1]], [[0, 1], [2, 2]]]
    for part, region in zip(drawn, regions(figure), strict=True):
        assert same_color(part.get_facecolor()[0][:3], region.get_facecolor()[0][:3])
    assert len({part.get_paths()[0].vertices.tobytes() for part in drawn}) == 3
    assert [region.hatches for region in regions(figure)] == [[hatch] for hatch in HATCHES[:3]]
    assert all(one != other for one, other in pairwise(MARKERS))


def test_a_network_is_asked_without_recording_and_its_gradients_stay():
    model = MLP(2, [3, 1])
    loss = model([1, 2]) ** 2
    loss.backward()
    before = [parameter.grad for parameter in model.parameters()]
    asked = []
    plot_decision_boundary(lambda x: asked.append(model(x)) or asked[-1], POINTS, [0, 1, 0, 1, 1], resolution=5)
    assert len(asked) == 25
    assert not any(answer.operands for answer in asked)
    assert [parameter.grad for parameter in model.parameters()] == before


def test_a_class_that_no_point_has_and_a_side_that_no_point_is_on_can_still_be_drawn():
    assert len(regions(plot_decision_boundary(lambda x: 1.0, POINTS, [1] * 5))) == 1
    figure = plot_decision_boundary(scores, POINTS[:1], [0])
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["class 0"]
    assert outlines(plot_decision_boundary(lambda x: x[0], [[0, 0], [0, 0]], [1, 1]))  # one point twice


@pytest.mark.parametrize(
    ("model", "X", "y", "message"),
    [
        (line, [[1, 2, 3]], [0], "a decision boundary lies in a plane: X must have the shape (N, 2); got (1, 3)"),
        (line, [], [], "a decision boundary lies in a plane: X must have the shape (N, 2); got (0,)"),
        (line, POINTS, [0, 1], "y must have a class for each point; got 5 points and 2 classes"),
        (line, POINTS, [0, 1, 2, 0, 1], "one output tells two classes apart; y holds 3: [0.0, 1.0, 2.0]"),
        (scores, POINTS, [0, 1, 3, 0.5, 1], "a model with 3 outputs has the classes 0 to 2; y holds [0.5, 3.0]"),
    ],
)
def test_what_does_not_fit_is_refused(model, X, y, message):
    assert refusal(ValueError, plot_decision_boundary, model, X, y) == message

"""The drawing of a graph: what it shows, and that the same graph always gives the same DOT text."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Value, detect_anomaly, dot, softmax
from engine.support.numerals import number
from nn import BISHOP, NIELSEN
from tests.refusals import refusal
from tests.viz.graphs import chain, network, primer, reuse, softmax_by_hand
from tests.viz.pictures import FOLDER, PICTURES, drawing
from viz import draw, draw_dot, draw_network
from viz.theme import THEMES

LETTERS = "Bishop’s notation: x input, w weight, a pre-activation, z activation, y output, t target, E loss, δ = ∂E/∂a"
GOLDEN = Path(__file__).parent / "golden"

DRAWINGS = {
    "reuse": lambda: draw(reuse()),
    "primer-graph": lambda: draw(primer()[1]),
    "primer-graph-before-backward": lambda: draw(primer(backward=False)[1]),
    "primer-graph-expanded-nielsen-print": lambda: draw(primer(expand=True)[1], notation=NIELSEN, theme="print"),
    "collapsed-to-neurons": lambda: draw(network(3, 16, 12, 2)[1]),
    "collapsed-to-layers": lambda: draw(network(2, 16, 16, 1, samples=3)[1], rankdir="TB"),
    "primer-network": lambda: draw_network(*primer()),
    "primer-network-dark-nielsen": lambda: draw_network(*primer(), notation=NIELSEN, theme="dark"),
    "network-4-8-8-3": lambda: draw_network(*network(4, 8, 8, 3)),
    "network-second-sample": lambda: draw_network(*network(2, 3, 1, samples=2), sample=2),
    "network-softmax-by-hand": lambda: draw_network(*softmax_by_hand()),
    "network-4-5-3": lambda: draw_network(*network(4, 5, 3), title="4-5-3"),
    "network-layers": lambda: draw_network(*network(40, 30, 10)),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_dot_text_is_the_golden_one(name, request):
    path = GOLDEN / f"{name}.dot"
    source = DRAWINGS[name]().source
    if request.config.getoption("--update-golden"):
        path.write_text(source)
    assert source == path.read_text(), f"{path.name} differs: look at the drawing, then run pytest --update-golden"


def edges(drawing):
    return re.findall(r"^\t(\w+) -> (\w+)(.*)$", drawing.source, re.M)


def labels(drawing):
    """What a reader of the rendered picture sees, line by line."""
    svg = ElementTree.fromstring(drawing.pipe(format="svg"))
    return [text.text.replace("\xa0", " ").strip() for text in svg.iter("{http://www.w3.org/2000/svg}text")]


def test_a_value_used_twice_by_an_operation_has_two_edges():
    x = Value(3.0, "x")
    drawing = draw(x * x)
    assert [(tail, head) for tail, head, _ in edges(drawing)].count(("n0", "n1op")) == 2


def test_equal_numbers_are_not_merged():
    assert labels(draw(Value(1.0) + Value(1.0))).count("1") == 2


def test_the_local_derivative_stands_on_each_edge_but_not_on_the_way_to_a_constant():
    assert [label for label in labels(draw(reuse())) if label.startswith("×")] == ["×3", "×3", "×1"]


def test_before_the_backward_pass_a_gradient_is_a_dash_and_not_a_zero():
    x = Value(2.0, "x")
    y = x * Value(0.0, "w")
    assert labels(draw(y)).count("—") == 3
    y.backward()
    shown = labels(draw(y))
    assert "—" not in shown
    assert shown.count("0") == 3  # w, y and ∂y/∂x


def test_delta_stands_on_pre_activations_and_nowhere_else():
    shown = [label for label in labels(draw(primer()[1])) if label.startswith("δ = ")]
    assert shown == ["δ = −0.04150", "δ = −0.03752", "δ = −0.01952", "δ = −0.5131", "δ = −0.003658"]


def test_an_undefined_derivative_is_named_where_it_would_be_needed():
    assert "undefined" in labels(draw(Value(0.0, "x") ** 0.5))


@pytest.mark.parametrize(("notation", "name"), [(BISHOP, "z₂⁽¹⁾"), (NIELSEN, "a₂⁽¹⁾")])
def test_names_are_those_of_the_notation(notation, name):
    shown = labels(draw(primer()[1], notation=notation))
    assert name in shown
    assert any(f"{notation.name}’s notation" in line for line in shown)


def test_sub_is_drawn_as_typed():
    a, b = Value(3.0), Value(2.0)
    assert "−" in labels(draw(a - b))
    assert "/" in labels(draw(a / b))


@pytest.mark.parametrize(
    ("node", "shown"),
    [
        (lambda x, y: x * y, "·"),
        (lambda x, y: -x, "−"),
        (lambda x, y: x**2, "²"),
        (lambda x, y: x**-12, "⁻¹²"),
        (lambda x, y: x**-0.5, "^−0.5"),
        (lambda x, y: x**y, "^"),
        (lambda x, y: dot([x], [y]), "w·x"),
        (lambda x, y: Value(6.0, (x, y), "*"), "·"),
        (lambda x, y: Value(6.0, (x, y), "<i>op</i>\n"), "<i>op</i>"),
    ],
)
def test_an_operation_is_written_as_mathematics_writes_it(node, shown):
    made = node(Value(3.0, "x"), Value(2.0, "y"))
    before = made._op
    assert shown in labels(draw(made))
    assert made._op == before  # the name that micrograd's programs use


def legend(drawing):
    """The lines below the graph."""
    last = [line for line in drawing.source.splitlines() if line.startswith("\tlabel=")]
    return last[-1].partition('"')[2].rpartition('"')[0].split(r"\l")[1:-1]


def test_a_legend_explains_what_is_in_the_picture_and_nothing_else():
    x = Value(2.0, "x")
    assert legend(draw(x)) == ["name | value | dashed: its gradient ∂x/∂name", "—: not computed yet, or cleared"]
    x.backward()
    assert legend(draw(x)) == ["name | value | dashed: its gradient ∂x/∂name"]
    assert legend(draw(reuse())) == [
        "name | value | dashed: its gradient ∂y/∂name; dotted: a constant",
        "solid: forward; ×: the local derivative on an edge, by which the backward pass multiplies",
    ]
    unnamed = Value(0.0) ** 0.5
    assert legend(draw(unnamed)) == [
        "name | value | dashed: its gradient ∂E/∂name; dotted: a constant",
        "solid: forward; undefined: there is no local derivative",
        "—: not computed yet, or cleared",
    ]
    constant = Value(-2.0) ** 3 * 0.0
    assert legend(draw(constant.operands[0].operands[1])) == ["dotted: a constant"]


def test_the_letters_of_a_notation_are_explained_where_they_are_used():
    assert legend(draw(primer()[1]))[-1] == LETTERS
    assert legend(draw(primer()[1], notation=NIELSEN))[-1] == (
        "Nielsen’s notation: x input, w weight, z pre-activation, a activation, y target, C loss, δ = ∂C/∂z"
    )
    assert legend(draw(primer()[0].layers[0].neurons[0].w[0]))[-1] == "Bishop’s notation: w weight"
    renamed = primer()[0].layers[0].neurons[0].w[0]
    renamed.label = "mine"
    assert "Bishop" not in draw(renamed).source


def test_a_name_with_an_equals_sign_is_the_same_in_the_legend_and_in_tooltips():
    x = Value(2.0, "x = <b>")
    x.backward()
    drawing = draw(x)
    assert legend(drawing) == ["name | value | dashed: its gradient ∂(x = <b>)/∂name"]
    assert 'tooltip="x = <b> = 2; ∂(x = <b>)/∂(x = <b>) = 1"' in drawing.source


TITLES = ["Squares", "<b>bold</b>", r"\N \G \l", '"]; evil [', "a & b", "δ = ∂E/∂a", "&amp;", "{x|y}"]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize(
    "picture",
    [
        lambda title: draw(reuse(), title=title),
        lambda title: draw_dot(reuse(), title=title),
        lambda title: draw(network(3, 16, 12, 2)[1], title=title),
        lambda title: draw_network(*primer(), title=title),
        lambda title: draw_network(*network(4, 5, 3), title=title),
        lambda title: draw_network(*network(40, 30, 10), title=title),
    ],
)
def test_a_title_stands_above_everything_in_ink_as_it_was_given(picture, title):
    svg = ElementTree.fromstring(picture(title).pipe(format="svg"))
    texts = svg.iter("{http://www.w3.org/2000/svg}text")
    top = min(texts, key=lambda text: float(text.get("y")))
    assert top.text.replace("\xa0", " ") == title
    assert top.get("fill") == THEMES["light"].ink
    assert title not in labels(picture(""))


def test_a_title_changes_nothing_else():
    drawing, titled = draw(primer()[1]), draw(primer()[1], title="The primer")
    assert sorted(labels(titled)) == sorted([*labels(drawing), "The primer"])
    assert titled.source.count(" -> ") == drawing.source.count(" -> ")


def test_numbers_have_as_many_digits_as_asked_for():
    shown = labels(draw(primer()[1], digits=2))
    assert {"δ = −0.042", "0.13", "×0.79"} < set(shown)
    model, loss = primer()
    shown = labels(draw_network(model, loss, digits=7))
    slopes = [number(weight.grad, 7) for weight in model.parameters()]
    assert {f"E = {number(loss.data, 7)}", *(f"∂E/∂w = {slope}" for slope in slopes)} < set(shown)
    assert f"backward: thickest line |∂E/∂w| = {max(slopes)}".replace("−", "") in shown
    assert draw_dot(primer()[1], digits=2).source == draw(primer()[1], digits=2).source
    assert "−0.50 ≤ δ ≤ 3.3" in labels(draw(network(2, 16, 16, 1, samples=3)[1], digits=2))


def test_a_graph_of_61_operations_without_neurons_is_refused_with_the_number_and_the_choice():
    draw(chain(60))
    assert refusal(ValueError, draw, chain(61)) == (
        "this graph has 61 operations and no neurons to collapse them to; a drawing reads well up to 60. "
        "collapse=False draws them all"
    )
    assert len(edges(draw(chain(61), collapse=False))) == 3 * 61


def test_past_60_operations_neurons_are_drawn_and_past_60_neurons_layers():
    neurons = draw(network(2, 16, 16, 2)[1])
    assert any(
        line.endswith("operations, drawn as neurons; collapse=False draws every one") for line in labels(neurons)
    )
    layers = labels(draw(network(2, 16, 16, 1, samples=3)[1]))
    assert any(
        line.endswith("drawn as layers, for there are 99 neurons; collapse=False draws every one") for line in layers
    )
    assert "16 neurons × 3 samples" in layers


@pytest.mark.parametrize("expand", [False, True])
def test_a_collapsed_drawing_has_one_box_for_each_neuron(expand):
    from nn import MLP, half_squared_error

    model = MLP(3, [20, 2], activation="tanh", expand=expand)
    loss = half_squared_error(model([1, 2, 3]), [0, 1])
    loss = loss + sum((p * p for p in model.parameters()), Value(0.0))  # enough operations to collapse
    shown = labels(draw(loss))
    assert sum("δ = " in line for line in shown) == 22 + 1  # and one in the legend


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_label_can_break_or_inject(label):
    x = Value(1.0, label)
    drawing = draw(x.exp())
    svg = ElementTree.fromstring(drawing.pipe(format="svg"))
    classes = [group.get("class") for group in svg.iter("{http://www.w3.org/2000/svg}g")]
    assert (classes.count("node"), classes.count("edge")) == (3, 2)


@pytest.mark.parametrize(
    "label", ["<b>bold</b>", "a & b", "a | b", r"\N \G \l", "{x}", '"', "]; evil [", "&amp;", "<", "--> <script>", "'"]
)
def test_a_label_reads_in_the_picture_as_it_was_given(label):
    assert label in labels(draw(Value(1.0, label)))
    model, loss = primer()
    model.layers[0].neurons[0].w[0].label = label
    assert f"{label} = 0.1" in labels(draw_network(model, loss))


def test_a_long_label_is_cut_in_the_picture_and_whole_in_the_tooltip():
    drawing = draw(Value(1.0, "long " * 20))
    assert any(line.startswith("long long") and line.endswith("…") for line in labels(drawing))
    assert "long " * 19 + "long = 1;" in drawing.source


def test_draw_dot_takes_what_micrograd_programs_pass():
    assert draw_dot(reuse()).source == draw(reuse()).source
    drawing = draw_dot(reuse(), format="png", rankdir="TB")
    assert drawing.format == "png"
    assert "rankdir=TB" in drawing.source


def test_draw_dot_draws_any_size_and_says_what_draw_would_do():
    x = y = Value(1.0, "x")
    for _ in range(80):
        y = y * x
    assert refusal(ValueError, draw, y).startswith("this graph has 80 operations and no neurons")
    drawing = draw_dot(y)
    assert drawing.source.count('label="·"') == 80
    assert "80 operations: draw(root) would collapse them" in drawing.source
    assert "would collapse" not in draw_dot(x * x).source


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: draw(3.0),
            "draw takes a Value, the root of a graph, or an error of the forward pass; got 3.0 (float)",
        ),
        (
            lambda: draw(KeyError("x")),
            "draw takes a Value, the root of a graph, or an error of the forward pass; got KeyError('x') (KeyError)",
        ),
        (
            lambda: draw(reuse(), format="gif"),
            "unknown format 'gif'; a drawing can be saved as svg, png, pdf, dot",
        ),
        (
            lambda: draw(reuse(), rankdir="RL"),
            "unknown rankdir 'RL'; it is 'LR' (left to right) or 'TB' (top to bottom)",
        ),
        (lambda: draw(reuse(), theme="neon"), "unknown theme 'neon'; there are light, dark, print"),
        (
            lambda: draw(reuse(), trace=primer(backward=False)[1].backward_steps()),
            "this trace is of Value(E = 0.1316, grad = —); to draw it, draw that root, not Value(y = 7, grad = 1)",
        ),
    ],
)
def test_errors_name_what_came_and_what_there_is(call, message):
    assert refusal((TypeError, ValueError), call) == message


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_in_the_readme_are_current(name):
    def texts(svg):
        return [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")]

    committed = ElementTree.parse(FOLDER / name).getroot()
    assert texts(committed) == texts(ElementTree.fromstring(drawing(name).pipe(format="svg")))


# ── in the middle of a pass, and after a failure ───────────────────────────────────────────────


def test_a_trace_shows_what_is_done_active_and_still_to_come():
    _, loss = primer(backward=False)
    trace = loss.backward_steps()
    trace.goto(10)
    drawing = draw(loss, trace=trace)
    shown = labels(drawing)
    assert "Step 10 of 36, backward: a₂⁽²⁾ contributes 0.4 · −0.003658 = −0.001463 to z₁⁽¹⁾" in shown
    assert "−0.001463 + …" in shown  # z₁ waits for the other output
    assert "−0.003422" in shown  # w₂,₃ has all that it gets
    looks = [look for _, _, look in edges(drawing)]
    assert sum("dir=back" in look for look in looks) == 10
    assert sum("penwidth=3" in look for look in looks) == 1
    assert sum('color="#666666"' in look for look in looks) == 26


def test_of_a_pass_under_way_the_legend_says_what_has_come():
    _, loss = primer(backward=False)
    trace = loss.backward_steps()
    assert legend(draw(loss, trace=trace))[-3:] == [
        "grey edges: where it has still to go",
        LETTERS,
        "—: not computed yet, or cleared",
    ]
    trace.goto(10)
    boxes = "name | value | dashed: its gradient ∂E/∂name; dotted: a constant"
    edges = "dashed edges: where the backward pass has been, the thickest just now"
    under_way = "a backward pass is under way; —: not complete yet"
    shown = legend(draw(loss, trace=trace))
    assert shown[1] == f"{boxes}; …: more to come"
    assert shown[3:] == [f"{edges}; grey edges: where it has still to go", LETTERS, under_way]
    assert legend(draw(loss))[-2:] == [LETTERS, under_way]
    trace.finish()
    shown = legend(draw(loss, trace=trace))
    assert shown[1:] == [boxes, shown[2], edges, LETTERS]


def test_before_the_first_step_and_after_the_last_there_is_no_active_edge():
    _, loss = primer(backward=False)
    trace = loss.backward_steps()
    assert "Step 0 of 36, backward" in labels(draw(loss, trace=trace))
    assert "dir=back" not in draw(loss, trace=trace).source
    trace.finish()
    assert draw(loss, trace=trace).source.count("dir=back") == 36


def test_a_failed_forward_pass_is_drawn_up_to_the_operation_that_failed():
    x, y = Value(3.0, "x"), Value(4.0, "y")
    with pytest.raises(ValueError, match=r"domain|positive") as caught:
        ((x - y) * 2.0).log()
    drawing = draw(caught.value)
    shown = labels(drawing)
    assert {"x", "y", "log", "−2"} < set(shown)
    assert f"ValueError: {caught.value}" in shown
    assert drawing.source.count("penwidth=3") == 1


def test_an_anomaly_of_the_forward_pass_is_drawn_too():
    with detect_anomaly(), pytest.raises(FloatingPointError) as caught:
        Value(1e200, "x") * Value(1e200, "y")
    with detect_anomaly():
        assert "FloatingPointError: mul gives ∞" in labels(draw(caught.value))


def test_the_shift_of_a_softmax_has_its_name_and_no_gradient():
    x = [Value(1.0, "a"), Value(2.0, "b")]
    shares = softmax(x)
    shares[0].backward()
    source = draw(shares[0]).source
    assert re.search(r"&#160;m</FONT></TD>.*?&#160;2</FONT></TD></TR>", source)


def test_a_gradient_that_someone_has_set_is_in_the_picture():
    x = Value(3.0, "x")
    out = x * 2.0
    out.grad = 0.25
    assert "&#160;0.25</FONT>" in draw(out).source

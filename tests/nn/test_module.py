"""Module: parameters, their names and their order."""

from engine import Value
from nn import MLP, Layer, Module, Neuron, half_squared_error


class Cell(Module):
    """What a user may write: parameters alone, in lists, in tuples, in modules, and some of them twice."""

    def __init__(self):
        self.scale = Value(2.0, "scale")
        self.pair = (Value(1.0, "left"), [Value(3.0, "right")])
        self.inner = Neuron(2, bias=False)
        self.tied = self.inner
        self.again = [self.scale]
        self.name = "not a parameter"
        self.size = 3


def test_parameters_are_found_wherever_attributes_hold_them_once_each():
    cell = Cell()
    left, (right,) = cell.pair
    assert cell.parameters() == [cell.scale, left, right, *cell.inner.w]


def test_named_parameters_give_the_path_to_each():
    paths = [path for path, _ in Cell().named_parameters()]
    assert paths == ["scale", "pair.0", "pair.1.0", "inner.w.0", "inner.w.1"]


def test_the_order_is_micrograds_neuron_by_neuron_weights_then_bias():
    model = MLP(2, [2, 1])
    expected = [p for layer in model.layers for neuron in layer.neurons for p in (*neuron.w, neuron.b)]
    assert model.parameters() == expected
    assert [path for path, _ in model.named_parameters()] == [
        "layers.0.neurons.0.w.0",
        "layers.0.neurons.0.w.1",
        "layers.0.neurons.0.b",
        "layers.0.neurons.1.w.0",
        "layers.0.neurons.1.w.1",
        "layers.0.neurons.1.b",
        "layers.1.neurons.0.w.0",
        "layers.1.neurons.0.w.1",
        "layers.1.neurons.0.b",
    ]


def test_the_parameters_of_micrograds_demo_are_337():
    assert len(MLP(2, [16, 16, 1]).parameters()) == 337


def test_a_neuron_has_a_bias_unless_it_is_told_otherwise():
    assert len(Neuron(3).parameters()) == 4
    assert len(Layer(3, 2).parameters()) == 8
    assert len(Layer(3, 2, bias=False).parameters()) == 6


def test_names_lead_to_the_parameters_themselves():
    model = MLP(2, [2, 1])
    named = dict(model.named_parameters())
    assert list(named.values()) == model.parameters()
    assert named["layers.1.neurons.0.b"] is model.layers[1].neurons[0].b


def test_what_was_computed_is_no_parameter():
    layer = Layer(2, 1)
    layer.last_output = layer([1.0, 2.0])
    named = dict(layer.named_parameters())
    assert list(named) == ["neurons.0.w.0", "neurons.0.w.1", "neurons.0.b"]
    assert layer.parameters() == list(named.values())


def test_zero_grad_forgets_the_gradients_of_the_parameters():
    model, x = MLP.from_weights([[[3.0, 4.0]]]), [Value(1.0), Value(2.0)]
    half_squared_error(model(x), 10.0).backward()
    w = model.parameters()[0]
    assert repr(w) == "Value(w₁,₁⁽¹⁾ = 3, grad = 1)"
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0, 0.0]
    assert repr(w) == "Value(w₁,₁⁽¹⁾ = 3, grad = —)"
    assert x[0].grad == 3.0  # the inputs are not the model's


def test_gradients_gather_until_they_are_cleared():
    model = MLP.from_weights([[[3.0, 4.0]]])
    for _ in range(2):
        half_squared_error(model([1.0, 2.0]), 10.0).backward()
    assert [p.grad for p in model.parameters()] == [2.0, 4.0]


def test_a_module_without_parameters_has_none():
    assert Module().parameters() == []
    assert list(Module().named_parameters()) == []


def test_a_module_of_ones_own_says_how_many_parameters_it_has():
    class Pair(Module):
        def __init__(self):
            self.left, self.right = Neuron(2), Neuron(3)

    assert repr(Pair()) == "Pair of 7 parameters"
    assert repr(Module()) == "Module of 0 parameters"


def test_parameters_are_found_in_dicts_and_in_tuples_in_lists_each_once_in_order():
    class Mixed(Module):
        def __init__(self):
            self.table = {"a.b": Value(1.0), 2: [Value(2.0)]}
            self.pairs = [(Value(3.0), Value(4.0)), (self.table["a.b"],)]

    mixed = Mixed()
    assert [p.data for p in mixed.parameters()] == [1.0, 2.0, 3.0, 4.0]
    assert [path for path, _ in mixed.named_parameters()] == ["table['a.b']", "table[2].0", "pairs.0.0", "pairs.0.1"]


def test_a_module_that_says_what_its_parameters_are_is_believed():
    class Frozen(Module):
        def __init__(self):
            self.w, self.fixed = Value(1.0), Value(2.0)

        def parameters(self):
            return [self.w]

    class Model(Module):
        def __init__(self):
            self.parts = [Frozen(), Frozen()]
            self.b = Value(3.0)

    model = Model()
    assert [p.data for p in model.parameters()] == [1.0, 1.0, 3.0]
    assert [path for path, _ in model.named_parameters()] == ["parts.0.w", "parts.1.w", "b"]


def test_parameters_that_are_patched_onto_one_module_are_believed():
    model = MLP(2, [2, 1])
    last = model.layers[1].parameters()
    model.layers[0].parameters = list  # none: it is frozen
    assert model.parameters() == last
    assert [value for _, value in model.named_parameters()] == last
    whole = MLP(2, [2, 1])
    whole.parameters = whole.layers[1].parameters
    assert [path for path, _ in whole.named_parameters()] == [
        f"layers.1.neurons.0.{name}" for name in ("w.0", "w.1", "b")
    ]


def test_a_module_may_say_its_parameters_in_lists_and_keep_them_in_slots():
    class Slotted:
        __slots__ = ("w",)

        def __init__(self):
            self.w = Value(1.0)

        def parameters(self):
            return [[self.w], self.w * 2.0]  # what was computed is no parameter

    class Model(Module):
        def __init__(self):
            self.part = Slotted()

    model = Model()
    assert model.parameters() == [model.part.w]
    assert list(model.named_parameters()) == [("part.parameters.0", model.part.w)]

"""Models in files: every bit comes back, and no file does harm."""

import io
import json
import math
import os
import pickle
import re
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine import Value
from engine.support.notation import Notation
from nn import BISHOP, MLP, NIELSEN, Layer, Module, Neuron, load, save
from tests.refusals import refusal

SUFFIXES = ["json", "npz"]
every_suffix = pytest.mark.parametrize("suffix", SUFFIXES)
PARAMETERS_ALONE = "it tells the parameters alone; make their model, then load(path, into=model)"
NOT_OF_SAVE = r"is no \.(json|npz) file that save\(\) wrote, or not all of it: (.|\n)+"
several_files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


class Cell(Module):
    """A model of one's own."""

    def __init__(self, start=0.0):
        self.scale = Value(start, "scale")
        self.inner = Neuron(2, seed=1)
        self.pair = (Value(start), [Value(start)])
        self.name = "cell"


@pytest.fixture
def model():
    return MLP(2, [3, 2], "tanh", seed=1)


def bits(module):
    """Each parameter's path and exact bits: −0 and 0 differ."""
    return {path: parameter.data.hex() for path, parameter in module.named_parameters()}


# ── there and back ─────────────────────────────────────────────────────────────────────────────


@every_suffix
@pytest.mark.parametrize(
    "arguments",
    [
        {"nin": 2, "nouts": [1]},
        {"nin": 3, "nouts": [4, 4, 2], "activation": "tanh", "output_activation": "softmax"},
        {"nin": 2, "nouts": [3, 1], "activation": "softmax", "output_activation": "sigmoid", "bias": False},
        {"nin": 2, "nouts": (2, 1), "expand": True},
    ],
    ids=str,
)
def test_a_saved_mlp_comes_back_as_it_was(tmp_path, suffix, arguments):
    saved = MLP(**arguments)
    loaded = load(save(saved, tmp_path / f"model.{suffix}"))
    assert type(loaded) is MLP
    assert repr(loaded) == repr(saved)
    assert bits(loaded) == bits(saved)
    assert loaded.layers[0].neurons[0].expand == saved.layers[0].neurons[0].expand
    x = [0.5] * arguments["nin"]
    first, second = (m(x) if len(m.layers[-1].neurons) > 1 else [m(x)] for m in (saved, loaded))
    assert [v.data for v in first] == [v.data for v in second]


@every_suffix
@several_files
@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3))
@example([-0.0, 5e-324, 1.7976931348623157e308])
@example([0.1, 1 / 3, -(2.0**-1074)])
def test_every_float_comes_back_to_the_last_bit(tmp_path, suffix, numbers):
    saved = MLP(2, [1])
    for parameter, number in zip(saved.parameters(), numbers, strict=True):
        parameter.data = number
    assert bits(load(save(saved, tmp_path / f"model.{suffix}"))) == bits(saved)


@every_suffix
def test_the_numbers_go_into_a_model_that_is_there(tmp_path, suffix, model):
    path = save(model, tmp_path / f"model.{suffix}")
    other = MLP(2, [3, 2], "tanh", seed=2)
    parameters = other.parameters()
    assert load(path, into=other) is other
    assert bits(other) == bits(model)
    assert other.parameters() == parameters  # the same Values, which an optimizer may hold


@every_suffix
def test_a_model_of_ones_own_is_saved_and_loaded_by_the_paths_of_its_parameters(tmp_path, suffix):
    path = save(Cell(1 / 3), tmp_path / f"cell.{suffix}")
    cell = load(path, into=Cell())
    assert bits(cell) == bits(Cell(1 / 3))
    assert (cell.name, cell.scale.label) == ("cell", "scale")
    assert refusal(ValueError, load, path) == f"can't load {path}: {PARAMETERS_ALONE}"


@every_suffix
def test_a_model_that_names_a_parameter_twice_comes_back(tmp_path, suffix):
    def tied():
        layers = Layer(2, 2), Layer(2, 2)
        layers[1].neurons[0].w = layers[0].neurons[0].w
        model = Module()
        model.layers = layers
        return model

    saved, other = tied(), tied()
    assert bits(load(save(saved, tmp_path / f"tied.{suffix}"), into=other)) == bits(saved)


@every_suffix
def test_an_mlp_that_was_changed_by_hand_comes_back_into_one_that_was_too(tmp_path, suffix):
    def changed():
        model = MLP(2, [2, 2])
        model.layers[1] = Layer(2, 2, "tanh", bias=False)
        return model

    saved, other = changed(), changed()
    path = save(saved, tmp_path / f"changed.{suffix}")
    assert bits(load(path, into=other)) == bits(saved)
    assert refusal(ValueError, load, path) == f"can't load {path}: {PARAMETERS_ALONE}"


class Doubled(Neuron):
    def __call__(self, x):
        return super().__call__(x) * 2.0


class Tripled(Layer):
    def __call__(self, x):
        return [3.0 * y for y in super().__call__(x)]


def with_a_neuron_of_ones_own(model):
    model.layers[0].neurons[1].__class__ = Doubled


def with_a_layer_of_ones_own(model):
    model.layers[0].__class__ = Tripled


def with_a_function(model):
    model.layers.insert(1, lambda xs: [x.tanh() for x in xs])


def with_a_neuron_made_linear(model):
    model.layers[0].neurons[1].nonlin = False


CHANGES = [with_a_neuron_of_ones_own, with_a_layer_of_ones_own, with_a_function, with_a_neuron_made_linear]


@every_suffix
@pytest.mark.parametrize("change", CHANGES)
def test_an_mlp_that_computes_something_else_is_not_loaded_as_a_plain_one(tmp_path, suffix, change):
    saved, other = MLP(2, [2, 1], "tanh", seed=1), MLP(2, [2, 1], "tanh", seed=2)
    plain = saved([1.0, -2.0]).data
    change(saved)
    change(other)
    assert saved([1.0, -2.0]).data != plain
    path = save(saved, tmp_path / f"own.{suffix}")
    assert refusal(ValueError, load, path) == f"can't load {path}: {PARAMETERS_ALONE}"
    assert load(path, into=other)([1.0, -2.0]).data == saved([1.0, -2.0]).data


def test_the_expanded_form_and_the_short_one_exchange_numbers(tmp_path):
    saved = MLP(2, [3, 1], expand=True, seed=1)
    assert bits(load(save(saved, tmp_path / "model.json"), into=MLP(2, [3, 1]))) == bits(saved)


@every_suffix
@pytest.mark.parametrize("notation", [BISHOP, NIELSEN], ids=lambda notation: notation.name)
def test_the_notation_comes_back(tmp_path, suffix, model, notation):
    loaded = load(save(model, tmp_path / f"first.{suffix}", notation=notation))
    assert loaded.notation is notation
    assert load(save(loaded, tmp_path / f"second.{suffix}")).notation is notation


def test_without_a_notation_it_is_bishops(tmp_path, model):
    assert load(save(model, tmp_path / "model.json")).notation is BISHOP


def test_numpys_numbers_are_saved_too(tmp_path):
    saved = Neuron(2)
    saved.w[0].data, saved.w[1].data = np.float32(0.5), 3
    loaded = load(save(saved, tmp_path / "neuron.json"), into=Neuron(2))
    assert [w.data for w in loaded.w] == [0.5, 3.0]
    assert [type(w.data) for w in loaded.w] == [float, float]


def test_paths_may_be_text(tmp_path, model):
    path = save(model, str(tmp_path / "model.JSON"))
    assert path == tmp_path / "model.JSON"
    assert bits(load(str(path))) == bits(model)


def test_json_is_a_document_to_read(tmp_path):
    saved = MLP.from_weights([[[0.1, -0.0]]], biases=[[2.0]], output_activation="tanh")
    assert json.loads(save(saved, tmp_path / "model.json", NIELSEN).read_text(encoding="utf-8")) == {
        "format": "glassgrad model",
        "version": 1,
        "architecture": {
            "nin": 2,
            "nouts": [1],
            "activation": "linear",
            "output_activation": "tanh",
            "bias": True,
            "expand": False,
        },
        "notation": "nielsen",
        "parameters": {
            "layers.0.neurons.0.w.0": 0.1,
            "layers.0.neurons.0.w.1": -0.0,
            "layers.0.neurons.0.b": 2.0,
        },
    }


def test_npz_is_two_arrays_that_numpy_reads_without_pickle(tmp_path, model):
    with np.load(save(model, tmp_path / "model.npz"), allow_pickle=False) as archive:
        assert sorted(archive) == ["document", "numbers"]
        assert archive["numbers"].tolist() == [p.data for p in model.parameters()]


# ── writing ────────────────────────────────────────────────────────────────────────────────────


@every_suffix
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused_by_its_path(tmp_path, suffix, model, number):
    model.layers[1].neurons[0].b.data = number
    assert refusal(ValueError, save, model, tmp_path / f"model.{suffix}") == (
        f"layers.1.neurons.0.b is {number}: such a model is not saved, since it can't go on from there"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["model.pkl", "model", "model.json.gz", ".json"])
def test_other_suffixes_are_refused(tmp_path, model, name):
    for action in (lambda path: save(model, path), load):
        message = f"a model is saved as .json or .npz; got {str(tmp_path / name)!r}"
        assert refusal(ValueError, action, tmp_path / name) == message


def test_a_notation_of_ones_own_is_refused(tmp_path, model):
    own = Notation("mine", pre_activation="u", activation="v", loss="J")
    message = f"a file holds a notation by name, bishop or nielsen; got {own!r}"
    assert refusal(ValueError, save, model, tmp_path / "model.json", own) == message


@every_suffix
def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, suffix, model, monkeypatch):
    path = save(model, tmp_path / f"model.{suffix}")
    before = path.read_bytes()

    def full_disk(self, content):
        with open(self, "wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full_disk)
    assert refusal(OSError, save, MLP(3, [3]), path) == f"[Errno 28] No space left on device: {str(path)!r}"
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_model_is_saved_over_an_older_one(tmp_path, model):
    path = save(Neuron(1), tmp_path / "model.json")
    assert bits(load(save(model, path))) == bits(model)


def test_a_place_that_is_not_there_is_named(tmp_path, model):
    path = tmp_path / "nowhere" / "model.json"
    assert refusal(FileNotFoundError, save, model, path) == f"[Errno 2] No such file or directory: {str(path)!r}"


def test_a_directory_is_not_replaced(tmp_path, model):
    (tmp_path / "model.json").mkdir()
    assert refusal(OSError, save, model, tmp_path / "model.json").endswith(repr(str(tmp_path / "model.json")))
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.json"]


# ── files that are not of this model, or not of save() ─────────────────────────────────────────

HEAD, TAIL = "nin=2", "output_activation=linear"
OWN = rf"nin=2, nouts=\[3, 2\], activation=tanh, {TAIL}, bias=True"
ANOTHER = f"it is of another MLP, {HEAD}, nouts=[3, 2], activation=tanh, {TAIL}, bias=True"


def refuses(path, message, into=None):
    """`load` raises one ValueError, of the file's name and this pattern, and leaves `into` as it was."""
    into = MLP(2, [3, 2], "tanh", seed=2) if into is None else into
    before = bits(into)
    for options in ({}, {"into": into}):
        refused = refusal(ValueError, lambda options=options: load(path, **options))
        assert re.fullmatch(rf"(can't load )?{re.escape(str(path))}:? ({message})", refused)
    assert bits(into) == before


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (MLP(2, [3, 1], "tanh"), f"{ANOTHER}; this one is {HEAD}, nouts=[3, 1], activation=tanh, {TAIL}, bias=True"),
        (MLP(2, [3, 2], "relu"), f"{ANOTHER}; this one is {HEAD}, nouts=[3, 2], activation=relu, {TAIL}, bias=True"),
        (
            MLP(2, [3, 2], "tanh", bias=False),
            f"{ANOTHER}; this one is {HEAD}, nouts=[3, 2], activation=tanh, {TAIL}, bias=False",
        ),
        (Layer(2, 3), "it has no neurons.0.w.0, which is a parameter of this Layer"),
        (Module(), "it has 'layers.0.neurons.0.w.0', which is no parameter of this Module"),
    ],
    ids=["sizes", "activation", "bias", "Layer", "empty"],
)
@every_suffix
def test_another_model_is_refused_and_stays_as_it_was(tmp_path, suffix, model, other, message):
    path, before = save(model, tmp_path / f"model.{suffix}"), bits(other)
    assert refusal(ValueError, lambda: load(path, into=other)) == f"can't load {path}: {message}"
    assert bits(other) == before


@every_suffix
def test_a_file_that_is_missing_or_a_directory_is_named(tmp_path, suffix):
    path = tmp_path / f"model.{suffix}"
    assert refusal(FileNotFoundError, load, path) == f"[Errno 2] No such file or directory: {str(path)!r}"
    path.mkdir()
    assert refusal(OSError, load, path).endswith(repr(str(path)))


@every_suffix
@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(tmp_path, suffix, model, part):
    path = save(model, tmp_path / f"model.{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    refuses(path, NOT_OF_SAVE)


@every_suffix
@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"hello", "δ".encode("latin-1", "replace"), b"\xff\xfe", b"PK\3\4"]
)
def test_a_foreign_file_is_refused(tmp_path, suffix, content):
    path = tmp_path / f"model.{suffix}"
    path.write_bytes(content)
    refuses(path, NOT_OF_SAVE)


def rewritten(path, suffix, change):
    """The file with its document changed by `change`, as .json or .npz."""
    if suffix == "json":
        path.write_text(json.dumps(change(json.loads(path.read_text(encoding="utf-8")))), encoding="utf-8")
        return
    with np.load(path) as archive:
        document, numbers = json.loads(archive["document"].item()), archive["numbers"]
    document["parameters"] = dict(zip(document["parameters"], numbers.tolist(), strict=True))
    document = change(document)
    if isinstance(document, dict) and isinstance(document.get("parameters"), dict):
        numbers = np.array(list(document["parameters"].values()))
        document["parameters"] = list(document["parameters"])
    np.savez(path, document=np.array(json.dumps(document).encode()), numbers=numbers)


def without(name):
    return lambda document: {key: value for key, value in document.items() if key != name}


def having(**entries):
    return lambda document: document | entries


def built(**arguments):
    return lambda document: document | {"architecture": document["architecture"] | arguments}


ARCHITECTURE = "its architecture must have nin, nouts, activation, output_activation, bias, expand, each of its kind"
VERSION = "of the format; this glassgrad reads version 1"
NO_FORMAT = "it is no glassgrad model: it must have \"format\": 'glassgrad model'"
DOCUMENTS = {
    "no format": (without("format"), NO_FORMAT),
    "another format": (having(format="pickle"), NO_FORMAT),
    "no version": (without("version"), f"it has version None {VERSION}"),
    "a newer version": (having(version=2), f"it has version 2 {VERSION}"),
    "an older version": (having(version=0), f"it has version 0 {VERSION}"),
    "a true version": (having(version=True), f"it has version True {VERSION}"),
    "architecture is a list": (having(architecture=[2, [3, 2]]), ARCHITECTURE),
    "architecture lacks": (having(architecture={"nin": 2}), ARCHITECTURE),
    "architecture has more": (built(seed=3), ARCHITECTURE),
    "nin is text": (built(nin="2"), ARCHITECTURE),
    "nin is true": (built(nin=True), ARCHITECTURE),
    "nin is zero": (built(nin=0), "layers have sizes from 1 on; it has 0"),
    "a negative size": (built(nouts=[3, -2]), "layers have sizes from 1 on; it has -2"),
    "a size that is text": (built(nouts=[3, "2"]), "layers have sizes from 1 on; it has '2'"),
    "a size that is deep": (built(nouts=[3, [[[2]]]]), r"layers have sizes from 1 on; it has \[\[\[2\]\]\]"),
    "no layers": (built(nouts=[]), "it has 17 parameters, where its architecture has 0"),
    "huge sizes": (built(nin=10**12), r"it has 17 parameters, where its architecture has 3000000000011"),
    "many sizes": (built(nouts=[10**6] * 10), "it has 17 parameters, where its architecture has 9000012000000"),
    "an unknown activation": (
        built(activation="tahn"),
        r"unknown activation 'tahn'; did you mean 'tan'\? There are: .*|"
        rf"it is of another MLP, nin=2, nouts=\[3, 2\], activation=tahn, {TAIL}, bias=True; this one is {OWN}",
    ),
    "the softmax of one": (
        built(nin=16, nouts=[1], output_activation="softmax"),
        "the softmax of one neuron is always 1; give its layer another activation|"
        rf"it is of another MLP, nin=16, nouts=\[1\], activation=tanh, output_activation=softmax, bias=True; "
        f"this one is {OWN}",
    ),
    "an unwanted parameter": (
        lambda document: document | {"parameters": document["parameters"] | {"extra": 1.0}},
        "it has 18 parameters, where its architecture has 17",
    ),
    "a parameter less": (
        lambda document: document | {"parameters": dict(list(document["parameters"].items())[1:])},
        "it has 16 parameters, where its architecture has 17",
    ),
    "another path": (
        lambda document: document | {"parameters": {f"{path}0": x for path, x in document["parameters"].items()}},
        r"it has no layers\.0\.neurons\.0\.w\.0, which is a parameter of this MLP",
    ),
}


@every_suffix
@pytest.mark.parametrize(("change", "message"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_that_is_not_of_save_is_refused(tmp_path, suffix, model, change, message):
    path = save(model, tmp_path / f"model.{suffix}")
    rewritten(path, suffix, change)
    refuses(path, message)


def test_an_unknown_notation_is_refused_with_the_nearest_name(tmp_path, model):
    path = save(model, tmp_path / "model.json")
    rewritten(path, "json", having(notation="nielson"))
    message = "unknown notation 'nielson'; did you mean 'nielsen'? There are: bishop, nielsen"
    assert refusal(ValueError, load, path) == f"can't load {path}: {message}"


@pytest.mark.parametrize(
    "number", ['"0.5"', "null", "true", "[0.5]", "{}", "NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400]
)
def test_what_is_no_finite_number_is_refused_by_its_path(tmp_path, model, number):
    path = save(model, tmp_path / "model.json")
    text = path.read_text(encoding="utf-8")
    first = repr(model.parameters()[0].data)
    assert text.count(first) == 1
    path.write_text(text.replace(first, number), encoding="utf-8")
    read = repr(json.loads(number)) if len(number) < 400 else "1" + "0" * 59
    refuses(path, rf"layers\.0\.neurons\.0\.w\.0 must be a number; it is {re.escape(read)}")


@pytest.mark.parametrize("document", ["[]", "null", '"text"', "3", "{}", '{"format": "glassgrad model"}'])
def test_other_json_is_refused(tmp_path, document):
    path = tmp_path / "model.json"
    path.write_text(document, encoding="utf-8")
    refuses(path, NO_FORMAT if "format" not in document else f"it has version None {VERSION}")


@pytest.mark.parametrize("parameters", [[], [0.5] * 17, None, "text", 3])
def test_parameters_that_are_no_table_are_refused(tmp_path, model, parameters):
    path = save(model, tmp_path / "model.json")
    rewritten(path, "json", having(parameters=parameters))
    refuses(path, f"its parameters are a {type(parameters).__name__}, where each path must have its number")


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_json_that_is_nested_deep_is_refused(tmp_path, opening):
    path = tmp_path / "model.json"
    path.write_text(opening * 100_000, encoding="utf-8")
    refuses(path, NOT_OF_SAVE)


# ── hostile archives ───────────────────────────────────────────────────────────────────────────


def array_file(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), allow_pickle=True)
    return file.getvalue()


def claiming(description, shape):
    """The bytes of an array that claims this type and shape, and holds nothing."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": description, "fortran_order": False, "shape": shape})
    return file.getvalue()


class Harm:
    """What a pickle can do when it is opened."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


@pytest.mark.parametrize("name", ["document", "numbers"])
@pytest.mark.parametrize(
    "content",
    [
        claiming("<f8", (10**15,)),
        claiming("|V0", (10**15,)),
        claiming("<f8", (-1,)),
        claiming("<f8", ()),
        claiming("|S999999999999", ()),
        claiming("<U0", (10**15,)),
        array_file(np.ones((17, 1))),
        array_file(np.ones(17, np.complex128)),
        array_file(np.ones(17, np.longdouble)),
        array_file(np.array(["0.5"] * 17)),
        array_file(np.ones(17, [("x", "<f8")])),
        array_file(np.array(b"{}")),
        array_file(np.array(b"[" * 100_000)),
        b"no array",
        b"",
    ],
    ids=lambda content: str(content[10:60] or content),
)
def test_arrays_of_other_kinds_are_refused(tmp_path, model, name, content):
    path = save(model, tmp_path / "model.npz")
    with np.load(path) as archive:
        entries = {entry: array_file(archive[entry]) for entry in archive}
    with zipfile.ZipFile(path, "w") as archive:
        for entry, own in entries.items():
            archive.writestr(f"{entry}.npy", content if entry == name else own)
    refuses(path, rf"{NOT_OF_SAVE}|{NO_FORMAT}|it .*|its .*")


def test_a_pickle_is_not_opened(tmp_path, model):
    harm = tmp_path / "harm"
    path = save(model, tmp_path / "model.npz")
    for content in (np.array([Harm(harm)] * 17, object), None):
        if content is None:
            path.write_bytes(pickle.dumps(Harm(harm)))
        else:
            np.savez(path, document=np.array(b"{}"), numbers=content)
        refuses(path, NOT_OF_SAVE)
        assert not harm.exists()


def test_an_archive_that_unpacks_to_more_than_it_is_is_refused(tmp_path, model):
    path = tmp_path / "model.npz"
    np.savez_compressed(path, document=np.array(b"{}"), numbers=np.zeros(10**6))
    size = path.stat().st_size
    assert size < 10**5
    refuses(path, rf"is no \.npz file that save\(\) wrote, or not all of it: {size} bytes claim to hold 8000\d\d\d")


# ── bytes at random ────────────────────────────────────────────────────────────────────────────


def survives(path, content):
    """Whatever the bytes, `load` gives a model or refuses with one clear error, and then the model is as it was."""
    path.write_bytes(content)
    into = MLP(2, [3, 2], "tanh", seed=2)
    before = bits(into)
    result = attempt(path, into=into)
    assert result is into or bits(into) == before
    for outcome in (result, attempt(path)):
        if isinstance(outcome, Exception):
            assert str(path) in str(outcome)
        else:
            assert type(outcome) is MLP
            assert all(math.isfinite(p.data) for p in outcome.parameters())


def attempt(path, **options):
    try:
        return load(path, **options)
    except (ValueError, OSError) as error:
        return error


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    folder = tmp_path_factory.mktemp("valid")
    saved = MLP(2, [3, 2], "tanh", seed=1)
    return {suffix: save(saved, folder / f"model.{suffix}").read_bytes() for suffix in SUFFIXES}


@every_suffix
@several_files
@given(content=st.binary(max_size=200))
def test_random_bytes_do_no_harm(tmp_path, suffix, content):
    survives(tmp_path / f"model.{suffix}", content)


@every_suffix
@several_files
@given(data=st.data())
def test_a_file_with_some_bytes_changed_does_no_harm(tmp_path, suffix, valid, data):
    content = bytearray(valid[suffix])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    survives(tmp_path / f"model.{suffix}", bytes(content))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
entries = ["format", "version", "architecture", "notation", "parameters"]
arguments = ["nin", "nouts", "activation", "output_activation", "bias", "expand"]


@several_files
@given(
    name=st.sampled_from(entries + arguments + ["layers.0.neurons.0.w.0", "more"]),
    value=anything,
    document=st.none() | anything,
)
def test_a_document_with_anything_in_it_does_no_harm(tmp_path, valid, name, value, document):
    if document is None:
        document = json.loads(valid["json"])
        part = document["architecture"] if name in arguments else document["parameters"] if "." in name else document
        part[name] = value
    survives(tmp_path / "model.json", json.dumps(document).encode())

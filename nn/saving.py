"""Models in files: every parameter by its path, and of an MLP what it takes to make it again. No code, no pickle.

A .json file is a document to read:

    {"format": "glassgrad model", "version": 1,
     "architecture": {"nin": 2, "nouts": [3, 1], "activation": "tanh", …},    (null if it is no MLP)
     "notation": "bishop",
     "parameters": {"layers.0.neurons.0.w.0": 0.1, …}}

A .npz file holds the same in two arrays: `document`, where "parameters" is a list of the paths, and `numbers`.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar, overload
from zipfile import ZipFile

from engine.support.conversions import as_number
from engine.support.files import write_atomically
from engine.support.notation import NOTATIONS, Notation
from nn.arguments import choose
from nn.module import Module
from nn.network import LINEAR, MLP, activation_named, is_plain, zero

FORMAT, VERSION = "glassgrad model", 1
NUMBERS = "<f8"  # in a .npz: the floats themselves, on every machine in the same order of bytes
ARGUMENTS = {"nin": int, "nouts": list, "activation": str, "output_activation": str, "bias": bool, "expand": bool}

Model = TypeVar("Model", bound=Module)


def save(model: Module, path: str | os.PathLike[str], notation: Notation | None = None) -> Path:
    """Write a model to `path`, .json or .npz, so that `load` gives its numbers back to the last bit.

    With an MLP goes its notation, BISHOP or NIELSEN: this one, or else `model.notation`. Written beside and then put
    in place, so that there is never half a file. Raises ValueError for another suffix or notation and for a
    parameter that is NaN or infinite, TypeError for an MLP whose activation is a function without a name to save,
    OSError for a place that can't be written.
    """
    path = _with_known_suffix(path)
    notation = notation or (model.notation if isinstance(model, MLP) else None)
    if notation is not None and notation not in NOTATIONS.values():
        raise ValueError(f"a file holds a notation by name, {' or '.join(NOTATIONS)}; got {notation!r}")
    if type(model) is MLP:
        _require_names(model)
    parameters = {where: as_number(parameter.data) for where, parameter in model.named_parameters()}
    for where, number in parameters.items():
        if not isfinite(number):
            raise ValueError(f"{where} is {number}: such a model is not saved, since it can't go on from there")
    document = {
        "format": FORMAT,
        "version": VERSION,
        "architecture": _architecture(model, len(parameters)),
        "notation": notation and notation.name.lower(),
        "parameters": parameters,
    }
    content = _as_json(document) if path.suffix.lower() == ".json" else _as_npz(document)
    write_atomically(path, content)
    return path


@overload
def load(path: str | os.PathLike[str]) -> MLP: ...
@overload
def load(path: str | os.PathLike[str], into: Model) -> Model: ...
def load(path: str | os.PathLike[str], into: Module | None = None) -> Module:
    """The MLP that was saved to `path`, its `notation` too; or the model `into`, with the numbers that were saved.

    A model of a class of one's own is loaded `into` one that has the same parameters. Raises OSError for a file
    that can't be read and ValueError for one that `save` did not write or that is of another model; `into` is then
    as it was.
    """
    path = _with_known_suffix(path)
    content = path.read_bytes()
    try:
        document = json.loads(content) if path.suffix.lower() == ".json" else _from_npz(content)
    except Exception as error:  # whatever json, zipfile and numpy make of bytes that are none of theirs
        raise ValueError(f"{path} is no {path.suffix} file that save() wrote, or not all of it: {error}") from error
    try:
        return _model(document, into)
    except ValueError as error:
        raise ValueError(f"can't load {path}: {error}") from None


def _with_known_suffix(path: str | os.PathLike[str]) -> Path:
    path = Path(path)
    if path.suffix.lower() not in (".json", ".npz"):
        raise ValueError(f"a model is saved as .json or .npz; got {str(path)!r}")
    return path


# ── documents and files ────────────────────────────────────────────────────────────────────────


def _as_json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _as_npz(document: Mapping[str, Any]) -> bytes:
    import numpy as np  # not before: JSON does without

    text = _as_json({**document, "parameters": list(document["parameters"])})
    file = io.BytesIO()
    np.savez(file, document=np.array(text), numbers=np.array(list(document["parameters"].values()), NUMBERS))
    return file.getvalue()


def _from_npz(content: bytes) -> Any:
    import numpy as np

    file = io.BytesIO(content)
    with ZipFile(file) as entries:
        claimed = sum(entry.file_size for entry in entries.infolist())
    if claimed > len(content):  # save() compresses nothing, so what would unpack to more is none of its
        raise ValueError(f"{len(content)} bytes claim to hold {claimed}")
    file.seek(0)
    with np.load(file, allow_pickle=False) as archive:
        text, numbers = archive["document"].item(), archive["numbers"]
    document = json.loads(text)
    if numbers.dtype != NUMBERS or numbers.ndim != 1:
        raise ValueError(f"its numbers must be a row of {NUMBERS}; they are {numbers.dtype} of shape {numbers.shape}")
    document["parameters"] = dict(zip(document["parameters"], numbers.tolist(), strict=True))
    return document


# ── documents and models ───────────────────────────────────────────────────────────────────────


def _architecture(model: Module, parameters: int) -> dict[str, Any] | None:
    """The arguments that make this MLP anew; None if it is another model, or was changed by hand."""
    if type(model) is not MLP or not all(map(_as_made, model.layers)):
        return None
    first = model.layers[0].neurons[0]
    architecture: dict[str, Any] = {
        "nin": len(first.w),
        "nouts": [len(layer.neurons) for layer in model.layers],
        "activation": first.activation if len(model.layers) > 1 else LINEAR,
        "output_activation": model.layers[-1].activation,
        "bias": first.b is not None,
        "expand": first.expand,
    }
    layers = all(layer.activation == architecture["activation"] for layer in model.layers[:-1])
    neurons = {(n.b is not None, n.expand) for layer in model.layers for n in layer.neurons}
    as_made = layers and len(neurons) == 1 and _count(architecture) == parameters
    return architecture if as_made else None


def _as_made(layer: Any) -> bool:
    """Does it compute what a Layer computes? Not so if it, or a neuron of it, was derived, patched or made linear."""
    return is_plain(layer) and all(is_plain(n) and n.activation == layer.activation for n in layer.neurons)


def _require_names(model: MLP) -> None:
    """Refuse a function as activation: a file holds no code."""
    for number, layer in enumerate(model.layers, start=1):
        if is_plain(layer) and not isinstance(layer.activation, str):
            raise TypeError(
                f"the activation of layer {number} is {layer.activation!r}, and a file holds names, no code: "
                "make it an operation, engine.operation(name, …), whose name can be saved"
            )


def _count(architecture: Mapping[str, Any]) -> int:
    """How many parameters it takes; asked before any is made."""
    sizes = [architecture["nin"], *architecture["nouts"]]
    return sum(nout * (nin + architecture["bias"]) for nin, nout in pairwise(sizes))


def _model(document: Any, into: Module | None) -> Module:
    """The model, made anew or `into`, to which nothing is assigned before everything has been checked."""
    architecture, numbers = _checked(document)
    model = _made(architecture, document.get("notation")) if into is None else into
    named = dict(model.named_parameters())
    own = _architecture(model, len(named))
    if own and architecture and own | {"expand": None} != architecture | {"expand": None}:
        raise ValueError(f"it is of another MLP, {_briefly(architecture)}; this one is {_briefly(own)}")
    if missing := [path for path in named if path not in numbers]:
        raise ValueError(f"it has no {missing[0]}, which is a parameter of this {type(model).__name__}")
    if foreign := [path for path in numbers if path not in named]:
        raise ValueError(f"it has {foreign[0]!r}, which is no parameter of this {type(model).__name__}")
    for path, parameter in named.items():
        parameter.data = numbers[path]
    return model


def _made(architecture: dict[str, Any] | None, notation: Any) -> MLP:
    """The MLP, its weights still to come."""
    if architecture is None:
        raise ValueError("it tells the parameters alone; make their model, then load(path, into=model)")
    for name in (architecture["activation"], architecture["output_activation"]):
        _require_activation(name)
    known = None if notation is None else choose("notation", notation, NOTATIONS)
    return MLP(**architecture, init=zero, notation=known)


def _require_activation(name: str) -> None:
    """Refuse a name that stands for no activation here, as that of an operation that is still to be defined."""
    try:
        activation_named(name)
    except ValueError as error:
        if name.isidentifier():
            error.args = (
                f"{error}. If {name} is an operation of your own, define it first: "
                f"{name} = engine.operation({name!r}, …)",
            )
        raise


def _checked(document: Any) -> tuple[dict[str, Any] | None, dict[str, float]]:
    """The architecture and the parameters of a document that `save` may have written."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'it is no {FORMAT}: it must have "format": {FORMAT!r}')
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise ValueError(f"it has version {version!r:.60} of the format; this glassgrad reads version {VERSION}")
    numbers, architecture = _numbers(document.get("parameters")), document.get("architecture")
    if architecture is not None:
        _require_architecture(architecture, len(numbers))
    return architecture, numbers


def _numbers(parameters: Any) -> dict[str, float]:
    if not isinstance(parameters, dict):
        raise ValueError(f"its parameters are a {type(parameters).__name__}, where each path must have its number")
    for path, number in parameters.items():
        if type(number) not in (int, float) or not abs(number) <= sys.float_info.max:
            raise ValueError(f"{path} must be a number; it is {number!r:.60}")
    return {path: float(number) for path, number in parameters.items()}


def _require_architecture(architecture: Any, parameters: int) -> None:
    if not isinstance(architecture, dict) or {name: type(x) for name, x in architecture.items()} != ARGUMENTS:
        raise ValueError(f"its architecture must have {', '.join(ARGUMENTS)}, each of its kind")
    for size in (architecture["nin"], *architecture["nouts"]):
        if type(size) is not int or size < 1:
            raise ValueError(f"layers have sizes from 1 on; it has {size!r:.60}")
    if _count(architecture) != parameters:
        raise ValueError(f"it has {parameters} parameters, where its architecture has {_count(architecture)}")


def _briefly(architecture: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in architecture.items() if name != "expand")

"""Neurons, layers and networks on the engine, their losses and their error signals."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import nn.prediction  # noqa: F401  (it gives Module its `predict`)
from engine.support.notation import BISHOP, NIELSEN, Notation
from nn.by_layer import deltas, matrices
from nn.layer_matrices import LayerMatrices
from nn.losses import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    mean_squared_error,
    squared_error,
)
from nn.module import Module
from nn.network import MLP, Layer, Neuron
from nn.saving import load, save
from nn.schedules import cosine_decay, exponential_decay, step_decay, warmup
from nn.training.history import History

if TYPE_CHECKING:
    from nn.optimizers import SGD, Adam, AdamW, Optimizer, clip_gradients
    from nn.training.fit import fit
else:
    # What needs numpy comes when it is asked for: `import nn` alone stays as quick as the engine.
    _WITH_NUMPY = dict.fromkeys(["SGD", "Adam", "AdamW", "Optimizer", "clip_gradients"], "nn.optimizers")
    _WITH_NUMPY |= {"fit": "nn.training.fit"}

    def __getattr__(name: str) -> Any:
        if name not in _WITH_NUMPY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_WITH_NUMPY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "BISHOP",
    "MLP",
    "NIELSEN",
    "SGD",
    "Adam",
    "AdamW",
    "History",
    "Layer",
    "LayerMatrices",
    "Module",
    "Neuron",
    "Notation",
    "Optimizer",
    "binary_cross_entropy",
    "clip_gradients",
    "cosine_decay",
    "cross_entropy",
    "deltas",
    "exponential_decay",
    "fit",
    "half_squared_error",
    "hinge",
    "load",
    "matrices",
    "mean_squared_error",
    "save",
    "squared_error",
    "step_decay",
    "warmup",
]

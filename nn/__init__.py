"""Neurons, layers and networks on the engine, their losses and their error signals."""

from engine.notation import BISHOP, NIELSEN, Notation
from nn.losses import half_squared_error, mean_squared_error, squared_error
from nn.module import Module
from nn.network import MLP, Layer, Neuron
from nn.signals import deltas

__all__ = [
    "BISHOP",
    "MLP",
    "NIELSEN",
    "Layer",
    "Module",
    "Neuron",
    "Notation",
    "deltas",
    "half_squared_error",
    "mean_squared_error",
    "squared_error",
]

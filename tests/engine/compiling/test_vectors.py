"""Values as vectors, and back."""

import numpy as np
import pytest

from engine import Value
from engine.compiling.vectors import assign_data, assign_gradients, data_vector, gradient_vector


def test_data_and_gradients_are_read_in_order_as_float64():
    values = [Value(2.0), Value(3), Value(-0.5)]
    (values[0] * values[1] * values[2]).backward()
    assert data_vector(values).tolist() == [2.0, 3.0, -0.5]
    assert gradient_vector(values).tolist() == [-1.5, -1.0, 6.0]
    assert {data_vector([]).dtype, data_vector(values).dtype, gradient_vector([]).dtype} == {np.dtype("float64")}


def test_what_is_assigned_is_pythons_float():
    values = [Value(0.0), Value(0.0)]
    assign_data(values, np.array([1.0, 2.0]))
    assign_gradients(values, np.array([0.5, -0.25]))
    assert [(v.data, v.grad) for v in values] == [(1.0, 0.5), (2.0, -0.25)]
    assert {type(number) for v in values for number in (v.data, v.grad)} == {float}


@pytest.mark.parametrize("assign", [assign_data, assign_gradients])
def test_a_vector_of_another_length_is_refused(assign):
    with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is longer than argument 1$"):
        assign([Value(1.0), Value(2.0)], np.zeros(3))

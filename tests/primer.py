"""The primer's worked example, typed off once for all tests, not taken from the demo; tanh, then linear."""

WEIGHTS = W1, W2 = [[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]]
INPUTS, TARGETS = [1.0, 2.0], [1.0, 1.15]

# The output of its TensorFlow script, float32: z of the hidden layer, y, and the gradients of the weights.
Z1, Y = [0.46211717, 0.8004991, 0.935409], [0.48693424, 1.1463418]
DW1 = [[-0.04150072, -0.08300145], [-0.03751578, -0.07503156], [-0.01951589, -0.03903178]]
DW2 = [[-0.23709649, -0.41070867, -0.47992632], [-0.00169051, -0.00292837, -0.00342189]]

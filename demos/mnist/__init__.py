"""MNIST, images of handwritten digits: its files read, fetched, and a subset of them that comes with the project."""

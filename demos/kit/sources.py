"""The sources that the demos follow: what the rows call each, and who wrote what and where, as far as it is known."""

from __future__ import annotations

PRIMER = "A Primer on Backpropagation"  # a row adds the edition
DEEP = "Backpropagation in deep networks"
PAGE = "The Mathematics"
INTRODUCTION = "A written introduction"
NATURE = "Learning representations by back-propagating errors"
MICROGRAD = "micrograd"

CITATIONS = {
    PRIMER: "Nicola Santi, “A Primer on Backpropagation with a Numerical Example, Diagrams, and Python Code”, 2025, in "
    "its editions of July 26 and July 27.",
    DEEP: "An article on backpropagation in deep networks, with a derivation in four parts and a class of neurons; the "
    "text at hand names no author, and its formulas are images, which it lacks.",
    PAGE: "“The Mathematics”, a page of a course on the paper of 1986, after its section 4 and before “The Code”; the "
    "text at hand names no author.",
    INTRODUCTION: "“A written introduction to the mathematical theory behind backpropagation algorithms”; the text at "
    "hand names no author.",
    NATURE: "David E. Rumelhart, Geoffrey E. Hinton, Ronald J. Williams, “Learning representations by back-propagating "
    "errors”, Nature 323, 1986, pages 533–536.",
    MICROGRAD: "Andrej Karpathy, micrograd, its notebook demo.ipynb: github.com/karpathy/micrograd.",
}

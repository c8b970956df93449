"""How a graph becomes flat work, one pass a page:

    form.py      order, fold, share: the recorded graph as a `Form`, a list of numbered nodes
    dots.py      recognise dots: sums of products, however they were spelled
    groups.py    level and group: what can be computed together
    layout.py    lay out: a row for each node, so that groups are slices and weights are matrices
    work.py      emit array operations, one forward and one backward for each group
    source.py    emit straight-line Python instead (it reads expressions.py and identifiers.py)

`engine.program` puts them together.
"""

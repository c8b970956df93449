"""How a graph becomes flat work, one pass a page:

    form.py        order, fold, share: the recorded graph as a `Form`, a list of numbered nodes
    dots.py        recognise dots: sums of products, however they were spelled
    groups.py      level and group: what can be computed together
    layout.py      lay out: a row for each node, so that groups are slices and weights are matrices
    work.py        emit array operations, one forward and one backward for each group
    unrolled.py    or unroll, for straight-line Python: every node and its gradient as an expression,
    source.py      and these as lines

program.py puts them together; batch.py holds the samples, listing.py prints the groups, expressions.py and
identifiers.py serve the source.
"""

"""How a graph becomes a program. Each pass takes what the one before it returns:

    form.py        order, fold, share: the recorded graph as a `Form`, a list of numbered nodes
    dots.py        recognise dots: sums of products, however they were spelled
    groups.py      level and group: which nodes are one array operation, and which dots one matrix product
    arrays/        as a module of numpy, which is read and run
    function.py    run by the array operations of another library, which differentiates them
    source/        as straight-line Python, which is read and run, or as JavaScript

program.py puts them together and decides whether a batch runs by arrays/ or by source/; batch.py holds the samples,
vectors.py the data of many Values, inputs.py finds a sample's leaves that were not named, comparison.py compares a
program with the eager engine, listing.py prints the groups.
"""

"""The live page: one HTML file with a graph in it that one can step through, edit, train and be asked about.

    page.py        page: what it is made of, written to a file or shown in a notebook
    record.py      the graph with its names and numbers, as pictures show them
    data.py        the graph as data: nodes, names, formulas, what is hidden
    formulas.py    a row's formula with places for numbers, which the page fills in
    hidden.py      what hide=… asks for
    training.py    the graph as programs in JavaScript: the gradient of a sample, the outputs
    graph.py       the picture of the graph, laid out by Graphviz
    folded.py      the same by neurons, by layers
    layout.py      where Graphviz puts cards
    network.py     the picture of its network
    markup.py      what both pictures are written in
    modules.py     js/ as one script
    document.py    all of it as one file, under a Content-Security-Policy

page.html and page.css are the page without its contents; js/ is what it runs: plain modules,
model/ what is computed and views/ what is seen.
"""

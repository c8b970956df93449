"""The table of rules, read with other words than floats:

    arrays.py      by numpy arrays, a whole batch at once
    namespaces.py  by the arrays of any library, which then differentiates what they compute
    symbols.py     expressions that grow by use; styles.py prints them as text, LaTeX or Python
    formulas.py    by symbols, for people: each rule's formula and its derivatives
    python.py      by symbols, for Python: in the very order in which the row computes

What a row has to obey is in requirements.py; what the names in one of a user's own stand for, in scope.py.

Derivatives that are graphs are in `derivatives.py`, which reads the table by symbols and computes them by Values.
"""

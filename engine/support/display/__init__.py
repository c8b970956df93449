"""What stands for an object as the last expression of a cell.

At a prompt that is its `repr`, a sentence whose length is bounded; printed, and in a notebook, a table says more.

tables.py  a table as aligned lines and as HTML, and which rows of a long one are shown
"""

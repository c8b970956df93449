"""The reversible debugger: a session on the primer's network, with remarks on what a learner types and why.

Every line after a prompt is typed, the remarks included; below it is the debugger's own answer.
"""

from __future__ import annotations

import sys
from io import StringIO

from demos.kit.demo import Command
from demos.primer.example import example

SESSION = """\
# The forward pass is over, and every edge knows its local derivative. Now E hands a gradient of 1 back:
step
# That was operand.grad += local * upstream, on one edge: E is 0.5 times a sum. And time runs both ways:
back
# On to a hidden neuron. Its error signal is δ₂⁽¹⁾ = ∂E/∂a₂⁽¹⁾; on a keyboard, a₂⁽¹⁾ is a[1][2].
break a[1][2]
continue
# Complete. Which chain rule made it?
why a[1][2]
# So z₂⁽¹⁾ came first. Both outputs use it, and their contributions add up:
sum z[1][2]
# When did the second of them come? We watch z₂⁽¹⁾, and go back in time.
watch z[1][2]
rcontinue
# Before that event, this was still to come:
back
sum z[1][2]
# And this is what comes and goes around here:
list 2
# Which way leads from E to where we are?
where
# What does a gradient mean? It predicts what a small change of the weight does to E:
set w[1][2,1] 0.31
# It is a slope, though, and E is no straight line. Far away it misleads:
set w[1][2,1] 3
# All that was on a copy. Another question: which weight of the first output was the last with a gradient beyond 0.4?
delete
break if node == "a[2][1]" and abs(contribution) > 0.4
rcontinue
# Local times upstream, z₃⁽¹⁾ · δ₁⁽²⁾, piece by piece:
print
# quit completes the pass, and the program runs on with the gradients that backward() would have left.
quit
"""


def play() -> int:
    """Play the session; nothing in it is random, and nothing is written."""
    model, loss = example(backward=False)
    loss.debug(StringIO(SESSION), sys.stdout)
    print(f"\n{model.layers[0].neurons[1].w[0]}")
    print("Now you: write loss.debug() in a program, or run it with python -m engine.debugger SCRIPT")
    return 0


DEMO = Command(
    "debugger",
    "Plays a session of the debugger for the backward pass on the primer's network: what a learner types, what it "
    "shows, and why.",
    run=play,
)

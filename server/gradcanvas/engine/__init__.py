"""Start, command, watch over and replace the processes that compute; knows nothing of Flask or documents.

`messages`: what parent and worker say to each other. `local`: the engine that starts workers on this machine.
`keeper`: one session's worker, kept alive. `evaluation`: what an edit or Stop ends in it. `limits`:
what a worker may take, and why one ended, in words.
"""

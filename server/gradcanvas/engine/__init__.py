"""Start, command, watch over and replace the processes that compute; knows nothing of Flask, sockets or documents.

`messages` is what parent and worker say to each other, `local` the engine that starts workers on this machine.
"""

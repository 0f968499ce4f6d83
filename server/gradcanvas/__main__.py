"""Lets `python -m gradcanvas` be the command line."""

from gradcanvas.cli import main

if __name__ == "__main__":
    main()

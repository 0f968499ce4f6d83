"""The page, its wire, the store and the guard before them; knows nothing of how a gradient is computed."""

from gradcanvas.web.starting import without_collecting

with without_collecting():
    from gradcanvas.web.errors import ServerError
    from gradcanvas.web.serve import ServeSettings, serve

__all__ = ["ServeSettings", "ServerError", "serve"]

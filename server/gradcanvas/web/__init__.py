"""The page, its wire, the store and the guard before them; knows nothing of how a gradient is computed."""

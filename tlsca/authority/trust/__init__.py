"""Where programs look up the roots that they trust, and the commands that put one there and take it away again."""

"""A company to play with: its authorities, its certificates in every state, and its hosts."""

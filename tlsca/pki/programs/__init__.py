"""What each program that speaks TLS wants on disk: its files, their modes, and the lines of configuration that use them.

A certificate is of no use before a program reads it, and each program wants it differently; what was learnt of each stands in
a module of its own here, and `catalogue` finds it by name.
"""

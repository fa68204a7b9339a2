"""Advice on a form while it is being filled in: what would be refused, what clients would not take, what is better known before."""

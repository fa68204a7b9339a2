"""What a host serves: one handshake, everything that can be learnt from it, and what is wrong with it."""

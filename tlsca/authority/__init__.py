"""What an operator can do: one function per act, called by the command line and the terminal app alike."""

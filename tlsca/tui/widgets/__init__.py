"""What screens are made of: one widget, its style and its messages a file."""

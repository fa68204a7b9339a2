"""What asks or tells something on top of a screen: one dialog a file."""

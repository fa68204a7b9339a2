"""The command line: every act of the app, for scripts and for terminals too poor to draw it."""

"""Why each field is there: explanations of extensions, usages, algorithms and attributes, each with its RFC and section.

A certificate is read by people who meet one twice a year; a row that explains itself spares them the standard.
"""

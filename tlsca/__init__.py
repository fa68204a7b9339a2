"""tlsca: a certificate authority that fits in a terminal.

Issue, deploy, prove: the rooms of this package are described in each one's own docstring, lowest first in
`errors`, `text`, `settings`, `pki`, `store`, `probe`, `authority`, `cli` and `tui`.
"""

__version__ = "0.1.0"

"""`tlsca` and `python -m tlsca`: says so where Python is too old, and else hands over to `tlsca.starting`.

An older Python 3 has to get through this file in order to say its sentence: nothing newer stands in it or in `tlsca/__init__.py`.
"""

import sys

_OLDEST = (3, 11)


def main() -> None:
    """Run tlsca and exit with its status; 3 where Python is too old for it."""
    if sys.version_info < _OLDEST:
        sys.stderr.write(_too_old())
        sys.exit(3)
    from tlsca.starting import start  # noqa: PLC0415 -- an older Python cannot read it

    start()


def _too_old() -> str:
    words = (*sys.version_info[:2], sys.executable, *_OLDEST)
    return "tlsca needs another Python: this is %d.%d (%s).\n  Run it with Python %d.%d or newer.\n" % words  # noqa: UP031 -- older than other ways


if __name__ == "__main__":
    main()

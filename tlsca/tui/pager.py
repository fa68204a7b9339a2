"""A long text in the operator's own pager: the app steps aside while it runs.

The text goes through a pipe and never through a file, and it was made safe for a terminal before.
"""

import shlex
import shutil
import subprocess
from collections.abc import Mapping

from textual.app import App, SuspendNotSupported

from tlsca.errors import Refused, UsageError
from tlsca.text import printable

_FALLBACKS = ("less", "more")
_HINT = "Set PAGER to a program that reads its standard input, such as less."


def pager_command(environment: Mapping[str, str]) -> list[str]:
    """Return the words of the pager in force: PAGER's, else less or more. Raises UsageError when there is none."""
    wanted = environment.get("PAGER", "").strip()
    if not wanted:
        found = next((program for program in _FALLBACKS if shutil.which(program)), None)
        if found is None:
            raise UsageError("There is no pager on this machine.", hint=_HINT)
        return [found]
    try:
        words = shlex.split(wanted)
    except ValueError:
        words = []
    if not words or shutil.which(words[0]) is None:
        raise UsageError(f"PAGER is “{printable(wanted)}”, which is no program here.", hint=_HINT)
    return words


def page_through(app: App[object], text: str, environment: Mapping[str, str]) -> None:
    """Show a safe text in the pager until it is left; call it in the app's own thread.

    Raises UsageError without a pager, Refused where the app cannot step aside or the pager does not start.
    """
    words = pager_command(environment)
    try:
        with app.suspend():
            subprocess.run(words, input=text.encode(), check=False)  # noqa: S603 -- the operator's own words
    except SuspendNotSupported:
        raise Refused("This terminal cannot be handed to a pager.", hint="Save the text instead.") from None
    except OSError as error:
        raise Refused(
            f"The pager did not start: {error.strerror or 'it is no program'}.", hint=_HINT
        ) from None

"""The edge where an error becomes a sentence and a status, of commands and of the app alike.

It is apart from the commands, because the app opens without loading what reads a command line, a sixth of its way to the first frame.
"""

from collections.abc import Callable

from tlsca.errors import TlscaError

INTERRUPTED = 130
"""What a shell expects of a program that Ctrl+C ended."""


def at_the_edge(act: Callable[[], int]) -> int:
    """Do something and return the status it ends with; whatever it raises is told on stderr in a sentence."""
    try:
        return act()
    except (KeyboardInterrupt, EOFError):
        _talk("Stopped.")
        return INTERRUPTED
    except TlscaError as error:
        _talk(error.sentence, error.hint)
        return error.exit_status
    except BrokenPipeError:
        from tlsca.cli.output import discard_output  # noqa: PLC0415 -- hardly ever

        discard_output()
        return 0
    except Exception as error:  # noqa: BLE001 -- the edge
        from tlsca.defect import write_report  # noqa: PLC0415 -- never, if all is well

        _talk(
            f"A defect in tlsca ({type(error).__name__}); a report without secrets is in {write_report(error)}."
        )
        return TlscaError.exit_status


def _talk(sentence: str, hint: str | None = None) -> None:
    from tlsca.cli.output import talk, talk_lines  # noqa: PLC0415 -- loads click, which the app does without

    talk(sentence)
    if hint:
        talk_lines(hint)

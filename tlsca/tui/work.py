"""Work in a thread: the one way from a key press to an authority's act and back, and the edge where its errors are caught."""

import contextlib
from collections.abc import Callable
from typing import TypeVar

from textual.app import App
from textual.content import Content
from textual.dom import DOMNode
from textual.worker import Worker, get_current_worker

from tlsca.defect import write_report
from tlsca.errors import TlscaError
from tlsca.text import printable
from tlsca.tui.wording import in_the_app

T = TypeVar("T")
V = TypeVar("V")

ASKING = frozenset({"able", "copy", "diff", "save", "undo"})
"""Groups of workers that look up what a dialog is to ask; what is typed until it comes is meant for it."""


def work(
    node: DOMNode,
    act: Callable[[], T],
    done: Callable[[T], object],
    *,
    failed: Callable[[TlscaError], object] | None = None,
    group: str = "act",
    exclusive: bool = False,
) -> Worker[None]:
    """Run `act` in a thread and call `done` with its value, or `failed` with its error, in the app's own thread.

    Without `failed`, an error is told as a notification. A worker that was cancelled, or whose node is gone, calls neither.
    `exclusive` cancels what still runs in the same group of the same node.
    """
    app = node.app
    explain = failed or (lambda error: tell(app, error))

    def run() -> None:
        worker = get_current_worker()

        def hand_over(receive: Callable[[V], object], value: V) -> None:
            tell_node(node, lambda: None if worker.is_cancelled else receive(value))

        try:
            value = act()
        except TlscaError as error:
            hand_over(explain, error)
        except Exception as error:  # noqa: BLE001 -- the edge of the workers
            if not worker.is_cancelled:  # nobody waits for it, and the store may have been closed under it
                hand_over(explain, _defect(error))
        else:
            hand_over(done, value)

    return node.run_worker(run, thread=True, group=group, exclusive=exclusive, exit_on_error=False)


def tell_node(node: DOMNode, callback: Callable[[], object]) -> None:
    """Have `callback` called in the app's own thread, unless the node is gone by then; may be called from any thread.

    It does not wait: an app that is closing would never answer, and a defect in `callback` is the app's, not the caller's.
    """
    with contextlib.suppress(RuntimeError):  # the event loop has ended
        node.call_later(_call, node, callback)


def tell(app: App[object], error: TlscaError) -> None:
    """Tell an error in a notification: what went wrong, and what to do about it."""
    lines = [printable(error.sentence), *([printable(in_the_app(error.hint))] if error.hint else [])]
    app.notify("\n".join(lines), title=error.title, severity="error", timeout=12, markup=False)


def sentence(error: TlscaError) -> Content:
    """Return an error as content for a line below a form."""
    hint = f" {printable(in_the_app(error.hint))}" if error.hint else ""
    return Content.assemble((printable(error.sentence), "$text-error"), (hint, "$foreground-muted"))


def _defect(error: Exception) -> TlscaError:
    place = write_report(error)
    return TlscaError(
        f"A defect in tlsca ({type(error).__name__}).", hint=f"A report without secrets is in {place}."
    )


def _call(node: DOMNode, callback: Callable[[], object]) -> None:
    if node.is_attached:
        callback()  # what it returns is not handed on: Textual would wait for it, and a screen cannot wait for its own end

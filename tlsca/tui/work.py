"""Work in a thread: the one way from a key press to an authority's act and back, and the edge where its errors are caught."""

from collections.abc import Callable
from typing import TypeVar

from textual.app import App
from textual.content import Content
from textual.dom import DOMNode
from textual.worker import Worker, get_current_worker

from tlsca.defect import write_report
from tlsca.errors import TlscaError
from tlsca.text import printable

T = TypeVar("T")


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

    def run() -> None:
        worker = get_current_worker()
        try:
            value = act()
        except TlscaError as error:
            _hand_over(app, node, worker, failed or (lambda error: tell(app, error)), error)
        except Exception as error:  # noqa: BLE001 -- the edge of the workers
            place = write_report(error)
            defect = TlscaError(
                f"A defect in tlsca ({type(error).__name__}).",
                hint=f"A report without secrets is in {place}.",
            )
            _hand_over(app, node, worker, failed or (lambda error: tell(app, error)), defect)
        else:
            _hand_over(app, node, worker, done, value)

    return node.run_worker(run, thread=True, group=group, exclusive=exclusive, exit_on_error=False)


def tell(app: App[object], error: TlscaError) -> None:
    """Tell an error in a notification: what went wrong, and what to do about it."""
    lines = [printable(error.sentence), *([printable(error.hint)] if error.hint else [])]
    app.notify("\n".join(lines), title=error.title, severity="error", timeout=12, markup=False)


def sentence(error: TlscaError) -> Content:
    """Return an error as content for a line below a form."""
    hint = f" {printable(error.hint)}" if error.hint else ""
    return Content.assemble((printable(error.sentence), "$text-error"), (hint, "$foreground-muted"))


def _hand_over(
    app: App[object], node: DOMNode, worker: Worker[None], receive: Callable[[T], object], value: T
) -> None:
    if worker.is_cancelled or not app.is_running:
        return
    app.call_from_thread(_receive, node, worker, receive, value)


def _receive(node: DOMNode, worker: Worker[None], receive: Callable[[T], object], value: T) -> None:
    if node.is_attached and not worker.is_cancelled:
        receive(value)

"""Work something out again a moment after each change of a form, in a thread; only the last answer is shown."""

from collections.abc import Callable
from typing import Generic, TypeVar

from textual.dom import DOMNode

from tlsca.errors import TlscaError
from tlsca.tui.work import work

T = TypeVar("T")

_PAUSE = 0.12
"""Seconds without a key press after which it is worked out anew."""


class Follower(Generic[T]):
    """Follows a form on behalf of a widget."""

    def __init__(
        self, node: DOMNode, show: Callable[[T], object], explain: Callable[[TlscaError], object]
    ) -> None:
        """`show` gets what was worked out, `explain` why it could not be, both in the app's own thread."""
        self._node = node
        self._show = show
        self._explain = explain
        self._plan: Callable[[], T] | None = None

    def follow(self, plan: Callable[[], T]) -> None:
        """Work this out, a moment after the last call."""
        self._plan = plan
        self._node.set_timer(_PAUSE, lambda: self._begin(plan))

    def rest(self) -> None:
        """Work nothing out until the next call."""
        self._plan = None

    def _begin(self, plan: Callable[[], T]) -> None:
        if plan is self._plan:
            work(
                self._node,
                plan,
                lambda found: self._answered(plan, lambda: self._show(found)),
                failed=lambda error: self._answered(plan, lambda: self._explain(error)),
                group="follow",
                exclusive=True,
            )

    def _answered(self, plan: Callable[[], T], tell: Callable[[], object]) -> None:
        if plan is self._plan:
            tell()

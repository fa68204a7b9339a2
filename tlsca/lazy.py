"""What a value works out of itself when it is first asked for, and keeps.

`functools.cached_property` did that under a lock until Python 3.12, one for all values of a class: threads that read certificates
stood in each other's way, and two of them could wait for one another for ever where a property takes turns besides (`pki.quiet`).
"""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class lazy_property(Generic[T]):  # noqa: N801 -- it reads as `property` does
    """A property of a value that never changes; of threads that ask at once each may work it out, and all get the same."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        """`work` takes the value and returns what is kept."""
        self._work = work
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, value: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self, value: object, owner: type | None = None) -> T: ...
    def __get__(self, value: object, owner: type | None = None) -> Self | T:
        if value is None:
            return self
        kept: T = value.__dict__.setdefault(self._name, self._work(value))
        return kept

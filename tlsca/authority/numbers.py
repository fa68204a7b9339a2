"""Serial numbers or fingerprints of many certificates, and a look for those that begin with some digits.

Their first digits stand side by side in one string, so that a search goes through a hundred thousand of them in a millisecond.
"""

from collections.abc import Callable, Sequence

_WIDTH = 8


class Numbers:
    """Numbers in lower-case hexadecimal, each at its position."""

    def __init__(self, numbers: Sequence[str]) -> None:
        """Take these."""
        self._numbers = numbers
        heads = [number[:_WIDTH] for number in numbers]
        if any(len(head) < _WIDTH for head in heads):
            heads = [head.ljust(_WIDTH) for head in heads]
        self._heads = "\n".join(("", *heads))

    def beginning(self, digits: str) -> set[int]:
        """Return the positions of those that begin so; `digits` is not empty."""
        begun = "\n" + digits[:_WIDTH]
        found: set[int] = set()
        place = self._heads.find(begun)
        while place >= 0:
            found.add(place // (_WIDTH + 1))
            place = self._heads.find(begun, place + 1)
        return (
            found if len(digits) <= _WIDTH else {at for at in found if self._numbers[at].startswith(digits)}
        )

    def matching(self, positions: Sequence[int], match: Callable[[str], bool]) -> list[int]:
        """Return those positions whose numbers are as a test wants them."""
        numbers = self._numbers
        return [at for at in positions if match(numbers[at])]

"""Completion of the last word of a line by words that there are: the rest of it is shown in grey, and the right arrow takes it."""

from collections.abc import Sequence

from textual.suggester import Suggester


class WordCompletion(Suggester):
    """Suggests words, the commonest first, that are not in the line yet."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._words = tuple(words)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the line with its last word completed; None where no word begins so."""
        before, begun = value[: value.rfind(" ") + 1], value[value.rfind(" ") + 1 :]
        there = set(before.split())
        able = (word for word in self._words if word.startswith(begun.lower()) and word not in there)
        return next(
            (f"{before}{begun}{word[len(begun) :]}" for word in able if begun and word != begun), None
        )

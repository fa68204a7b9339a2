"""One root and one place: what would be done there, doing it, and bringing back what was where it fails half-way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tlsca.authority.programs import run
from tlsca.authority.trust.place import Contents, Held, Place, Root, Step, place_id, shown_path
from tlsca.errors import Refused
from tlsca.text import printable


class State(StrEnum):
    """Whether something is to be done in a place."""

    TO_DO = "to do"
    NOTHING = "nothing to do"
    BLOCKED = "not possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be done in one place. Nothing happened yet."""

    place: Place
    root: Root
    adds: bool
    """Whether the root is put there, or taken away."""
    state: State
    why: str = ""
    """Why nothing is to be done or can be, as a sentence; printable."""
    steps: tuple[Step, ...] = ()
    """What is done, or what root would have to do."""
    back: tuple[Step, ...] = ()
    """What brings back what was."""
    name: str = ""
    """What the root is called there; foreign text."""
    flags: str = ""
    """The trust that it had there before, where it was there and not trusted."""
    before: Contents | None = None

    @property
    def commands(self) -> str:
        """The steps as lines for a shell."""
        return "".join(step.command.shown(root=self.place.needs_root) for step in self.steps)


def adding(place: Place, root: Root, contents: Contents | str) -> Change:
    """Return what makes a place trust a root; `contents` is what `look` found."""
    if isinstance(contents, str):
        return Change(place=place, root=root, adds=True, state=State.BLOCKED, why=contents)
    there = contents.get(root.sha256)
    if there is not None and there.trusted:
        why = f"It is there already, as {printable(there.name)}."
        return Change(
            place=place, root=root, adds=True, state=State.NOTHING, why=why, name=there.name, before=contents
        )
    held = there or Held(root.name, root.der)
    back = place.taking(root, held, held.flags)
    return _change(place, root, held, contents, adds=True, steps=place.adding(root, there), back=back)


def taking(place: Place, root: Root, contents: Contents | str, *, put: str | None, flags: str = "") -> Change:
    """Return what takes a root from a place; `put` is the name under which tlsca put it there, if it remembers."""
    if isinstance(contents, str):
        return Change(place=place, root=root, adds=False, state=State.BLOCKED, why=contents)
    there = contents.get(root.sha256)
    why = _not_ours(place, root, there, put)
    if (there is None and not place.only_shown) or why:
        return Change(
            place=place,
            root=root,
            adds=False,
            state=State.NOTHING,
            why=why or "It is not there.",
            before=contents,
        )
    held = there or Held(root.name, root.der)
    back = place.taking(root, held, held.flags) if flags else place.adding(root, None)
    return _change(
        place,
        root,
        replace(held, flags=flags),
        contents,
        adds=False,
        steps=place.taking(root, held, flags),
        back=back,
    )


def _not_ours(place: Place, root: Root, there: Held | None, put: str | None) -> str:
    if there is None or there.name == put or place.is_ours(root, there):
        return ""
    return f"It is there as {printable(there.name)}, and was not put there by tlsca."


def look(place: Place) -> Contents | str:
    """Return what a place holds, or why that cannot be told."""
    try:
        return place.contents()
    except Refused as error:
        return error.sentence


def _change(
    place: Place,
    root: Root,
    held: Held,
    before: Contents,
    *,
    adds: bool,
    steps: tuple[Step, ...],
    back: tuple[Step, ...],
) -> Change:
    why = ""
    if place.only_shown:
        why = f"Changing {place.title} was never tried from here: run the command yourself."
    elif place.needs_root:
        why = f"Only root may change {shown_path(place)}."
    return Change(
        place=place,
        root=root,
        adds=adds,
        state=State.BLOCKED if why else State.TO_DO,
        why=why,
        steps=steps,
        back=back,
        name=held.name,
        flags=held.flags,
        before=before,
    )


def do(change: Change) -> None:
    """Run the steps, and look whether the root is there afterwards, or gone. Raises Refused; then what was is not back yet."""
    for step in change.steps:
        run(step.command)
    there = change.place.contents().get(change.root.sha256)
    trusted = there is not None and there.trusted
    if change.adds and not trusted:
        raise Refused(f"{change.place.title}: the commands ran, and the root is not trusted.")
    if not change.adds and there is not None and trusted and there.name == change.name:
        raise Refused(f"{change.place.title}: the commands ran, and the root is still trusted.")


def undo(changes: Sequence[Change]) -> str:
    """Bring back what was in each place, the last one first; return what could not be brought back, empty if all was."""
    failed = [(change, _run_back(change)) for change in reversed(changes)]
    return "\n".join(told for change, steps in failed if (told := _remains(change, steps)))


def _run_back(change: Change) -> tuple[Step, ...]:
    """Bring back what was, as far as anything is different; return the steps that failed."""
    return () if _is_as_before(change) else tuple(step for step in _back(change) if not _ran(step))


def _back(change: Change) -> tuple[Step, ...]:
    """Return what brings back what was; of a root that was to be added, what takes away as much of it as is there now."""
    contents = look(change.place)
    there = None if isinstance(contents, str) else contents.get(change.root.sha256)
    return change.place.taking(change.root, there, change.flags) if change.adds and there else change.back


def _ran(step: Step) -> bool:
    try:
        run(step.command)
    except Refused:
        return False
    return True


def _remains(change: Change, failed: Sequence[Step]) -> str:
    """Say what is not as it was. That a step failed counts only where something is, or where it makes what is not looked at."""
    left = [step for step in failed if step.derives] if _is_as_before(change) else failed or change.back
    if not left:
        return ""
    commands = "".join(step.command.shown() for step in left).rstrip()
    return f"{printable(place_id(change.place))} is not as it was. Run:\n{commands}"


def _is_as_before(change: Change) -> bool:
    contents = look(change.place)
    if isinstance(contents, str) or change.before is None:
        return False
    return _kept(contents) == _kept(change.before)


def _kept(contents: Contents) -> dict[str, tuple[str, str]]:
    return {sha256: (held.name, held.flags) for sha256, held in contents.items()}

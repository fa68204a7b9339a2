"""What the form that publishes revocation lists asks for, and how it is done: one list, or all that an authority has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual.content import Content

from tlsca.authority.desk import Desk
from tlsca.authority.files import check_target, write_file
from tlsca.authority.lists import scopes
from tlsca.authority.publishing import (
    CrlForm,
    CrlState,
    PublishedCrl,
    crl_state,
    plan_all,
    plan_crl,
    publish_all,
    publish_crl,
)
from tlsca.authority.scope import WHOLE, Scope
from tlsca.authority.showing_status import show_crl
from tlsca.authority.shown_files import files_of, list_files
from tlsca.errors import Refused
from tlsca.pki.revoke import Only
from tlsca.pki.rows import Row
from tlsca.store.records import CertificateRecord
from tlsca.text import count, printable, rfc3339
from tlsca.tui.widgets.choices import Choice

EVERY = "every"
_ALL_ISSUED = "all"
_ONLY = {
    Only.USERS: "all but authorities, and nothing else",
    Only.AUTHORITIES: "authorities, and nothing else",
}
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be signed, and where it goes."""

    form: CrlForm
    every: bool
    """Whether all lists of the authority are meant; `out` is a directory then."""
    out: Path | None
    """None where it is kept in the store alone."""
    force: bool
    der: bool

    @property
    def forms(self) -> CrlForm:
        """The form without a scope, which all lists of an authority share."""
        return replace(self.form, scope=WHOLE)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with the lists that are chosen, and where the next ones would go."""

    states: tuple[CrlState, ...]
    place: str
    """The name of the file; empty for the directory itself."""


def about_choices(desk: Desk, authority: CertificateRecord) -> list[Choice]:
    """Return which lists there can be, as a form offers them."""
    found = list(scopes(desk, authority))
    parts = [scope for scope in found if scope.partition is not None]
    choices: list[Choice] = []
    if len(found) > 1:  # it comes first: no list of them is right while another is out of date
        choices.append((Content(f"all {len(found)} lists that it has, into a directory"), EVERY))
    choices.append((Content("everything that it issued"), _ALL_ISSUED))
    choices += [(Content(f"partition {one.partition} of {len(parts)}"), one.word) for one in parts]
    return [*choices, *((Content(meaning), str(only)) for only, meaning in _ONLY.items())]


def scope_of_choice(value: str) -> Scope:
    """Return the scope that a choice stands for."""
    if value in {_ALL_ISSUED, EVERY}:
        return WHOLE
    return Scope(int(value)) if value.isdigit() else Scope(only=Only(value))


def standing(desk: Desk, authority: CertificateRecord, choice: str, *, delta: bool) -> Standing:
    """Return how things stand with what is chosen."""
    chosen = tuple(scopes(desk, authority)) if choice == EVERY else (scope_of_choice(choice),)
    states = tuple(crl_state(desk, authority, scope) for scope in chosen)
    return Standing(states, "" if choice == EVERY else _name(desk, authority, chosen[0], delta=delta))


def check(desk: Desk, wanted: Wanted) -> None:
    """Raise TlscaError where it could not be signed, or not be written, before a number is used up."""
    if wanted.every:
        authority, found = plan_all(desk, wanted.forms)
    else:
        authority, found = plan_crl(desk, wanted.form), (wanted.form.scope,)
    for path in _paths(desk, authority, wanted, found).values():
        check_target(path, force=wanted.force)


def publish(desk: Desk, wanted: Wanted) -> str:
    """Sign and write; return what was done. Raises TlscaError."""
    made = publish_all(desk, wanted.forms) if wanted.every else (publish_crl(desk, wanted.form),)
    authority = made[0].authority
    paths = _paths(desk, authority, wanted, [one.scope for one in made])
    for one in made:
        if one.scope in paths:
            data = one.der if wanted.der else one.pem
            write_file(paths[one.scope], data, private=False, force=wanted.force)
    return f"{printable(authority.subject)} published {_described(made)}{_where(wanted)}."


def show(desk: Desk, wanted: Wanted) -> str:
    """Return the commands that sign it. Raises as `check`."""
    if not wanted.every:
        return show_crl(desk, wanted.form)
    _, found = plan_all(desk, wanted.forms)
    return "\n".join(show_crl(desk, replace(wanted.form, scope=scope)) for scope in found)


def standing_rows(states: Sequence[CrlState]) -> Iterator[Row]:
    """Yield what was published last, where one list is meant."""
    if len(states) > 1:
        out = sum(state.full is not None for state in states)
        yield Row("Published", f"{out} of {count(len(states), 'list')}")
        return
    newest = states[0].delta or states[0].full
    if newest is None:
        yield Row("Published", "never")
        return
    kind = f"delta of {newest.base}" if newest.base else "full"
    said = f"{rfc3339(newest.this_update)}, number {newest.number}, {kind}, entries: {newest.entries}"
    yield Row("Published", said)
    yield Row("Current until", rfc3339(newest.next_update))


def standing_lines(desk: Desk, states: Sequence[CrlState]) -> Iterator[str]:
    """Yield what is to be said of each list, the first few of those that want publishing where there are several."""
    told = [state for state in states if state.why or (state.full and len(states) == 1)]
    yield from (state.sentence(desk.now()) for state in told[:_MOST_SHOWN])
    if len(told) > _MOST_SHOWN:
        yield f"And {len(told) - _MOST_SHOWN} more are not up to date."


def _paths(
    desk: Desk, authority: CertificateRecord, wanted: Wanted, found: Sequence[Scope]
) -> dict[Scope, Path]:
    """Return where each list goes. Raises Refused where several would go into what is no directory."""
    if wanted.out is None:
        return {}
    if not wanted.every:
        return {found[0]: wanted.out}
    if not wanted.out.is_dir():
        where = printable(str(wanted.out))
        raise Refused(f"{where} is no directory, and there are several lists.", hint="Name a directory.")
    return {scope: wanted.out / _name(desk, authority, scope, delta=wanted.form.delta) for scope in found}


def _name(desk: Desk, authority: CertificateRecord, scope: Scope, *, delta: bool) -> str:
    return list_files(files_of(desk, authority), scope, delta=delta).crl


def _described(made: Sequence[PublishedCrl]) -> str:
    entries = sum(one.record.entries for one in made)
    told = f"{entries} entr{'y' if entries == 1 else 'ies'}"
    if len(made) > 1:
        return f"{len(made)} CRLs, {told}"
    return f"{made[0].scope.list_title} number {made[0].record.number}, {told}"


def _where(wanted: Wanted) -> str:
    return f", in {printable(str(wanted.out))}" if wanted.out is not None else ", kept in the store"

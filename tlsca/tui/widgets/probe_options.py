"""The rarer options of a probe, folded away until somebody needs them; what is set of them is told even so."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select

from tlsca.authority.connecting import ProbeForm
from tlsca.probe.options import DEFAULT_TIMEOUT
from tlsca.probe.proxy import with_login, without_login
from tlsca.probe.target import AUTO, NONE, PROTOCOLS
from tlsca.probe.trust import VERSIONS
from tlsca.text import printable, shorten
from tlsca.tui.widgets.choices import Choice
from tlsca.tui.widgets.field import Field
from tlsca.tui.widgets.line_input import LineInput
from tlsca.tui.widgets.path_completion import expanded
from tlsca.tui.widgets.path_input import PathInput
from tlsca.tui.widgets.tick import Tick

_ANY = ""
_DECIMAL = r"[0-9]{0,5}(\.[0-9]{0,3})?"
_UNCHECKED, _LISTS = "unchecked", "lists"
_STARTTLS: list[Choice] = [
    (Content("as the port says"), AUTO),
    (Content("none: TLS at once"), NONE),
    *((Content(protocol), protocol) for protocol in PROTOCOLS),
]
_VERSIONS: list[Choice] = [(Content("as usual"), _ANY), *((Content(f"TLS {one}"), one) for one in VERSIONS)]
_REVOCATION: list[Choice] = [
    (Content("not checked"), _UNCHECKED),
    (Content("by this store's CRLs"), _LISTS),
]


class ProbeOptions(Widget):
    """The fields of the rarer options."""

    DEFAULT_CSS = """
    ProbeOptions {
        height: auto;
        & Container { layout: grid; grid-size: 1; grid-rows: 1; grid-gutter: 0 2; height: auto; }
        & Tick { width: 1fr; background: transparent; padding: 0; }
    }
    ProbeOptions.-two Container { grid-size: 2; }
    """

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        with Container():
            yield Field("STARTTLS", _select(_STARTTLS, "starttls"))
            yield Field("Revocation", _select(_REVOCATION, "revocation"))
            yield Field("Trust file", PathInput(id="trust-file", placeholder="PEM, trusted as well"))
            yield Field("Client file", PathInput(id="client-file", placeholder="PEM or PKCS#12"))
            yield Field("Key file", PathInput(id="key-file", placeholder="where it is apart"))
            yield Field("Passphrase", _secret("key-passphrase", "of the client file or key"))
            yield Field("Address", _line("address", "the IP that DNS gives"))
            yield Field("Verify name", _line("verify-name", "the server name"))
            yield Field("TLS from", _select(_VERSIONS, "min-version"))
            yield Field("TLS to", _select(_VERSIONS, "max-version"))
            yield Field("Ciphers", _line("ciphers", "as OpenSSL lists them"))
            yield Field("ALPN", _line("alpn", "h2,http/1.1"))
            yield Field("Proxy", _line("proxy", "socks5://… or http://…"))
            yield Field("Proxy login", _secret("proxy-login", "name:password"))
            yield Field("Timeout", _line("timeout", f"{DEFAULT_TIMEOUT:g} seconds", restrict=_DECIMAL))
            yield Tick("send no server name", id="no-name")
            yield Tick("offer everything, however old", id="legacy")
            yield Tick("show cert to unverified host", id="unverified")

    def typed(self, form: ProbeForm) -> ProbeForm:
        """Return a form with the rarer options as they are typed."""
        return replace(
            form,
            starttls=self._chosen("starttls"),
            trust=(*form.trust, *self._files("trust-file")),
            client_cert=next(self._files("client-file"), form.client_cert),
            client_key=next(map(Path, self._files("key-file")), None),
            client_key_passphrase=self._value("key-passphrase") or None,
            server_name="" if self._ticked("no-name") else form.server_name,
            address=self._line("address"),
            verify_name=self._line("verify-name"),
            send_cert_unverified=self._ticked("unverified"),
            min_version=self._chosen("min-version") or None,
            max_version=self._chosen("max-version") or None,
            ciphers=self._line("ciphers"),
            alpn=tuple(name.strip() for name in (self._line("alpn") or "").split(",") if name.strip()),
            legacy=self._ticked("legacy"),
            proxy=with_login(self._line("proxy") or "", self._value("proxy-login")) or None,
            timeout=_seconds(self._line("timeout")),
        )

    @property
    def checks_revocation(self) -> bool:
        """Whether the lists of the store are to be gone by."""
        return self._chosen("revocation") == _LISTS

    def show(self, form: ProbeForm) -> None:
        """Fill the fields in with what a form holds."""
        self._choose("starttls", form.starttls)
        self._choose("revocation", _LISTS if form.crls else _UNCHECKED)
        self._choose("min-version", form.min_version or _ANY)
        self._choose("max-version", form.max_version or _ANY)
        self._type("address", form.address)
        self._type("verify-name", form.verify_name)
        self._type("ciphers", form.ciphers)
        self._type("alpn", ",".join(form.alpn))
        self._show_proxy(form.proxy or "")
        self._type("timeout", None if form.timeout == DEFAULT_TIMEOUT else f"{form.timeout:g}")
        self._tick("no-name", on=form.server_name == "")
        self._tick("legacy", on=form.legacy)
        self._tick("unverified", on=form.send_cert_unverified)

    def forget_client_files(self) -> None:
        """Forget the client certificate from a file, because one of the store is used now."""
        for name in ("client-file", "key-file", "key-passphrase"):
            self._type(name, None)

    def ask_for_passphrase(self) -> None:
        """Put the cursor where the passphrase of a client's key is typed."""
        self.query_one("#key-passphrase", Input).focus()

    @on(Input.Changed, "#proxy")
    def _hide_login(self, event: Input.Changed) -> None:
        """Move the password out of a URL into the field that does not show it."""
        if "@" in event.value:
            self._show_proxy(event.value)

    def _show_proxy(self, proxy: str) -> None:
        url, login = without_login(proxy)
        self._type("proxy", url)
        self._type("proxy-login", login)

    @on(PathInput.ContentPasted)
    def _refuse_content(self, event: PathInput.ContentPasted) -> None:
        event.stop()
        self.notify("That is the content of a file. Give its path here.", severity="warning", markup=False)

    def forget_host(self) -> None:
        """Forget what is about one host, because another one is dialled now."""
        self._choose("starttls", AUTO)
        self._type("address", None)
        self._type("verify-name", None)
        self._tick("no-name", on=False)

    def told(self) -> str:
        """Return what is set, in a few words; empty where nothing is. Printable."""
        return ", ".join(self._set())

    def _set(self) -> Iterator[str]:
        if (protocol := self._chosen("starttls")) != AUTO:
            yield "no STARTTLS" if protocol == NONE else f"STARTTLS {protocol}"
        for name, words in (
            ("trust-file", "trusting"),
            ("client-file", "as"),
            ("address", "dialling"),
            ("verify-name", "verifying"),
            ("ciphers", "ciphers"),
            ("alpn", "ALPN"),
            ("timeout", "timeout"),
        ):
            if value := self._line(name):
                told = Path(value).name if name.endswith("-file") else value
                yield f"{words} {shorten(printable(told), 24)}"
        for name, words in (("min-version", "from TLS"), ("max-version", "up to TLS")):
            if version := self._chosen(name):
                yield f"{words} {version}"
        if self._line("proxy"):
            yield "through a proxy"
        for name, words in (
            ("no-name", "no server name"),
            ("legacy", "everything, however old"),
            ("unverified", "cert shown unverified"),
        ):
            if self._ticked(name):
                yield words
        if self.checks_revocation:
            yield "revocation checked"

    def _line(self, name: str) -> str | None:
        return self._value(name).strip() or None

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    def _files(self, name: str) -> Iterator[str]:
        """Yield the path in a field, if one is typed."""
        if typed := self._line(name):
            yield str(expanded(typed))

    def _chosen(self, name: str) -> str:
        return str(self.query_one(f"#{name}", Select).value)

    def _ticked(self, name: str) -> bool:
        return self.query_one(f"#{name}", Tick).value

    def _type(self, name: str, value: str | None) -> None:
        self.query_one(f"#{name}", Input).value = value or ""

    def _choose(self, name: str, value: str) -> None:
        self.query_one(f"#{name}", Select).value = value

    def _tick(self, name: str, *, on: bool) -> None:
        self.query_one(f"#{name}", Tick).value = on


def _line(name: str, placeholder: str, *, restrict: str | None = None) -> LineInput:
    return LineInput(id=name, compact=True, placeholder=placeholder, restrict=restrict)


def _secret(name: str, placeholder: str) -> Input:
    return Input(id=name, compact=True, placeholder=placeholder, password=True)


def _select(choices: list[Choice], name: str) -> Select[str]:
    return Select(choices, id=name, compact=True, allow_blank=False)


def _seconds(typed: str | None) -> float:
    return DEFAULT_TIMEOUT if typed in {None, "."} else float(str(typed))

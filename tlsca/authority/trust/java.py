"""Java's trust store: the file `cacerts` of each Java that is installed, which `keytool` changes."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tlsca.authority.programs import PASSWORD_FILE, Command, installed, run
from tlsca.authority.trust.place import Contents, Held, Root, Step
from tlsca.errors import Refused, Unreadable
from tlsca.pki.read import Kind, read
from tlsca.text import printable

DEFAULT_PASSWORD = "changeit"  # noqa: S105 -- every Java comes with it: it keeps nobody out
"""What opens `cacerts` unless somebody changed it (keytool(1))."""

_WHERE = ("lib/security/cacerts", "jre/lib/security/cacerts")
_DIRECTORIES = ("/usr/lib/jvm", "/usr/java", "/opt/java")
_ALIAS = re.compile(r"^Alias name: (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class JavaKeystore:
    """The trust store of one Java."""

    path: Path
    keytool: str = "keytool"
    password: bytes | None = field(default=None, repr=False)
    """What opens it, where that is not the password it came with."""
    kind: str = "java"
    note: str = "A Java that runs already goes on with what it has read."
    only_shown: bool = False

    @property
    def title(self) -> str:
        """Whose roots they are."""
        return "Java"

    @property
    def needs_root(self) -> bool:
        """Whether the file is not ours to write to."""
        return not os.access(self.path, os.W_OK)

    def contents(self) -> Contents:
        """Return the trusted certificates in it. Raises Refused, also for a wrong password."""
        if not self.path.is_file():
            raise Refused(f"{printable(str(self.path))} is no file.", hint="Name the file cacerts of a Java.")
        listed = run(Command(self._words("-list", "-rfc"), secret=self.password)).decode("utf-8", "replace")
        parts = _ALIAS.split(listed)[1:]
        named = zip(parts[::2], parts[1::2], strict=True)
        names: dict[bytes, list[str]] = {}
        for alias, text in named:
            for der in _first(text):
                names.setdefault(der, []).append(alias.strip())
        return {Root(der).sha256: _held(Root(der), aliases) for der, aliases in names.items()}

    def adding(self, root: Root, _there: Held | None) -> tuple[Step, ...]:
        """Import it as a trusted certificate."""
        words = self._words("-importcert", "-noprompt", "-alias", root.name)
        add = root.given_to(*words, secret=self.password)
        return (Step(f"add {root.name} to {printable(str(self.path))}", add),)

    def taking(self, _root: Root, there: Held, _flags: str) -> tuple[Step, ...]:
        """Delete it by each name that it has from tlsca."""
        return tuple(
            Step(
                f"delete {printable(name)} from {printable(str(self.path))}",
                Command(self._words("-delete", "-alias", name), secret=self.password),
            )
            for name in (there.name, *there.also)
        )

    def is_ours(self, root: Root, there: Held) -> bool:
        """Say whether the alias is the one that tlsca gives, or the one that Debian makes of its file."""
        return there.name in _names(root)

    def _words(self, *words: str) -> tuple[str, ...]:
        default = ("-storepass", DEFAULT_PASSWORD)
        password = default if self.password is None else ("-storepass:file", PASSWORD_FILE)
        return (self.keytool, *words, "-keystore", str(self.path), *password)


def _names(root: Root) -> tuple[str, ...]:
    """Return the aliases of ours: Debian gives its Java what the system trusts, under a name made of the file's, and leaves it there."""
    return (root.name, f"debian:{root.name}.pem")


def _held(root: Root, aliases: list[str]) -> Held:
    ours = [name for name in _names(root) if name in aliases] or aliases[:1]
    return Held(ours[0], root.der, also=tuple(ours[1:]))


def _first(text: str) -> tuple[bytes, ...]:
    """Return the certificate of an entry; of a key's chain, which is no root, none."""
    if "trustedCertEntry" not in text:
        return ()
    try:
        return tuple(
            one.der for one in read(text.encode(), name="keytool")[:1] if one.kind is Kind.CERTIFICATE
        )
    except Unreadable:
        return ()


def java_keystores(
    environment: Mapping[str, str], *, password: bytes | None = None
) -> tuple[JavaKeystore, ...]:
    """Return the trust store of each Java found: JAVA_HOME's, that of the keytool on PATH, and those in the usual directories."""
    found: dict[Path, JavaKeystore] = {}
    for home in _homes(environment):
        for where in _WHERE:
            file = home / where
            if file.is_file():
                own = home / "bin" / "keytool"
                keytool = str(own) if own.is_file() else "keytool"
                found.setdefault(file.resolve(), JavaKeystore(file.resolve(), keytool, password))
    return tuple(found.values())


def _homes(environment: Mapping[str, str]) -> Iterator[Path]:
    if environment.get("JAVA_HOME"):
        yield Path(environment["JAVA_HOME"])
    keytool = installed("keytool")
    if keytool is not None:
        yield Path(keytool).resolve().parents[1]
    for directory in _DIRECTORIES:
        yield from sorted(Path(directory).glob("*"))

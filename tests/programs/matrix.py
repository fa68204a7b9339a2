"""Which program reads which format with which kind of key, found out by asking each of them.

    python tests/programs/matrix.py

Makes an authority and a certificate for every kind of key, exports them in every format, and has openssl, NSS, GnuTLS, Java,
Node.js and `cryptography` read every file. Prints a table and writes it to README.md beside this file; ends with status 1 where
a program refuses what it is not known to refuse.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

# ruff: noqa: E402 -- run as a script, it looks for tlsca where it stands
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.errors import Refused
from tlsca.pki.bundle import FORMATS
from tlsca.pki.keys import KINDS
from tlsca.store.vault import KdfParameters

SECRET = "a passphrase for the file"
LATTICE = ("ml-dsa-44", "ml-dsa-65", "ml-dsa-87")
EDWARDS = ("ed25519", "ed448")
YES, NO, REFUSED, NEVER = "yes", "no", "refused", "-"
FOR_PROGRAMS = tuple(form for form in FORMATS if form != "text")
"""Text is for people."""
_TRUSTED = b"changeit"


@dataclass(frozen=True)
class Case:
    """One file: a format with a kind of key; `path` is None where the export refuses."""

    form: str
    kind: str
    path: Path | None


Reader = Callable[[Sequence[Case]], list[str]]
"""Returns for each file whether it is read, in their order."""


# The files


def cases(directory: Path, kinds: Iterable[str], forms: Iterable[str]) -> list[Case]:
    """Export every format of a certificate of every kind."""
    cheap = KdfParameters(memory_kib=8, passes=1, lanes=1)
    desk = create_store(directory / "store", "correct horse battery", parameters=cheap)
    forms, made = tuple(forms), []
    for kind in kinds:
        create_authority(desk, AuthorityForm(name=f"Root {kind}", key=kind))
        publish_crl(desk, CrlForm(reference=f"Root {kind}"))
        leaf = CertificateForm(names=(f"{kind}.example",), key=kind, issuer=f"Root {kind}", profile="peer")
        record = issue(desk, leaf).record
        made += [
            Case(form, kind, _exported(desk, record.sha256, form, directory / f"{kind}.{form}"))
            for form in forms
        ]
    desk.close()
    return made


def _exported(desk, reference: str, form: str, path: Path) -> Path | None:
    secret = SECRET if FORMATS[form].has_key else None
    try:
        return export(desk, ExportForm(reference=reference, format=form, passphrase=secret), path).path
    except Refused:
        return None


# The programs


def one_by_one(commands: dict[str, Callable[[Path], list[str]]], program: str) -> Reader:
    """Return a reader that runs a command for each file."""

    def read(files: Sequence[Case]) -> list[str]:
        return [
            _ran(commands[case.form](case.path), program) if case.form in commands else NEVER
            for case in files
        ]

    return read


def _ran(words: list[str], program: str) -> str:
    done = subprocess.run(
        [program, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
    )
    return YES if done.returncode == 0 else NO


def _x509(path: Path) -> list[str]:
    return ["x509", "-noout", "-pubkey", "-in", str(path)]


def _pkcs12(path: Path, secret: str = SECRET) -> list[str]:
    return ["pkcs12", "-in", str(path), "-passin", f"pass:{secret}", "-nodes"]


OPENSSL = {
    "pem": _x509,
    "chain": _x509,
    "fullchain": _x509,
    "der": _x509,
    "key": lambda path: ["pkey", "-noout", "-in", str(path), "-passin", f"pass:{SECRET}"],
    "pem-all": lambda path: ["pkey", "-noout", "-in", str(path), "-passin", f"pass:{SECRET}"],
    "pkcs7": lambda path: ["pkcs7", "-print_certs", "-noout", "-in", str(path)],
    "pkcs12": _pkcs12,
    "pkcs12-compatible": _pkcs12,
    "truststore": lambda path: _pkcs12(path, _TRUSTED.decode()),
    "crl": lambda path: ["crl", "-noout", "-in", str(path)],
    "csr": lambda path: ["req", "-noout", "-verify", "-in", str(path)],
}


def _certtool(*words: str) -> Callable[[Path], list[str]]:
    return lambda path: [*words, "--infile", str(path)]


_GNUTLS_P12 = _certtool("--p12-info", "--inder", "--password", SECRET)
GNUTLS = {
    "pem": _certtool("-i"),
    "chain": _certtool("-i"),
    "fullchain": _certtool("-i"),
    "der": _certtool("-i", "--inder"),
    "key": _certtool("-k", "--password", SECRET),
    "pem-all": _certtool("-k", "--password", SECRET),
    "pkcs7": _certtool("--p7-info"),
    "pkcs12": _GNUTLS_P12,
    "pkcs12-compatible": _GNUTLS_P12,
    "truststore": _certtool("--p12-info", "--inder", "--password", _TRUSTED.decode()),
    "crl": _certtool("--crl-info"),
    "csr": _certtool("--crq-info"),
}


def nss(files: Sequence[Case]) -> list[str]:
    """Have NSS import each file into a store of its own."""
    return [_in_nss(case) for case in files]


def _in_nss(case: Case) -> str:
    with tempfile.TemporaryDirectory() as place:
        store = ["-d", f"sql:{place}"]
        _ran(["-N", *store, "--empty-password"], "certutil")
        if case.form in {"pem", "der"}:
            armour = ["-a"] if case.form == "pem" else []
            return _ran(["-A", *store, "-n", "it", "-t", ",,", *armour, "-i", str(case.path)], "certutil")
        if case.form in {"pkcs12", "pkcs12-compatible"}:
            return _ran(["-i", str(case.path), *store, "-W", SECRET, "-K", ""], "pk12util")
        return NEVER


def at_once(*command: str) -> Reader:
    """Return a reader that hands all files to one process, by lines on its standard input."""

    def read(files: Sequence[Case]) -> list[str]:
        lines = "".join(f"{case.form}\t{case.path}\t{SECRET}\n" for case in files)
        done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=300, check=True)
        return done.stdout.split()

    return read


def with_cryptography(files: Sequence[Case]) -> list[str]:
    """Have `cryptography` load each file."""
    return [_loaded(case) for case in files]


_SECRET = SECRET.encode()
_LOADERS: dict[str, Callable[[bytes], object]] = {
    "pem": lambda data: x509.load_pem_x509_certificate(data).public_key(),
    "chain": x509.load_pem_x509_certificates,
    "fullchain": x509.load_pem_x509_certificates,
    "der": lambda data: x509.load_der_x509_certificate(data).public_key(),
    "key": lambda data: serialization.load_pem_private_key(data, _SECRET),
    "pem-all": lambda data: serialization.load_pem_private_key(data, _SECRET),
    "pkcs7": pkcs7.load_pem_pkcs7_certificates,
    "pkcs12": lambda data: pkcs12.load_pkcs12(data, _SECRET),
    "pkcs12-compatible": lambda data: pkcs12.load_pkcs12(data, _SECRET),
    "truststore": lambda data: pkcs12.load_pkcs12(data, _TRUSTED),
    "crl": x509.load_pem_x509_crl,
    "csr": lambda data: x509.load_pem_x509_csr(data).public_key(),
    "ssh-public": serialization.load_ssh_public_key,
}


def _loaded(case: Case) -> str:
    load = _LOADERS.get(case.form)
    if load is None or case.path is None:
        return NEVER
    try:
        load(case.path.read_bytes())
    except (ValueError, TypeError):
        return NO
    return YES


@dataclass(frozen=True)
class Program:
    """One that reads: how, how its version is asked for, and the kinds of key that it is known not to know."""

    name: str
    read: Reader
    version: tuple[str, ...]
    gaps: tuple[str, ...]
    needs: str


PROGRAMS = (
    Program("openssl", one_by_one(OPENSSL, "openssl"), ("openssl", "version"), LATTICE, "openssl"),
    Program("NSS", nss, ("dpkg-query", "-W", "-f", "NSS ${Version}", "libnss3-tools"), (*EDWARDS, *LATTICE), "pk12util"),
    Program("GnuTLS", one_by_one(GNUTLS, "certtool"), ("certtool", "--version"), LATTICE, "certtool"),
    Program("Java", at_once("java", str(HERE / "ReadAll.java")), ("java", "--version"), LATTICE, "javac"),
    Program("Node", at_once("node", str(HERE / "read_all.mjs")), ("node", "--version"), LATTICE, "node"),
    Program("cryptography", with_cryptography, (sys.executable, "-m", "pip", "show", "cryptography"), (), sys.executable),
)  # fmt: skip


# The table


def measure(files: Sequence[Case], programs: Sequence[Program]) -> dict[tuple[str, str, str], str]:
    """Return what each program says of each file, by format, kind and program's name."""
    written = [case for case in files if case.path is not None]
    found = {(case.form, case.kind, one.name): REFUSED for case in files for one in programs}
    for one in programs:
        answers = one.read(written)
        found |= {(case.form, case.kind, one.name): told for case, told in zip(written, answers, strict=True)}
    return found


def surprises(found: dict[tuple[str, str, str], str], programs: Sequence[Program]) -> list[str]:
    """Return what a program does not read although nothing is known against it, or what was not written without a reason."""
    gaps = {one.name: one.gaps for one in programs}
    odd = [key for key, told in found.items() if told == NO and key[1] not in gaps[key[2]]]
    odd += [key for key, told in found.items() if told == REFUSED and not _may_be_refused(key[0], key[1])]
    return [f"{program} does not read {form} with {kind}" for form, kind, program in odd]


def _may_be_refused(form: str, kind: str) -> bool:
    """Say whether a format cannot hold a kind of key: PKCS#12 has no ML-DSA yet, OpenSSH neither that nor Ed448, nor has JWK ML-DSA."""
    no_lattice = {"pkcs12", "pkcs12-compatible", "ssh-public", "jwk"}
    return (kind in LATTICE and form in no_lattice) or (form, kind) == ("ssh-public", "ed448")


def table(found: dict[tuple[str, str, str], str], programs: Sequence[Program]) -> str:
    """Return a Markdown table; kinds of key that fare alike in a format share a line."""
    names = [one.name for one in programs]
    rows: dict[tuple[str, ...], list[str]] = {}
    for form, kind in dict.fromkeys((form, kind) for form, kind, _ in found):
        rows.setdefault((form, *(found[form, kind, name] for name in names)), []).append(kind)
    order = list(dict.fromkeys(form for form, _, _ in found))
    lines = [f"| format | key | {' | '.join(names)} |", "| --- " * (len(names) + 2) + "|"]
    for (form, *told), kinds in sorted(rows.items(), key=lambda row: order.index(row[0][0])):
        lines.append(f"| `{form}` | {', '.join(kinds)} | {' | '.join(told)} |")
    return "\n".join(lines)


def version_of(program: Program) -> str:
    """Return which version of a program is here, as the page names it."""
    done = subprocess.run(program.version, capture_output=True, text=True, check=False)
    lines = [
        line
        for line in done.stdout.splitlines()
        if program.name != "cryptography" or line.startswith("Version")
    ]
    return f"{program.name}: {lines[0].strip() if lines else 'unknown'}"


def main() -> int:
    """Measure everything there is, print the table, and write README.md."""
    present = [one for one in PROGRAMS if shutil.which(one.needs)]
    with tempfile.TemporaryDirectory() as place:
        found = measure(cases(Path(place), KINDS, FOR_PROGRAMS), present)
    shown = table(found, present)
    odd = surprises(found, present)
    versions = "\n".join(f"- {version_of(one)}" for one in present)
    text = _README.format(table=shown, versions=versions)
    (HERE / "README.md").write_text(text)
    sys.stdout.write("\n".join([shown, *odd]) + "\n")
    return 1 if odd else 0


_README = """\
# What is read by what

Every format that tlsca exports, with every kind of key, read by six programs. `python tests/programs/matrix.py` makes this page.

`yes`: read, the private key with its passphrase where there is one. `no`: refused by the program. `refused`: the format cannot hold
such a key, which tlsca says before anything is written. `-`: the program has no reader for the format.

{table}

Measured with:

{versions}

The gaps: NSS imports no keys on Edwards curves, and nothing here but `cryptography` knows ML-DSA yet (OpenSSL does from 3.5 on).
PKCS#12 cannot hold ML-DSA keys.

The other files here run the programs of `tlsca export --for` with the lines of the README that is written with the files.
"""

if __name__ == "__main__":
    sys.exit(main())

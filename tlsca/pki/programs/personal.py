"""What people import with a double click or a tap: browsers, Windows, macOS, iOS and Android, by PKCS#12 and a root beside it.

Where AES-256 is not read, 3DES with a SHA-1 MAC is: macOS up to 14, Windows before 10 1709 and Server 2019, older Android answer
anything newer with "wrong password".
"""

from collections.abc import Callable
from dataclasses import dataclass

from tlsca.pki.programs.handover import Handover, Purpose
from tlsca.pki.programs.pem_files import formatted, root_der
from tlsca.pki.programs.recipe import (
    EDWARDS,
    POST_QUANTUM,
    Block,
    Outfile,
    Program,
    Recipe,
    Secrecy,
    Variant,
    trust,
)

_Blocks = Callable[[Handover], tuple[Block, ...]]
_NO_SUCH_KEYS = POST_QUANTUM | EDWARDS
_HOLDERS = frozenset({Purpose.CLIENT, Purpose.OTHER})


@dataclass(frozen=True, slots=True)
class _Device:
    """Where a PKCS#12 and a root are imported, and how."""

    form: str
    suffix: str
    root: str
    identity: _Blocks
    trust: _Blocks
    notes: tuple[str, ...] = ()

    def holder(self, it: Handover) -> Recipe:
        """Return key and chain as PKCS#12, and the root if it is known."""
        name = it.stem + self.suffix
        cipher = "3DES, SHA-1 MAC" if self.form == "pkcs12-compatible" else "AES-256"
        title = (
            f"private key and chain as PKCS#12 ({cipher})"
            if it.sealed
            else "private key and chain as PKCS#12, in the clear"
        )
        file = Outfile(name, title, lambda: formatted(it, self.form), private=True)
        if it.root is None:
            return Recipe(place=".", files=(file,), blocks=self.identity(it), notes=self.notes)
        blocks = (*self.identity(it), *self.trust(it))
        return Recipe(place=".", files=(file, root_der(it, self.root)), blocks=blocks, notes=self.notes)

    def truster(self, it: Handover) -> Recipe:
        """Return the root alone."""
        return Recipe(place=".", files=(root_der(it, self.root),), blocks=self.trust(it))


def _browser_identity(it: Handover) -> tuple[Block, ...]:
    return (
        Block("Firefox", "Firefox keeps its own store:", f"Settings > Privacy & Security > View Certificates > Your Certificates > Import: {it.stem}.p12\n"),
        Block("Chromium on Linux", "Chrome and Chromium on Linux read the NSS store of the user (libnss3-tools; it asks for the passphrase):", f'pk12util -i {it.stem}.p12 -d "sql:$HOME/.pki/nssdb"\n'),
    )  # fmt: skip


def _browser_trust(it: Handover) -> tuple[Block, ...]:
    return (
        Block("Firefox root", "To trust the root, in Firefox:", "Settings > Privacy & Security > View Certificates > Authorities > Import: root.der, for websites\n"),
        Block("Chromium root", "And in Chrome and Chromium on Linux:", f'certutil -d "sql:$HOME/.pki/nssdb" -A -t C,, -n "{it.stem} root" -i root.der\n'),
    )  # fmt: skip


def _windows_identity(it: Handover) -> tuple[Block, ...]:
    text = f'Import-PfxCertificate -FilePath "{it.stem}.pfx" -CertStoreLocation Cert:\\CurrentUser\\My -Password (Read-Host -AsSecureString)\n'
    return (
        Block(
            "PowerShell",
            "In PowerShell; for a service, as administrator and with Cert:\\LocalMachine\\My:",
            text,
        ),
    )


def _windows_trust(_: Handover) -> tuple[Block, ...]:
    text = "Import-Certificate -FilePath root.cer -CertStoreLocation Cert:\\LocalMachine\\Root\n"
    return (Block("PowerShell root", "To trust the root, as administrator:", text),)


def _certutil_identity(it: Handover) -> tuple[Block, ...]:
    return (
        Block(
            "certutil",
            "At a prompt; without -user it goes to the machine's store:",
            f'certutil -user -importpfx "{it.stem}.pfx"\n',
        ),
    )


def _certutil_trust(_: Handover) -> tuple[Block, ...]:
    return (
        Block("certutil root", "To trust the root, as administrator:", "certutil -addstore Root root.cer\n"),
    )


def _macos_identity(it: Handover) -> tuple[Block, ...]:
    text = f'security import "{it.stem}.p12" -k ~/Library/Keychains/login.keychain-db\n'
    return (Block("security", "In a terminal (it asks for the passphrase), or by a double click:", text),)


def _macos_trust(_: Handover) -> tuple[Block, ...]:
    text = "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain root.cer\n"
    return (Block("security root", "To trust the root:", text),)


def _ios_identity(it: Handover) -> tuple[Block, ...]:
    text = f"Send {it.stem}.p12 to the device (AirDrop, Files), open it, then: Settings > Profile Downloaded > Install\n"
    return (Block("iOS", "On the iPhone or iPad:", text),)


def _ios_trust(_: Handover) -> tuple[Block, ...]:
    text = (
        "Send root.cer to the device, open it, then: Settings > Profile Downloaded > Install\n"
        "Settings > General > About > Certificate Trust Settings: turn full trust on for it\n"
    )
    return (
        Block(
            "iOS root", "To trust the root; without the second step it is installed and not trusted:", text
        ),
    )


def _android_identity(it: Handover) -> tuple[Block, ...]:
    text = f"Settings > Security > Encryption & credentials > Install a certificate > VPN & app user certificate: {it.stem}.p12\n"
    return (Block("Android", "On the device:", text),)


def _android_trust(_: Handover) -> tuple[Block, ...]:
    text = (
        "Settings > Security > Encryption & credentials > Install a certificate > CA certificate: root.crt\n"
    )
    return (
        Block(
            "Android root",
            "To trust the root (apps follow it only where their network security configuration says so):",
            text,
        ),
    )


_BROWSER = _Device("pkcs12", ".p12", "root.der", _browser_identity, _browser_trust)
_WINDOWS = _Device(
    "pkcs12", ".pfx", "root.cer", _windows_identity, _windows_trust,
    ("This is read from Windows 10 1709 and Server 2019 on; older ones say “wrong password”: export for windows-old.",),
)  # fmt: skip
_WINDOWS_OLD = _Device("pkcs12-compatible", ".pfx", "root.cer", _certutil_identity, _certutil_trust)
_MACOS = _Device(
    "pkcs12-compatible", ".p12", "root.cer", _macos_identity, _macos_trust,
    ("Servers are accepted only with a subject alternative name and at most 825 days of validity.",),
)  # fmt: skip
_IOS = _Device("pkcs12-compatible", ".p12", "root.cer", _ios_identity, _ios_trust)
_ANDROID = _Device("pkcs12-compatible", ".p12", "root.crt", _android_identity, _android_trust)


def _program(
    name: str, title: str, device: _Device, *, serves: bool, secrecy: Secrecy = Secrecy.SEALED_ONLY
) -> Program:
    purposes = _HOLDERS | ({Purpose.SERVER} if serves else set())
    identity = Variant(name="identity", purposes=purposes, build=device.holder, secrecy=secrecy)
    trusts = trust(device.truster, Purpose.SERVER)
    return Program(name, title, (identity, trusts), _NO_SUCH_KEYS, "which it does not import")


BROWSER = _program("browser", "browsers", _BROWSER, serves=False, secrecy=Secrecy.EITHER)
WINDOWS = _program("windows", "Windows", _WINDOWS, serves=True)
WINDOWS_OLD = _program("windows-old", "older Windows", _WINDOWS_OLD, serves=True)
MACOS = _program("macos", "macOS", _MACOS, serves=True)
IOS = _program("ios", "iOS and iPadOS", _IOS, serves=False)
ANDROID = _program("android", "Android", _ANDROID, serves=False)

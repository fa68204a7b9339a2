"""Certificates for a server, each with a new P-256 key, signed by an authority that is there already.

Each program does it as its manual says, and keeps what it keeps by default: tlsca seals every key, logs the act and syncs it to the disk;
easy-rsa encrypts the authority's key; the others leave every key in a file in the clear, and nobody else waits for the disk.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from bench import PASSPHRASE, TLSCA, Bench
from contest import Act, Contender, Contest

from tlsca.authority import bulk
from tlsca.authority.desk import Desk
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store, open_store, unlock

ROUNDS = 7
_ROWS = {True: 20, False: 500}
_EXTENSIONS = """basicConstraints=CA:FALSE
keyUsage=digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=DNS:{name}
"""
_CA = """[ca]
default_ca=here
[here]
database={ca}/index.txt
new_certs_dir={ca}
serial={ca}/serial
certificate={ca}/root.pem
private_key={ca}/root.key
default_md=sha256
policy=any
unique_subject=no
[any]
commonName=supplied
"""
_TEMPLATE = "cn={name}\ndns_name={name}\ntls_www_server\nsigning_key\nexpiration_days=90\n"
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def contest(bench: Bench) -> Contest:
    """Return the contest; the authorities are made here, so that no round waits for them."""
    _new_stores(bench)
    ca = bench.directory / "openssl"
    ca.mkdir()
    if openssl := bench.path("openssl"):
        _new_root(bench, openssl, ca)
    rows = _ROWS[bench.quick]
    has_root = openssl is not None
    return Contest(
        title="Issue certificates",
        about="A new P-256 key and a certificate for one host name, signed by an authority that is there already. tlsca opens its sealed store with"
        " Argon2id in each process, seals the new key, logs the act, and answers when all of it is on the disk. easy-rsa decrypts the authority's"
        " key; openssl, mkcert and certtool have it in the clear. None of them syncs, and openssl x509, mkcert and certtool"
        " keep no record of what they signed.",
        unit="certificate",
        rounds=ROUNDS,
        contenders=(
            Contender(name="tlsca issue", does="one process each", act=_tlsca_issue(bench)),
            Contender(
                name="tlsca issue --from-csv",
                does=f"{rows} in one process",
                act=_tlsca_csv(bench, rows),
                units=rows,
            ),
            Contender(
                name="tlsca, in process",
                does="in the open app, one act each",
                act=_in_process(bench, "acts", _one_by_one),
                units=_ROWS[True],
            ),
            Contender(
                name="tlsca, bulk in process",
                does=f"in the open app, {rows} in one act",
                act=_in_process(bench, "bulk", lambda desk: bulk.issue_many(desk, _table(bench, rows))),
                units=rows,
            ),
            Contender(
                name="openssl req, openssl x509",
                does="two processes each, no record",
                act=bench.act_of("openssl", lambda path: _openssl_x509(bench, path, ca)),
            ),
            Contender(
                name="openssl req, openssl ca",
                does="two processes each, a text database",
                act=bench.act_of("openssl", lambda path: _openssl_ca(bench, path, ca)),
            ),
            Contender(
                name="easyrsa build-server-full",
                does="a shell script around openssl",
                act=bench.act_of("easyrsa", lambda path: _easyrsa(bench, path)),
            ),
            Contender(
                name="mkcert -ecdsa",
                does="one process each, no record",
                act=bench.act_of("mkcert", lambda path: _mkcert(bench, path, ca)) if has_root else None,
            ),
            Contender(
                name="certtool",
                does="two processes each, no record",
                act=bench.act_of("certtool", lambda path: _certtool(bench, path, ca)) if has_root else None,
            ),
        ),
    )


def _new_stores(bench: Bench) -> None:
    first = bench.directory / "store"
    desk = create_store(first, PASSPHRASE)
    create_authority(desk, AuthorityForm(name="Root"))
    desk.close()
    for name in ("csv", "acts", "bulk"):
        shutil.copytree(first, bench.directory / f"store-{name}")


def _tlsca_issue(bench: Bench) -> Act:
    store = str(bench.directory / "store")
    return lambda: bench.seconds((*TLSCA, "issue", bench.name()), TLSCA_STORE=store)


def _tlsca_csv(bench: Bench, rows: int) -> Act:
    store, table = str(bench.directory / "store-csv"), bench.directory / "table.csv"

    def act() -> float:
        table.write_text("\n".join(["name", *(bench.name() for _ in range(rows))]))
        return bench.seconds((*TLSCA, "issue", "--from-csv", table), TLSCA_STORE=store)

    return act


def _in_process(bench: Bench, store: str, work: Callable[[Desk], object]) -> Act:
    desk = open_store(bench.directory / f"store-{store}")
    unlock(desk, PASSPHRASE)

    def act() -> float:
        begun = time.perf_counter()
        work(desk)
        return time.perf_counter() - begun

    return act


def _one_by_one(desk: Desk) -> None:
    for number in range(_ROWS[True]):
        issue(desk, CertificateForm(names=(f"host{number}.example.com",)))


def _table(bench: Bench, rows: int) -> tuple[bulk.Row, ...]:
    return bulk.read_lines("\n".join(bench.name() for _ in range(rows)), usual=CertificateForm(names=()))


def _new_root(bench: Bench, openssl: Path, ca: Path) -> None:
    key, root = ca / "root.key", ca / "root.pem"
    bench.run(
        openssl, "req", "-x509", *_NEW_KEY, "-keyout", key, "-out", root, "-days", "3650", "-subj", "/CN=Root"
    )
    (ca / "index.txt").touch()
    (ca / "serial").write_text("1000\n")
    (ca / "ca.cnf").write_text(_CA.format(ca=ca))


def _requested(openssl: Path, ca: Path, name: str) -> tuple[str | Path, ...]:
    (ca / "extensions").write_text(_EXTENSIONS.format(name=name))
    key, request = ca / f"{name}.key", ca / f"{name}.csr"
    return (openssl, "req", *_NEW_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")


def _openssl_x509(bench: Bench, openssl: Path, ca: Path) -> Act:
    by = ("-CA", ca / "root.pem", "-CAkey", ca / "root.key", "-days", "90", "-extfile", ca / "extensions")

    def act() -> float:
        name = bench.name()
        sign = (openssl, "x509", "-req", "-in", ca / f"{name}.csr", "-out", ca / f"{name}.pem", *by)
        return bench.seconds(_requested(openssl, ca, name), sign)

    return act


def _openssl_ca(bench: Bench, openssl: Path, ca: Path) -> Act:
    by = ("-config", ca / "ca.cnf", "-days", "90", "-extfile", ca / "extensions", "-batch", "-notext")

    def act() -> float:
        name = bench.name()
        sign = (openssl, "ca", "-in", ca / f"{name}.csr", "-out", ca / f"{name}.pem", *by)
        return bench.seconds(_requested(openssl, ca, name), sign)

    return act


def _easyrsa(bench: Bench, easyrsa: Path) -> Act:
    secret, again = bench.directory / "passphrase", bench.directory / "passphrase-again"
    for file in (secret, again):  # openssl reads two lines where both are the same file
        file.write_text(f"{PASSPHRASE}\n")
    base = (
        easyrsa, "--batch", f"--pki-dir={bench.directory / 'easy-rsa'}", "--use-algo=ec", "--curve=prime256v1",
        "--digest=sha256", f"--passin=file:{secret}",
    )  # fmt: skip
    bench.run(*base, "init-pki")
    bench.run(*base, f"--passout=file:{again}", "build-ca")

    def act() -> float:
        name = bench.name()
        named = (f"--subject-alt-name=DNS:{name}", "--days=90", "build-server-full", name, "nopass")
        return bench.seconds((*base, *named))

    return act


def _mkcert(bench: Bench, mkcert: Path, ca: Path) -> Act:
    root = bench.directory / "mkcert"
    root.mkdir()
    shutil.copy(ca / "root.pem", root / "rootCA.pem")
    shutil.copy(ca / "root.key", root / "rootCA-key.pem")

    def act() -> float:
        name = bench.name()
        files = ("-cert-file", root / f"{name}.pem", "-key-file", root / f"{name}.key")
        return bench.seconds((mkcert, "-ecdsa", *files, name), CAROOT=str(root))

    return act


def _certtool(bench: Bench, certtool: Path, ca: Path) -> Act:
    directory = bench.directory / "certtool"
    directory.mkdir()
    by = ("--load-ca-certificate", ca / "root.pem", "--load-ca-privkey", ca / "root.key")
    template = directory / "template"

    def act() -> float:
        name = bench.name()
        key, out = directory / f"{name}.key", directory / f"{name}.pem"
        template.write_text(_TEMPLATE.format(name=name))
        new = (
            certtool,
            "--generate-privkey",
            "--key-type",
            "ecdsa",
            "--curve",
            "secp256r1",
            "--outfile",
            key,
        )
        sign = (certtool, "--generate-certificate", "--load-privkey", key, *by, "--template", template)
        return bench.seconds(new, (*sign, "--outfile", out))

    return act

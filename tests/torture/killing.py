"""Kill whoever works at a store, at random moments, and look each time what is left of it.

    python tests/torture/killing.py DIRECTORY [KILLS [SEED]]

A worker, a process of its own, issues, revokes, imports, publishes and exports in a loop, and says of each act on a pipe when it has
returned; only then the act counts as acknowledged. It is killed (SIGKILL) after a random time, often before its store is open. Another
process then opens the store and tells all that it finds, which is held against everything acknowledged since the store was made. What
was found goes to standard output as JSON. Processes are forked from one that has imported everything and opened nothing.
"""

import hashlib
import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority import keeping
from tlsca.authority.bulk import issue_many, read_lines
from tlsca.authority.desk import Desk
from tlsca.authority.doctor import examine
from tlsca.authority.exporting import ExportForm, export
from tlsca.authority.importing import import_files
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.lists import full_list, load_list
from tlsca.authority.publishing import CrlForm, publish_crl
from tlsca.authority.revoking import RevocationForm, revoke
from tlsca.pki.lint import Level
from tlsca.pki.names import dn
from tlsca.store.lock import StoreLock
from tlsca.store.vault import KdfParameters

PASSPHRASE = "correct horse battery"
LIVES = 50
"""After so many kills the next store is begun, so that looking at it stays quick."""
LONGEST = 0.4
"""Seconds after which a worker is killed at the latest."""
MANY = 40
"""Rows of a bulk: enough for the objects to be made durable together."""
_FILES = re.compile(r"journal\.jsonl|lock|journal\.torn-\d+|objects/[0-9a-f]{2}/[0-9a-f]{64}\.pem")

Acknowledged = dict[str, object]


@dataclass
class Torture:
    """One store, and everything that was acknowledged since it was made."""

    directory: Path
    dice: random.Random
    certificates: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    files: dict[str, str] = field(default_factory=dict)
    number: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    """Which act the worker was amid."""
    torn: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def store(self) -> Path:
        return self.directory / "store"

    @property
    def exports(self) -> Path:
        return self.directory / "exports"

    # One life

    def kill_one(self) -> None:
        """Let a worker live for a while, kill it, and look."""
        lifetime = self.dice.random() ** 2 * LONGEST
        seed = self.dice.random()
        child, pipe = forked(lambda write: work(self.store, self.exports, random.Random(seed), write))  # noqa: S311 -- which act is next is no secret
        time.sleep(lifetime)
        os.kill(child, signal.SIGKILL)
        said = pipe.read()
        pipe.close()
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            self.faults.append(f"the worker ended by itself: {said[-500:]!r}")
        lines = [json.loads(line) for line in said.splitlines(keepends=True) if line.endswith("\n")]
        for line in lines:
            self.acknowledge(line)
        self.killed[lines[-1].get("begun", "between two acts") if lines else "opening"] += 1
        self.look()

    def acknowledge(self, line: Acknowledged) -> None:
        """Remember what a worker said to have done."""
        if "begun" in line:
            return
        self.acts[line["act"]] += 1
        self.certificates.update(line.get("certificates", ()))
        self.revoked.update(line.get("revoked", ()))
        self.files.update(line.get("files", {}))
        self.number = max(self.number, line.get("number", 0))

    def look(self) -> None:
        """Hold what a fresh process finds against what was acknowledged."""
        found = heard(lambda write: tell(write, inspect(self.store, self.exports)))
        self.torn += found["torn"]
        self.faults += found["faults"]
        there = set(found["certificates"])
        checks = {
            "certificates are lost": self.certificates - there,
            "revocations are lost": self.revoked - set(found["revoked"]),
            "CRL numbers went back": {self.number} if found["number"] < self.number else (),
            "exports are not whole": [
                path for path, digest in self.files.items() if digest_of(path) != digest
            ],
        }
        self.faults += [f"{what}: {sorted(which)[:3]}" for what, which in checks.items() if which]


def forked(act: Callable[[int], None]):
    """Run something in a process of its own; return its number and what it writes to the descriptor that it is given."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            act(write)
        except BaseException as error:  # noqa: BLE001 -- whatever it is, it is told and not raised in the copy of the parent
            os.write(write, repr(error).encode())
        finally:
            os._exit(1)
    os.close(write)
    return child, os.fdopen(read, "r")


def heard(act: Callable[[int], None]) -> object:
    """Return what a process of its own has to tell; it is an error if that is nothing."""
    child, pipe = forked(act)
    said = pipe.read()
    pipe.close()
    os.waitpid(child, 0)
    assert said[:1] in {"{", "[", '"'}, said
    return json.loads(said)


def tell(write: int, line: object) -> None:
    octets = json.dumps(line).encode() + b"\n"
    while octets:
        octets = octets[os.write(write, octets) :]


def digest_of(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""


# What the worker does


def work(store: Path, exports: Path, dice: random.Random, write: int) -> None:
    """Act until killed."""
    desk = keeping.open_store(store)
    keeping.unlock(desk, PASSPHRASE)
    while True:
        act = dice.choices(list(ACTS), weights=[weight for weight, _ in ACTS.values()])[0]
        tell(write, {"begun": act})
        tell(write, {"act": act} | ACTS[act][1](desk, exports, dice))


def issue_one(desk: Desk, exports: Path, dice: random.Random) -> Acknowledged:
    made = issue(desk, CertificateForm(names=(f"{dice.getrandbits(64):x}.example",), issuer="Root"))
    return {"certificates": [made.record.sha256]}


def issue_some(desk: Desk, exports: Path, dice: random.Random) -> Acknowledged:
    mark = f"{dice.getrandbits(64):x}"
    names = "".join(f"{number}.{mark}.bulk\n" for number in range(MANY))
    made = issue_many(desk, read_lines(names, usual=CertificateForm(names=(), issuer="Root")))
    return {"certificates": [one.record.sha256 for one in made]}


def revoke_one(desk: Desk, exports: Path, dice: random.Random) -> Acknowledged:
    root = desk.ledger.by_name("root")[0]
    live = [one for one in desk.ledger.by_issuer(root.id) if not one.is_authority and not one.revoked_at]
    if not live:
        return {}
    record = dice.choice(live)
    revoke(desk, RevocationForm(references=(record.sha256,)))
    return {"revoked": [record.sha256]}


def import_one(desk: Desk, exports: Path, dice: random.Random) -> Acknowledged:
    path = exports.parent / "foreign.pem"
    if not path.exists():
        foreign(path, dice)
    import_files(desk, [path], passphrase=None)
    fingerprint = x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256())
    path.unlink()
    return {"certificates": [fingerprint.hex()]}


def foreign(path: Path, dice: random.Random) -> None:
    """Make a certificate that the store does not have."""
    key, name, now = (
        ec.generate_private_key(ec.SECP256R1()),
        dn(f"CN=Foreign {dice.getrandbits(64):x}"),
        datetime.now(UTC),
    )
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=9)
    )
    certificate = builder.sign(key, hashes.SHA256())
    beside = path.with_suffix(".new")
    beside.write_bytes(certificate.public_bytes(Encoding.PEM))
    beside.replace(path)


def publish(desk: Desk, exports: Path, dice: random.Random) -> Acknowledged:
    return {"number": publish_crl(desk, CrlForm(reference="Root")).record.number}


def export_one(desk: Desk, exports: Path, dice: random.Random) -> Acknowledged:
    record = dice.choice([one for one in desk.ledger.certificates() if desk.has_key(one)])
    form = ExportForm(reference=record.sha256, format="key", clear_key=True)
    path = export(desk, form, exports / f"{record.sha256}.key", force=True).path
    return {"files": {str(path): digest_of(str(path))}}


ACTS = {
    "issue": (8, issue_one),
    "revoke": (6, revoke_one),
    "import": (3, import_one),
    "bulk": (1, issue_some),
    "crl": (3, publish),
    "export": (4, export_one),
}


# What is left


def inspect(store: Path, exports: Path) -> dict[str, object]:
    """Open the store, as the next program would, and tell all of it."""
    with StoreLock(store / "lock").held(patience=0):
        pass
    desk = keeping.open_store(store)
    records = desk.ledger.certificates()
    root = desk.ledger.by_name("root")[0]
    published = full_list(desk, root)
    return {
        "certificates": [record.sha256 for record in records],
        "revoked": [record.sha256 for record in records if record.revoked_at],
        "number": published.number if published else 0,
        "torn": len(desk.ledger.notices),
        "faults": [*faults(desk, store), *faults_of_exports(desk, exports)],
    }


def faults(desk: Desk, store: Path) -> Iterator[str]:
    """Yield whatever a person would have to put right."""
    if desk.ledger.read_only:
        yield f"read-only: {desk.ledger.read_only}"
    if desk.ledger.verify() != desk.ledger.position:
        yield "the log does not verify"
    records = desk.ledger.certificates()
    for record in records:
        desk.certificate(record)
    root = desk.ledger.by_name("root")[0]
    published = full_list(desk, root)
    if published is not None:
        load_list(desk, published)
    serials = [record.serial for record in records if record.issuer_id == root.id]
    if len(serials) != len(set(serials)):
        yield "a serial number was used twice"
    rows = Counter(
        record.names[0].split(".")[1]
        for record in records
        if record.names and record.names[0].endswith(".bulk")
    )
    if set(rows.values()) - {MANY}:
        yield "a bulk was kept in part"
    yield from strays(store)


def strays(store: Path) -> Iterator[str]:
    """Yield files that do not belong into a store, and objects that no line of its journal names."""
    names = [str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()]
    journal = (store / "journal.jsonl").read_text("ascii")
    named = set(re.findall(r"[0-9a-f]{64}", journal))
    for name in names:
        if not _FILES.fullmatch(name):
            yield f"{name} was left"
        elif name.endswith(".pem") and Path(name).stem not in named:
            yield f"{name} belongs to nothing"


def faults_of_exports(desk: Desk, exports: Path) -> Iterator[str]:
    """Yield what is left where files were exported to, once another one was."""
    export(desk, ExportForm(reference="Root", format="pem"), exports / "root.pem", force=True)
    for path in exports.iterdir():
        if path.suffix not in {".key", ".pem"}:
            yield f"{path.name} was left among the exports"


def diagnosis(store: Path) -> list[str]:
    """Return the errors that the doctor finds."""
    desk = keeping.open_store(store)
    return [f"{one.code}: {one.message}" for one in examine(desk).remarks if one.level is Level.ERROR]


# All of it


def begin(one: Torture) -> str:
    """Make the store and a root in it."""
    one.exports.mkdir(parents=True)
    parameters = KdfParameters(memory_kib=8, passes=1, lanes=1)
    desk = keeping.create_store(one.store, PASSPHRASE, parameters=parameters)
    return create_authority(desk, AuthorityForm(name="Root")).record.sha256


def main(directory: Path, kills: int, seed: int) -> int:
    """Kill so many times; return the status of the program."""
    dice = random.Random(seed)  # noqa: S311 -- likewise
    done: list[Torture] = []
    while kills > 0:
        one = Torture(directory / str(len(done)), dice)
        heard(lambda write, one=one: tell(write, begin(one)))
        for _ in range(min(kills, LIVES)):
            one.kill_one()
        one.faults += heard(lambda write, one=one: tell(write, diagnosis(one.store)))
        kills -= LIVES
        done.append(one)
    report = {
        "kills": sum(sum(one.killed.values()) for one in done),
        "amid": dict(sum((one.killed for one in done), Counter())),
        "acknowledged": dict(sum((one.acts for one in done), Counter())),
        "certificates": sum(len(one.certificates) for one in done),
        "torn": sum(one.torn for one in done),
        "faults": [fault for one in done for fault in one.faults][:20],
    }
    sys.stdout.write(json.dumps(report) + "\n")
    return 1 if report["faults"] else 0


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[2:]]
    sys.exit(main(Path(sys.argv[1]), *([*given, *(300, int(time.time()))[len(given) :]])))

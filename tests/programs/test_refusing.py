"""What no program could use is refused in one sentence, before anything is written or written down."""

import pytest

from tlsca.authority import keeping
from tlsca.authority.deploying import DeployForm, deploy, plan
from tlsca.authority.destinations import destinations
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.keeping import create_store
from tlsca.errors import PassphraseMissing, PassphraseWeak, Refused, UsageError
from tlsca.pki.programs.catalogue import PROGRAMS
from tlsca.store.vault import KdfParameters

SECRET = "a passphrase for the file"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    directory = tmp_path_factory.mktemp("refusing") / "store"
    made = create_store(
        directory, "correct horse battery", parameters=KdfParameters(memory_kib=8, passes=1, lanes=1)
    )
    create_authority(made, AuthorityForm(name="Root"))
    for name, fields in {
        "www.example": {},
        "alice": {"profile": "client"},
        "release": {"profile": "code"},
        "edwards": {"profile": "client", "key": "ed25519"},
        "lattice.example": {"key": "ml-dsa-44"},
    }.items():
        issue(made, CertificateForm(names=(name,), **fields))
    yield made
    made.close()


@pytest.fixture
def refuses(desk, tmp_path):
    """Return a function that sees a deployment refused, with nothing written and no act in the log."""

    def refused(error, pattern, reference, program, *, passphrase=SECRET, **fields):
        before = len(keeping.history(desk))
        form = DeployForm(reference=reference, program=program, passphrase=passphrase, **fields)
        with pytest.raises(error, match=pattern) as caught:
            deploy(desk, form, tmp_path / "out")
        assert list(tmp_path.iterdir()) == []
        assert len(keeping.history(desk)) == before
        assert "\n" not in caught.value.sentence
        assert caught.value.hint

    return refused


@pytest.mark.parametrize("name", ["haproxy", "mysql", "mosquitto", "kubernetes"])
def test_a_program_that_cannot_be_told_a_passphrase_takes_no_key_under_one(refuses, name):
    refuses(Refused, "no way to tell", "www.example", name)


@pytest.mark.parametrize("name", ["windows", "macos", "java", "ios"])
def test_a_program_that_wants_a_passphrase_takes_no_pkcs12_without(refuses, name):
    refuses(Refused, "without a passphrase", "alice", name, passphrase=None, clear_key=True)


@pytest.mark.parametrize(
    ("reference", "name", "pattern"),
    [
        ("alice", "nginx", "certificate of a server, and this one is for a client"),
        ("Root", "nginx", "this one is for an authority"),
        ("release", "postgresql", "mail, code or documents"),
    ],
)
def test_a_certificate_for_something_else_is_of_no_use(refuses, reference, name, pattern):
    refuses(Refused, pattern, reference, name)


@pytest.mark.parametrize("name", ["browser", "windows", "macos", "ios", "android"])
def test_edwards_curves_do_not_go_where_nobody_imports_them(refuses, name):
    refuses(Refused, "of kind ed25519", "edwards", name)


def test_post_quantum_keys_do_not_go_where_pkcs12_is_read(refuses):
    refuses(Refused, "of kind ml-dsa-44", "lattice.example", "java")


def test_where_openssl_reads_post_quantum_keys_the_version_is_said_beforehand(desk, tmp_path):
    form = DeployForm(reference="lattice.example", program="nginx")
    assert "OpenSSL 3.5" in plan(desk, form, tmp_path / "out").remarks[0]


@pytest.mark.parametrize(
    ("passphrase", "error"), [(None, PassphraseMissing), ("", PassphraseMissing), ("1234567", PassphraseWeak)]
)
def test_no_key_leaves_under_no_passphrase_or_a_short_one(refuses, passphrase, error):
    refuses(error, "passphrase", "www.example", "nginx", passphrase=passphrase)


def test_a_passphrase_for_a_key_in_the_clear_is_a_contradiction(refuses):
    refuses(UsageError, "in the clear has no passphrase", "www.example", "nginx", clear_key=True)


def test_there_is_no_such_program(refuses):
    refuses(UsageError, "no program called", "www.example", "ngnix")


def test_what_suits_a_certificate_can_be_planned_for_it(desk, tmp_path):
    """Every program has a use for some certificate, and each plan names a README and modes."""
    suited = set()
    for record in desk.ledger.certificates():
        offered = destinations(desk, [record.sha256])
        for name in (one.name for one in offered if one.is_program and one.obstacle is None):
            suited.add(name)
            form = DeployForm(reference=record.sha256, program=name)
            for clear in (False, True):
                try:
                    found = plan(
                        desk,
                        DeployForm(reference=form.reference, program=name, clear_key=clear),
                        tmp_path / "out",
                    )
                except Refused:
                    continue
                assert found.files[-1].path.name == "README"
                assert all((one.mode == 0o600) == (one.octets is None) for one in found.files)
    assert suited == set(PROGRAMS)
    assert list(tmp_path.iterdir()) == []

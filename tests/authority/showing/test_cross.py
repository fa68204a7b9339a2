"""The commands for cross-signing, pasted into a shell: what comes out vouches for the same authority in the same words."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.authority.crosssigning import CrossForm, cross_sign
from tlsca.authority.issuing import AuthorityForm, CertificateForm, create_authority, issue
from tlsca.authority.showing_cross import show_cross
from tlsca.errors import Refused


@pytest.fixture
def partner(new_store, tmp_path):
    """Somebody else's store."""
    return new_store(tmp_path / "partner")


def write(path, desk, record):
    path.write_bytes(desk.certificate(record).public_bytes(Encoding.PEM))
    return path


def test_the_shell_makes_the_same_cross_certificate_without_the_other_s_key(
    desk, root, partner, paste, pasted, assert_alike, openssl, tmp_path
):
    theirs = create_authority(partner, AuthorityForm(name="CN=Partner Root,O=$(touch owned)")).record
    file = write(tmp_path / "partner.pem", partner, theirs)
    form = CrossForm(what=str(file), issuer="Root", days=700, path_length=1, permit=("partner.example",))
    own = desk.certificate(cross_sign(desk, form).record)
    stem = f"Partner-Root.cross-{own.not_valid_after_utc:%Y%m%d}"
    made = pasted(show_cross(desk, form), stem)
    assert_alike(made, own)
    assert made.public_key() == own.public_key()

    leaf = issue(partner, CertificateForm(names=("www.partner.example",))).record
    where = paste(":")
    write(where / "leaf.pem", partner, leaf)
    moment = str(int(desk.now().timestamp()) + 60)
    words = ["verify", "-attime", moment, "-x509_strict", "-CAfile", str(where / "Root.pem")]
    said = openssl(*words, "-untrusted", str(where / f"{stem}.pem"), str(where / "leaf.pem"))
    assert said.endswith(b"leaf.pem: OK\n")


def test_an_authority_that_does_not_sign_itself_has_no_such_command(desk, root, partner, tmp_path):
    create_authority(partner, AuthorityForm(name="Partner Root"))
    between = create_authority(partner, AuthorityForm(name="Partner Issuing", issuer="Partner Root")).record
    file = write(tmp_path / "between.pem", partner, between)
    with pytest.raises(Refused, match="OpenSSL cross-signs only who signs itself, and CN=Partner Issuing"):
        show_cross(desk, CrossForm(what=str(file)))

"""Java's trust store, by the word of `keytool` and of a Java program that makes a connection."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tlsca.authority.trust.change import State
from tlsca.authority.trust.java import JavaKeystore, java_keystores
from tlsca.authority.trusting import carry_out, plan_distrust, plan_trust
from tlsca.errors import Refused

PROGRAM = Path(__file__).with_name("Page.java")


@pytest.fixture
def fetch(outsider, cacerts, tmp_path):
    """Fetch a page with Java, over the copy of its trust store."""
    modules = subprocess.run(["java", "--list-modules"], capture_output=True, check=True, timeout=60).stdout
    if b"jdk.compiler" not in modules:
        pytest.skip("no Java that compiles a program")
    compile_it = ["java", "-m", "jdk.compiler/com.sun.tools.javac.Main", "-d", tmp_path, PROGRAM]
    subprocess.run(compile_it, capture_output=True, check=True, timeout=60)

    def ask(port):
        trusted = f"-Djavax.net.ssl.trustStore={cacerts.path}"
        return outsider("java", trusted, "-cp", tmp_path, PROGRAM.stem, f"https://localhost:{port}/")

    return ask


def test_a_java_program_connects_once_its_trust_store_has_the_root(
    desk, root, cacerts, https, fetch, outsider
):
    before, port = cacerts.contents(), https()
    status, said = fetch(port)
    assert status != 0
    assert "PKIX path building failed" in said

    carry_out(desk, plan_trust(root, (cacerts,)))
    status, said = fetch(port)
    assert (status, said.splitlines()[0]) == (0, "<p>served to a stranger</p>")
    words = ("-list", "-keystore", cacerts.path, "-storepass", "changeit", "-alias", root.name)
    status, listed = outsider("keytool", *words)
    assert status == 0
    assert root.fingerprint in listed

    carry_out(desk, plan_distrust(desk, root, (cacerts,)))
    assert cacerts.contents() == before
    assert len(before) > 100  # the public roots that every Java comes with


def test_another_password_than_the_public_one_never_stands_among_the_words(desk, root, java, outsider):
    words = ("-storepasswd", "-keystore", java.path, "-storepass", "changeit", "-new", "not for everyone")
    assert outsider("keytool", *words)[0] == 0
    locked = plan_trust(root, (java,)).changes[0]
    assert locked.state is State.BLOCKED
    assert "password was incorrect" in locked.why
    opened = replace(java, password=b"not for everyone")
    plan = plan_trust(root, (opened,))
    assert "-storepass:file PASSWORD-FILE" in plan.commands
    assert "everyone" not in plan.commands + repr(plan)
    carry_out(desk, plan)
    assert root.sha256 in opened.contents()
    carry_out(desk, plan_distrust(desk, root, (opened,)))
    assert root.sha256 not in opened.contents()


def test_what_debian_gave_java_of_ours_is_taken_too_and_of_others_is_not(desk, root, java, outsider):
    words = ("-importcert", "-noprompt", "-keystore", java.path, "-storepass", "changeit")
    before = java.contents()
    carry_out(desk, plan_trust(root, (java,)))
    assert outsider("keytool", *words, "-alias", f"debian:{root.name}.pem", stdin=root.pem)[0] == 0
    (done,) = carry_out(desk, plan_distrust(desk, root, (java,)))
    assert len(done.steps) == 2
    assert java.contents() == before
    assert outsider("keytool", *words, "-alias", "debian:theirs.pem", stdin=root.pem)[0] == 0
    assert plan_distrust(desk, root, (java,)).changes[0].state is State.NOTHING


class _Stubborn(JavaKeystore):
    """A trust store that keytool reads and another program fails to change."""

    def contents(self):
        return JavaKeystore(self.path).contents()


def test_a_store_that_cannot_be_written_is_as_it_was(desk, root, java):
    stubborn = _Stubborn(java.path, "false")
    before = java.path.read_bytes()
    with pytest.raises(Refused, match="false failed with status 1") as refused:
        carry_out(desk, plan_trust(root, (stubborn,)))
    assert refused.value.hint == "Everything is as it was before."
    assert java.path.read_bytes() == before


def test_each_java_is_found_once(tmp_path, java, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tlsca.authority.trust.java._DIRECTORIES", (str(tmp_path / "jvm"),))
    for name in ("one", "two"):
        (tmp_path / "jvm" / name / "lib/security").mkdir(parents=True)
        shutil.copy(java.path, tmp_path / "jvm" / name / "lib/security/cacerts")
    (tmp_path / "jvm" / "default").symlink_to("one")
    found = java_keystores({"JAVA_HOME": str(tmp_path / "jvm" / "two")})
    assert [place.path.parents[2].name for place in found] == ["two", "one"]

"""Chromium, headless: it opens a page of ours once its NSS database has the root, and presents a client's certificate of ours.

Its policies are read from one directory of the system alone, so a certificate can be chosen without a person only where that may be
written to.
"""

import json
import os
from pathlib import Path

import pytest

from tlsca.authority.trusting import carry_out, plan_distrust, plan_trust

POLICIES = Path("/etc/chromium/policies/managed")
P12_PASSPHRASE = "a bundle for the browser"


@pytest.fixture
def browse(home, tmp_path, outsider):
    """Open a page in a new profile and return what is in it; the home directory is the test's own."""
    opened = []

    def open_page(port: int) -> str:
        opened.append(tmp_path / f"profile{len(opened)}")
        quiet = ("no-first-run", "disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage")  # fmt: skip
        words = ["chromium", "--headless", "--no-sandbox", *(f"--{word}" for word in quiet)]
        environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(tmp_path), "no_proxy": "*"}
        page = f"https://localhost:{port}/"
        _, said = outsider(
            *words, f"--user-data-dir={opened[-1]}", "--no-proxy-server", "--dump-dom", page, env=environment
        )
        return said

    return open_page


def test_chromium_opens_a_page_once_its_database_has_the_root(desk, root, nss, https, browse):
    port = https()
    assert "served to" not in browse(port)
    carry_out(desk, plan_trust(root, (nss,)))
    assert "<p>served to a stranger</p>" in browse(port)
    carry_out(desk, plan_distrust(desk, root, (nss,)))
    assert "served to" not in browse(port)


@pytest.fixture
def choosing():
    """Have Chromium choose a certificate for a page by itself, by a policy that is gone when the test ends."""
    if not os.access(POLICIES if POLICIES.is_dir() else POLICIES.parents[2], os.W_OK):
        pytest.skip(f"{POLICIES} may not be written to, so that nobody would choose the certificate")
    written = []

    def choose(port: int):
        POLICIES.mkdir(parents=True, exist_ok=True)
        pattern = json.dumps({"pattern": f"https://localhost:{port}", "filter": {}})
        written.append(POLICIES / f"tlsca-test-{os.getpid()}-{port}.json")
        written[-1].write_text(json.dumps({"AutoSelectCertificateForUrls": [pattern]}))

    yield choose
    for file in written:
        file.unlink()


def test_chromium_presents_a_client_certificate_from_our_pkcs12(
    desk, root, nss, https, browse, choosing, deployed, outsider
):
    carry_out(desk, plan_trust(root, (nss,)))
    words = ("pk12util", "-i", deployed.files / "alice.p12", "-d", f"sql:{nss.path}", "-W", P12_PASSPHRASE)
    status, said = outsider(*words)
    assert status == 0, said
    # Python names no authorities in its request, and Chromium then sends the certificate without its chain.
    port = https(clients_of=deployed.files / "authorities.pem")
    choosing(port)
    assert "<p>served to Alice Doe</p>" in browse(port)

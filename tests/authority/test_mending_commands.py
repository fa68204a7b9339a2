"""Each repair of a probe as a command: it holds names and references as they are, and can be pasted into a shell."""

import shlex

from tlsca.authority.connecting import ProbeForm
from tlsca.authority.mending_commands import probe_command


def test_a_command_probes_as_the_form_says():
    form = ProbeForm(
        target="localhost:8443",
        server_name="www.home.arpa",
        trust=("none",),
        client_cert="alice@home.arpa",
        legacy=True,
    )
    assert (
        probe_command(form)
        == "tlsca probe localhost:8443 --server-name www.home.arpa --client-cert alice@home.arpa --trust none --legacy"
    )


def test_what_was_typed_is_one_word_to_a_shell():
    form = ProbeForm(target="[::1]:443", ciphers="ECDHE+AESGCM; rm *", server_name="")
    words = shlex.split(probe_command(form))
    assert words == [
        "tlsca", "probe", "[::1]:443", "--server-name", "", "--ciphers", "ECDHE+AESGCM; rm *",
    ]  # fmt: skip


def test_a_proxy_whose_password_is_in_it_is_not_repeated():
    form = ProbeForm(target="localhost", proxy="socks5://somebody:secret@127.0.0.1:1080")
    assert probe_command(form) == "tlsca probe localhost"

"""list: the app's filter, and an order."""

from tlsca.authority.demo import create_demo


def subjects(found):
    return [item["subject"] for item in found.json]


def test_the_list_is_filtered_and_sorted(done, store):
    done("issue", "b.example", "--issuer", "Test Intermediate", "--days", "5")
    done("issue", "a.example", "--issuer", "Test Intermediate", "--days", "9")
    assert subjects(done("list", "example", "--sort", "name", "--json")) == [
        "CN=a.example",
        "CN=b.example",
    ]
    assert subjects(done("list", "expires<7d", "--sort", "-end", "--json")) == ["CN=b.example"]
    assert subjects(done("list", "--sort", "end", "--json"))[:2] == ["CN=b.example", "CN=a.example"]
    told = subjects(done("list", "--json", "--", "-profile:root,intermediate"))
    assert told[-2:] == ["CN=b.example", "CN=a.example"]
    assert "CN=Test Root" not in told


def test_how_long_before_its_end_a_certificate_counts_as_expiring_is_a_setting(done, environment, tmp_path):
    create_demo(tmp_path / "demo").close()
    listing = ("list", "status:expiring", "--store", str(tmp_path / "demo"), "--json")
    assert subjects(done(*listing)) == ["CN=mail.home.arpa"]
    (tmp_path / "settings.toml").write_text("expiring_days = 10")
    environment.setenv("TLSCA_CONFIG", str(tmp_path / "settings.toml"))
    assert subjects(done(*listing)) == []


def test_what_cannot_be_read_is_refused_in_a_sentence(cli, store):
    for words in (("expires<soon",), ("statsu:valid",), ("--sort", "ends")):
        answer = cli("list", *words)
        assert answer.status == 2, answer

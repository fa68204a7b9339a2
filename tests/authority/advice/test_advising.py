"""Advice on a form for a certificate, from a real store: what is said, on which field, and the form put right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsca.authority import issuing, keeping
from tlsca.authority.advice.advice import WIDEST, Part
from tlsca.authority.advice.advising import advice_on, advise
from tlsca.authority.advice.facts import facts_of
from tlsca.authority.issuing import CertificateForm
from tlsca.pki.keys import KINDS
from tlsca.pki.lint.remark import Level
from tlsca.pki.profiles import LEAF_PROFILES


@pytest.fixture
def house(desk, create):
    """A store with a root and an unconstrained intermediate that outlives what is asked for here."""
    create("House Root", days=7300)
    create("House Issuing", issuer="House Root", days=3650)
    return desk


@pytest.fixture
def told(house):
    """Return a function from what is in a form to what is said about it, by code."""

    def told(*names, **fields):
        form = CertificateForm(names=names, **({"issuer": "House Issuing", "days": 30} | fields))
        found = advise(house, form)
        assert all(len(one.sentence) <= WIDEST for one in found if one.level is not Level.ERROR)
        return {advice.code: advice for advice in found}

    return told


def test_nothing_is_said_about_a_sound_form_or_an_empty_one(told):
    assert told("www.example.com", "10.0.0.1") == {}
    assert told() == {}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("under_score.example.com", "under-score.example.com"),
        ("www.example.com:443", "www.example.com"),
        ("www.example.com/path", "www.example.com"),
        ("10.0.0.1/24", "10.0.0.1"),
        ("DNS:10.0.0.1", "10.0.0.1"),
        (".example.com", "example.com"),
    ],
)
def test_what_is_no_name_is_an_error_and_what_was_meant_is_offered(told, name, meant):
    advice = told("other.example", name)["no-identity"]
    assert (advice.level, advice.part) == (Level.ERROR, Part.NAMES)
    assert advice.cured.names == ("other.example", meant)
    assert meant in advice.cure


def test_where_nobody_can_tell_what_was_meant_nothing_is_offered(told):
    advice = told("10.0.0.256")["no-identity"]
    assert advice.cured is None
    assert "0 to 255" in advice.hint


def test_a_common_name_is_an_error_only_where_clients_need_a_host(told):
    assert "no-identity" in told("Alice Smith")
    assert told("Alice Smith", profile="client") == {}


@pytest.mark.parametrize(
    ("name", "code", "level"),
    [
        ("intranet", "single-label", Level.WARNING),
        ("*.com", "wide-wildcard", Level.WARNING),
        ("*.co.uk", "wide-wildcard", Level.WARNING),
        ("printer.local", "multicast-name", Level.NOTICE),
        ("https://www.example.com/x", "web-address", Level.WARNING),
        ("alice@example.com", "mailbox-of-server", Level.WARNING),
    ],
)
def test_names_that_clients_do_not_match_as_was_meant_are_told(told, name, code, level):
    assert told(name)[code].level is level


def test_a_web_address_is_turned_into_its_host_and_a_mailbox_into_mail(told):
    assert told("https://www.example.com/x")["web-address"].cured.names == ("www.example.com",)
    assert told("alice@example.com")["mailbox-of-server"].cured.profile == "email"


def test_a_wildcard_says_that_the_bare_domain_is_not_in_it(told):
    assert told("*.example.com")["bare-domain"].cured.names == ("*.example.com", "example.com")
    assert told("*.example.com", "example.com") == {}


def test_an_international_name_is_shown_as_it_will_be_carried(told):
    assert "xn--bcher-kva.example" in told("bücher.example")["idna"].sentence


def test_a_name_given_twice_is_named_once(told):
    assert told("a.example", "A.EXAMPLE", "b.example")["repeated-name"].cured.names == (
        "a.example",
        "b.example",
    )


def test_mail_without_a_mailbox_is_told(told):
    assert "no-mailbox" in told("www.example.com", profile="email")
    assert told("alice@example.com", profile="email") == {}


def test_a_name_outside_the_issuers_constraints_is_an_error_before_anything_is_signed(house, create, issue):
    create("Corp Issuing", issuer="House Root", permit=("corp.example",))
    form = CertificateForm(names=("ok.corp.example", "www.example.com"), issuer="Corp Issuing", days=90)
    [advice] = [one for one in advise(house, form) if one.level is Level.ERROR]
    assert (advice.code, advice.part) == ("outside-constraints", Part.NAMES)
    assert "may not certify www.example.com" in advice.sentence
    assert "corp.example" in advice.hint


def test_a_life_beyond_the_issuers_end_says_when_it_is_cut_and_offers_that_end(house, create, clock):
    create("Short Issuing", issuer="House Root", days=60)
    form = CertificateForm(names=("www.example.com",), issuer="Short Issuing", days=90)
    advice = {one.code: one for one in advise(house, form)}["beyond-issuer"]
    assert "2030-04-01, in 60 days" in advice.sentence
    assert advice.cured.until_issuer_ends
    assert "beyond-issuer" not in {one.code for one in advise(house, advice.cured)}
    assert (
        issuing.plan_certificate(house, form).not_after
        == issuing.plan_certificate(house, advice.cured).not_after
    )


def test_an_issuer_that_ends_soon_and_one_that_is_a_root_are_told(house, create):
    create("Last Issuing", issuer="House Root", days=12)
    form = CertificateForm(names=("www.example.com",), issuer="Last Issuing", days=5)
    assert "in 12 days" in {one.code: one for one in advise(house, form)}["issuer-expiring"].sentence
    form = CertificateForm(names=("www.example.com",), issuer="House Root", days=5)
    assert [one.code for one in advise(house, form)] == ["issuer-is-root"]


def test_how_long_public_servers_may_live_is_told_with_the_next_step(told, clock):
    advice = told("www.example.com", days=200)["long-lifetime"]
    assert (advice.level, advice.cured.days) == (Level.NOTICE, 47)  # the clock stands in January 2030
    assert (
        told("www.example.com", days=200, profile="public-server", crl_urls=("http://a.example/l",))[
            "long-lifetime"
        ].level
        is Level.WARNING
    )
    assert told("www.example.com", days=826)["long-lifetime"].level is Level.WARNING
    assert "long-lifetime" not in told("alice@example.com", days=826, profile="client")


def test_before_the_last_step_the_next_one_is_dated(house, clock):
    clock.time = clock.time.replace(year=2026, month=12)
    form = CertificateForm(names=("www.example.com",), days=365)
    house_facts = facts_of(house, CertificateForm(names=(), issuer="House Issuing"))
    [advice] = [one for one in advice_on(form, house_facts) if one.code == "long-lifetime"]
    assert advice.sentence == "A public server may live 200 days today, 100 from 2027-03-15."


def test_a_live_certificate_for_the_same_names_is_told_until_it_is_revoked_renewed_or_over(
    house, issue, told, clock
):
    record = issue("www.example.com", "b.example", issuer="House Issuing", days=90)
    clock.move(days=3)
    advice = told("B.example", "www.example.com")["duplicate"]
    assert "3 days old" in advice.sentence
    assert record.serial[:7] in advice.sentence
    assert record.sha256[:12] in advice.hint
    assert told("www.example.com") == {}
    assert told("b.example", "www.example.com", profile="client") == {}
    clock.move(days=90)
    assert told("b.example", "www.example.com") == {}


@pytest.mark.parametrize(
    ("profile", "key", "code", "level"),
    [
        ("server", "ed25519", "refused-by-browsers", Level.WARNING),
        ("server", "ec-p521", "refused-by-some", Level.NOTICE),
        ("client", "ml-dsa-65", "unknown-to-clients", Level.WARNING),
        ("email", "ed25519", "cannot-encrypt", Level.WARNING),
        ("public-server", "ed25519", "key-not-allowed", Level.ERROR),
    ],
)
def test_a_key_that_the_profile_or_its_clients_cannot_take_is_told(told, profile, key, code, level):
    advice = told("alice@example.com" if profile == "email" else "a.example", profile=profile, key=key)[code]
    assert (advice.level, advice.part, advice.cured.key) == (level, Part.KEY, "ec-p256")


def test_a_client_may_have_an_ed25519_key_and_nothing_is_said(told):
    assert told("a.example", profile="client", key="ed25519") == {}


def test_small_rsa_is_told_only_where_it_outlives_2030(told):
    assert "small-rsa" in told("a.example", key="rsa-2048", days=365)
    assert "small-rsa" not in told("a.example", key="rsa-2048", days=30)


def test_a_host_in_the_subject_alone_is_added_to_the_names(told):
    advice = told("a.example", subject="CN=b.example,O=House")["common-name-apart"]
    assert advice.cured.names == ("a.example", "b.example")
    assert told("a.example", subject="CN=a.example,O=House") == {}
    assert told("a.example", subject="O=")["no-subject"].level is Level.ERROR


def test_insisting_on_a_staple_that_nobody_can_get_is_told(told):
    assert told("a.example", must_staple=True)["staple-without-responder"].part is Part.POINTERS
    assert told("a.example", must_staple=True, ocsp_urls=("http://ca.example/ocsp",)) == {}
    assert told("a.example", ocsp_urls=("ca.example",))["no-url"].level is Level.ERROR
    assert "no-pointers" in told("a.example", profile="public-server", days=46)


def test_a_locked_key_is_told(told, house):
    keeping.lock(house)
    assert told("www.example.com")["locked"].level is Level.NOTICE


def test_an_issuer_that_may_not_sign_is_an_error_on_its_field(told):
    advice = told("www.example.com", issuer="Nobody")["issuer-refused"]
    assert (advice.part, advice.level) == (Part.ISSUER, Level.ERROR)


_words = st.text(st.sampled_from("ab._*@:/-1 \x1b\u202eü"), max_size=20)


@given(
    names=st.lists(_words, max_size=3),
    subject=st.none() | _words,
    profile=st.sampled_from((*LEAF_PROFILES, "none")),
    key=st.sampled_from(KINDS),
    days=st.none() | st.integers(-1, 10**7),
)
def test_whatever_is_typed_is_advised_on_in_safe_text_and_never_raises(
    house_facts, names, subject, profile, key, days
):
    form = CertificateForm(names=tuple(names), subject=subject, profile=profile, key=key, days=days)
    for advice in advice_on(form, house_facts):
        assert advice.sentence.isprintable()
        assert advice.hint.isprintable()
        assert advice.cured != form
        assert advice.level is Level.ERROR or len(advice.sentence) <= WIDEST


@pytest.fixture(scope="module")
def house_facts(tmp_path_factory):
    from tlsca.store.vault import KdfParameters

    quick = KdfParameters(memory_kib=32, passes=1, lanes=1)
    desk = keeping.create_store(
        tmp_path_factory.mktemp("house") / "s", "correct horse battery", parameters=quick
    )
    issuing.create_authority(desk, issuing.AuthorityForm(name="House", permit=("a.b",)))
    yield facts_of(desk, CertificateForm(names=()))
    desk.close()

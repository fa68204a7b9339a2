"""Where certificates are probably served."""

from dataclasses import replace

from tlsca.authority.serving_hosts import forms_for, targets_of


def test_what_was_seen_is_looked_for_there_and_the_rest_at_its_names(create, issue):
    root = create("Root")
    www = issue("www.example", "10.0.0.1", "2001:db8::1", "*.example")
    client = issue("alice@example.com", profile="client")
    assert targets_of(www) == ("www.example:443", "10.0.0.1:443", "[2001:db8::1]:443")
    assert targets_of(replace(www, last_seen="www.example:8443")) == ("www.example:8443",)
    assert targets_of(root) == targets_of(client) == ()
    assert [form.target for form in forms_for([root, www, www])] == list(targets_of(www))

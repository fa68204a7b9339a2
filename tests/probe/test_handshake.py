import ssl

import pytest

BOTH = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


def codes(result):
    return [problem.code for problem in result.problems]


@BOTH
def test_a_sound_host_is_trusted(serve_tls, look, hierarchy, version):
    result = look(serve_tls([hierarchy.leaf, hierarchy.intermediate], version=version))
    assert (result.verdict, codes(result)) == ("trusted", [])


def test_expired(serve_tls, look, hierarchy):
    leaf = hierarchy.server(days=(-10, -3))
    result = look(serve_tls([leaf, hierarchy.intermediate]))
    assert (result.verdict, codes(result)) == ("untrusted", ["expired"])
    assert result.problems[0].certificate == leaf.sha256

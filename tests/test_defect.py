"""A defect is reported without the secrets that were at hand when it showed."""

import stat

import pytest

import tlsca
from tlsca import defect


@pytest.fixture
def error():
    def derive(passphrase: str) -> None:
        raise RuntimeError(f"cannot derive from {passphrase}")

    try:
        derive("correct horse")
    except RuntimeError as raised:
        return raised


def test_a_report_has_the_way_the_error_took_and_nothing_that_was_on_it(error):
    report = defect.report(error)
    assert report.startswith(f"tlsca {tlsca.__version__}\nbuiltins.RuntimeError\n")
    assert "in derive" in report
    assert "horse" not in report


def test_a_report_is_its_owners_alone(error, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = defect.write_report(error)
    assert path.parent == tmp_path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == defect.report(error)

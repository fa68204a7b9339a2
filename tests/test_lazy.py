"""What a value works out when it is asked for."""

import threading

import cryptography_vectors
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tlsca.lazy import lazy_property
from tlsca.pki.certificate import Certificate
from tlsca.pki.quiet import quietly

_READERS = 8
_ROUNDS = 200


class Counted:
    def __init__(self):
        self.asked = 0

    @lazy_property
    def kept(self):
        """What is kept."""
        self.asked += 1
        return object()


def test_it_is_worked_out_once_and_kept():
    value = Counted()
    assert value.kept is value.kept
    assert value.asked == 1


def test_the_class_has_the_property_itself_with_its_words():
    assert isinstance(Counted.kept, lazy_property)
    assert Counted.kept.__doc__ == "What is kept."


def test_who_has_the_turn_to_be_quiet_does_not_wait_for_a_value_that_waits_for_the_turn():
    """A lock for each property, as Python had it until 3.12, would hold both for ever."""
    begun = threading.Event()

    class Noisy:
        @lazy_property
        def read(self):
            begun.set()
            with quietly(UserWarning):
                return True

    reader = threading.Thread(target=lambda: Noisy().read, daemon=True)
    other = threading.Thread(target=lambda: Noisy().read, daemon=True)
    with quietly(UserWarning):
        reader.start()
        assert begun.wait(10)
        begun.clear()
        other.start()
        assert begun.wait(10)
    for thread in (reader, other):
        thread.join(10)
        assert not thread.is_alive()


def test_many_threads_read_fresh_certificates_at_once():
    """Each thread begins at another property: some by way of the names, some by way of the content."""
    with cryptography_vectors.open_vector_file("x509/cryptography.io.pem", "rb") as file:
        der = x509.load_pem_x509_certificate(file.read()).public_bytes(Encoding.DER)
    met = threading.Barrier(_READERS)

    def read(first):
        for _ in range(_ROUNDS):
            met.wait(10)
            fresh = Certificate(der)
            getattr(fresh, first)
            assert fresh.subject_der
            assert fresh.content

    firsts = ("subject_der", "content", "flaw", "key_identifier")
    readers = [
        threading.Thread(target=read, args=(firsts[at % len(firsts)],), daemon=True) for at in range(_READERS)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(30)
    assert not any(reader.is_alive() for reader in readers)

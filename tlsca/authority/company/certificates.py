"""What the company has had issued: a table, because the story of an authority is one.

Each row stands for a certificate: how many days ago it was issued and for how long, by whom, and what it says. With the clock at
the day of opening, some of them have ended, some end soon, and some have long to go.
"""

from typing import NamedTuple

from tlsca.authority.issuing import CertificateForm

DOMAIN = "northgate.example"
SERVERS, PEOPLE, DEVICES = "Northgate Server CA", "Northgate People CA", "Northgate Device CA"
"""The common names of the authorities that issue."""


class Issued(NamedTuple):
    """One certificate: its form, and how many days ago it was filled in."""

    age: int
    form: CertificateForm


def _server(age: int, days: int, names: str, *, key: str = "ec-p256", profile: str = "server") -> Issued:
    return Issued(
        age,
        CertificateForm(names=_below(names, DOMAIN), issuer=SERVERS, days=days, key=key, profile=profile),
    )


def _person(
    age: int, days: int, name: str, address: str, *, profile: str = "client", key: str = "ec-p256"
) -> Issued:
    return Issued(
        age,
        CertificateForm(
            names=(f"{address}@{DOMAIN}",),
            subject=f"CN={name},O=Northgate Logistics",
            issuer=PEOPLE,
            days=days,
            key=key,
            profile=profile,
        ),
    )


def _office(
    age: int, days: int, name: str, profile: str, *, issuer: str = PEOPLE, key: str = "ec-p384"
) -> Issued:
    subject = f"CN={name},O=Northgate Logistics"
    return Issued(
        age, CertificateForm(names=(), subject=subject, issuer=issuer, days=days, key=key, profile=profile)
    )


def _device(age: int, days: int, names: str, *, profile: str = "peer", key: str = "ec-p256") -> Issued:
    return Issued(
        age,
        CertificateForm(
            names=_below(names, f"yard.{DOMAIN}"), issuer=DEVICES, days=days, key=key, profile=profile
        ),
    )


def _below(names: str, domain: str) -> tuple[str, ...]:
    """Return the names with a domain after those that are one word: `www` stands for `www.northgate.example`."""
    return tuple(name if set(name) & set(".:*") else f"{name}.{domain}" for name in names.split())


ISSUED = (
    _server(430, 397, "legacy-erp ftp"),
    _server(420, 390, "old-wiki"),
    _office(400, 1825, "Northgate Time Stamping", "timestamp"),
    _server(395, 365, "fax-gateway"),
    _device(380, 365, "plc-01 10.20.4.11"),
    _person(370, 365, "Harriet Voss", "harriet.voss"),
    _server(352, 365, "printer 10.8.0.9", key="rsa-2048"),
    _server(350, 397, "ldap ldap-2"),
    _person(347, 365, "Tomás Iglesias", "tomas.iglesias", profile="email"),
    _office(340, 365, "Northgate Build Signing", "code"),
    _device(338, 365, "plc-02 10.20.4.12"),
    _server(330, 365, "vpn vpn-2"),
    _person(300, 365, "Mei-Ling Chow", "mei-ling.chow", profile="email"),
    _person(290, 365, "Oluwaseun Adeyemi", "oluwaseun.adeyemi"),
    _server(270, 365, f"git code.{DOMAIN}"),
    _device(260, 365, "gateway-north 10.20.0.1"),
    _device(260, 365, "gateway-south 10.20.0.2"),
    _office(240, 365, "Northgate Accounts", "document"),
    _person(230, 365, "Ingrid Sørensen", "ingrid.sorensen"),
    _server(210, 365, "registry", key="ec-p384"),
    _device(200, 397, "scanner-11 10.20.7.11", profile="client"),
    _device(200, 397, "scanner-12 10.20.7.12", profile="client"),
    _device(200, 397, "scanner-13 10.20.7.13", profile="client"),
    _person(190, 365, "Ravi Menon", "ravi.menon"),
    _server(180, 365, "db-1 10.8.1.5", profile="peer"),
    _server(180, 365, "db-2 10.8.1.6", profile="peer"),
    _server(180, 365, "db-3 10.8.1.7", profile="peer"),
    _server(150, 120, "tracking"),
    _server(140, 365, "monitoring grafana alerts"),
    _office(120, 180, "Northgate Release 7", "code", key="ed25519"),
    _server(100, 90, "intranet"),
    _server(95, 365, "backup 2001:db8:8::20"),
    _server(86, 90, "mail smtp imap"),
    _server(85, 90, "shop"),
    _server(80, 90, f"*.apps.{DOMAIN}"),
    _server(78, 90, "www northgate.example"),
    _server(75, 90, "login"),
    _server(74, 90, "files"),
    _office(71, 90, "Northgate OCSP", "ocsp", issuer=SERVERS),
    _server(66, 90, "customs edi"),
    _server(61, 90, "calendar"),
    _device(60, 90, "camera-yard 10.20.9.4"),
    _server(55, 90, "chat"),
    _server(48, 90, "wiki"),
    _server(41, 90, "payments"),
    _person(40, 180, "Lucía Ferrer", "lucia.ferrer"),
    _server(33, 90, "search"),
    _device(30, 365, f"spiffe://{DOMAIN}/fleet/tracker", profile="client"),
    _server(26, 90, "api api-2"),
    _server(20, 90, "partners"),
    _server(16, 90, "vault"),
    _server(12, 47, f"*.preview.{DOMAIN}"),
    _server(9, 90, "jobs"),
    _device(5, 365, f"spiffe://{DOMAIN}/fleet/dispatch", profile="client"),
    Issued(1, CertificateForm(names=("localhost", "127.0.0.1", "::1"), issuer=SERVERS)),
    _server(0, 7, "canary"),
)
"""In the order of their making."""

"""Java: a key store and a trust store as PKCS#12, which every JDK since 8u301 and 11.0.12 reads."""

from dataclasses import replace

from tlsca.pki.bundle import TRUSTSTORE_PASSPHRASE
from tlsca.pki.programs.handover import Handover, Purpose
from tlsca.pki.programs.pem_files import formatted, known_root, passphrase_note
from tlsca.pki.programs.recipe import POST_QUANTUM, Block, Outfile, Program, Recipe, Secrecy, Variant, trust

_TRUSTED = TRUSTSTORE_PASSPHRASE.decode("ascii")
_TRUST_OPTIONS = (
    "-Djavax.net.ssl.trustStore=tls/truststore.p12\n"
    "-Djavax.net.ssl.trustStoreType=PKCS12\n"
    f"-Djavax.net.ssl.trustStorePassword={_TRUSTED}\n"
)
_KEY_OPTIONS = (
    "-Djavax.net.ssl.keyStore=tls/keystore.p12\n"
    "-Djavax.net.ssl.keyStoreType=PKCS12\n"
    "-Djavax.net.ssl.keyStorePassword=PASSPHRASE\n"
)
_ARGUMENTS = (
    "In java.options the passphrase takes the place of PASSPHRASE: in double quotes if it has spaces, "
    "with a backslash before each double quote and each backslash."
)
_CLIENT = """\
import java.io.FileInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class Client {
    static KeyStore store(String file, char[] passphrase) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (FileInputStream in = new FileInputStream(file)) {
            store.load(in, passphrase);
        }
        return store;
    }

    public static void main(String[] arguments) throws Exception {
        char[] passphrase = Files.readString(Path.of("tls/passphrase")).stripTrailing().toCharArray();
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store("tls/keystore.p12", passphrase), passphrase);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(store("tls/truststore.p12", "%s".toCharArray()));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
        System.out.print(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
}
"""


def _truststore(it: Handover) -> Outfile:
    known_root(it)
    title = f"the root, trusted by Java; its password is “{_TRUSTED}”, for nothing in it is secret"
    public = replace(it, material=replace(it.material, passphrase=None))
    return Outfile("truststore.p12", title, lambda: formatted(public, "truststore"))


def _identity(it: Handover) -> Recipe:
    title = "private key and chain as PKCS#12 (AES-256)"
    store = Outfile("keystore.p12", title, lambda: formatted(it, "pkcs12"), private=True)
    trusted = (_truststore(it),) if it.root else ()
    options = _KEY_OPTIONS + (_TRUST_OPTIONS if trusted else "")
    code = Block(
        "Client.java",
        "In a program of your own, here one that is run by “java Client.java https://host/”:",
        _CLIENT % _TRUSTED,
    )
    return Recipe(
        place="tls",
        files=(store, *trusted),
        blocks=(
            Block(
                "java.options",
                "For any program, in a file java.options of mode 0600, used by “java @java.options …”:",
                options,
            ),
            *((code,) if trusted and Purpose.CLIENT in it.purposes else ()),
            Block(
                "keytool",
                "To see what is in it; without a password keytool lists nothing:",
                "keytool -list -keystore tls/keystore.p12\n",
            ),
        ),
        notes=(_ARGUMENTS, *passphrase_note(it, "tls")) if Purpose.CLIENT in it.purposes else (_ARGUMENTS,),
        proof=f"tlsca probe {it.host}:8443" if Purpose.SERVER in it.purposes else "",
    )


def _trust(it: Handover) -> Recipe:
    return Recipe(
        place="tls",
        files=(_truststore(it),),
        blocks=(
            Block("java.options", "In a file java.options, used by “java @java.options …”:", _TRUST_OPTIONS),
            Block(
                "keytool",
                "To see what is in it:",
                f"keytool -list -keystore tls/truststore.p12 -storepass {_TRUSTED}\n",
            ),
        ),
    )


_IDENTITY = Variant(
    name="identity",
    purposes=frozenset({Purpose.SERVER, Purpose.CLIENT, Purpose.OTHER}),
    build=_identity,
    secrecy=Secrecy.SEALED_ONLY,
)

JAVA = Program("java", "Java", (_IDENTITY, trust(_trust)), POST_QUANTUM, "which PKCS#12 cannot hold yet")

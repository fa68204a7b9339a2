// Reads the files that stdin names, a line each of format, path and passphrase, and says of each whether Java takes it.
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

public class ReadAll {
    static final String[] ALGORITHMS = {"RSA", "EC", "EdDSA", "ML-DSA"};

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split("\t");
            System.out.println(read(words[0], Files.readAllBytes(Path.of(words[1])), words[2]));
        }
    }

    static String read(String form, byte[] data, String passphrase) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            InputStream stream = new ByteArrayInputStream(data);
            switch (form) {
                case "pem", "chain", "fullchain", "der", "pkcs7" -> {
                    for (var one : factory.generateCertificates(stream)) {
                        one.getPublicKey().getEncoded();
                    }
                }
                case "crl" -> factory.generateCRL(stream);
                case "key" -> key(data, passphrase);
                case "pkcs12", "pkcs12-compatible" -> {
                    KeyStore store = store(stream, passphrase);
                    store.getKey(store.aliases().nextElement(), passphrase.toCharArray()).getEncoded();
                }
                case "truststore" -> {
                    KeyStore store = store(stream, "changeit");
                    if (!store.isCertificateEntry(store.aliases().nextElement())) {
                        return "no";
                    }
                }
                default -> {
                    return "-";
                }
            }
            return "yes";
        } catch (Exception error) {
            return "no";
        }
    }

    static KeyStore store(InputStream stream, String passphrase) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(stream, passphrase.toCharArray());
        return store;
    }

    static void key(byte[] pem, String passphrase) throws Exception {
        String text = new String(pem).replaceAll("-----[^-]+-----", "").replaceAll("\\s", "");
        EncryptedPrivateKeyInfo sealed = new EncryptedPrivateKeyInfo(Base64.getDecoder().decode(text));
        AlgorithmParameters parameters = sealed.getAlgParameters();
        SecretKeyFactory derivation = SecretKeyFactory.getInstance(parameters.toString());
        Cipher cipher = Cipher.getInstance(parameters.toString());
        cipher.init(Cipher.DECRYPT_MODE, derivation.generateSecret(new PBEKeySpec(passphrase.toCharArray())), parameters);
        PKCS8EncodedKeySpec clear = sealed.getKeySpec(cipher);
        for (String algorithm : ALGORITHMS) {
            try {
                KeyFactory.getInstance(algorithm).generatePrivate(clear);
                return;
            } catch (Exception other) {
                continue;
            }
        }
        throw new IllegalArgumentException("of no kind that is known");
    }
}

// Reads the files that stdin names, a line each of format, path and passphrase, and says of each whether Node.js takes it.
import { X509Certificate, createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

const certificate = (data) => new X509Certificate(data).subject;
const key = (data, passphrase) => createPrivateKey({ key: data, passphrase }).asymmetricKeyType;
const pfx = (data, passphrase) => createSecureContext({ pfx: data, passphrase });
const readers = {
  pem: certificate,
  chain: certificate,
  fullchain: certificate,
  der: certificate,
  key,
  "pem-all": (data, passphrase) => createSecureContext({ key: data, cert: data, passphrase }),
  pkcs12: pfx,
  "pkcs12-compatible": pfx,
  crl: (data) => createSecureContext({ crl: data }),
  jwk: (data) => createPublicKey({ key: JSON.parse(data), format: "jwk" }),
};

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [form, path, passphrase] = line.split("\t");
  let told = "-";
  if (readers[form]) {
    try {
      readers[form](readFileSync(path), passphrase);
      told = "yes";
    } catch (error) {
      told = "no";
    }
  }
  console.log(told);
}

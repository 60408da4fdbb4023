// What two programs of the lab agree on for TLS, so that nobody needs a certificate.
export const presharedKey = {
  options: { ciphers: "PSK-AES128-GCM-SHA256", maxVersion: "TLSv1.2" },
  identity: "lab",
  key: Buffer.from("d731ef57be09e5204f0b205b60627028", "hex"),
} as const;

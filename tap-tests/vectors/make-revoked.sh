#!/bin/sh
# Makes revoked.json: a list of revoked users, signed by an authority of either kind, with nothing but a shell, openssl 3
# and the text of docs/PROTOCOL.md ("The list of revoked users"). The Ed25519 key is that of RFC 8032, 7.1, test 1; the
# RSA key and its signature, which has a random salt, are new in each run.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

printf '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60' |
  xxd -r -p | openssl pkey -inform DER -out ed25519.pem
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem

fingerprint=$(printf alice | openssl dgst -sha256 -r | cut -d' ' -f1)
printf 'number 7\nalice %s 2026-01-31\nuser3 - 2026-02-01\n' "$fingerprint" > text
{ printf 'MessageApp/2 revoked users\0'; openssl dgst -sha256 -binary text; } > signed

openssl pkeyutl -sign -rawin -in signed -inkey ed25519.pem -out ed25519.signature
openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256 \
  -sign rsa.pem -out rsa.signature signed

json() { sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' "$1" | sed ':a;N;$!ba;s/\n/\\n/g'; }
authority() {
  { cat text; printf 'signature %s\n' "$(openssl base64 -A -in "$1.signature")"; } > "$1.list"
  printf '    "%s": {\n      "spki": "%s",\n      "list": "%s\\n"\n    }' "$1" \
    "$(openssl pkey -in "$1.pem" -pubout -outform DER | xxd -p | tr -d '\n')" "$(json "$1.list")"
}
printf '{\n  "signed": "%s",\n  "ed25519PrivateKey": "%s\\n",\n  "authorities": {\n' \
  "$(xxd -p signed | tr -d '\n')" "$(json ed25519.pem)"
authority ed25519
printf ',\n'
authority rsa
printf '\n  }\n}\n'

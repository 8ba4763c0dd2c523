# Keys and certificates of a cluster for tests, in the current folder. Sourced.
# shellcheck shell=bash
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2> /dev/null; }
certificate_authority() { # [NAME]
  key ca
  openssl req -x509 -new -key ca.key -subj "/CN=${1:-test-ca}" -days 2 -out ca.crt
}
certificate() { # NAME SUBJECT EXTENSIONS
  key "$1"
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2> /dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out "$1.crt" -extfile <(echo "$3") 2> /dev/null
}

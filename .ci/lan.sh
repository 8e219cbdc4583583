# Sourced by ./up --lan: a certificate authority of this installation's own, and a certificate for its
# addresses. A phone that trusts the authority trusts the server.

lan_certificate() { # lan_certificate DIRECTORY
    local directory=$1
    LAN_ADDRESS=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m1 -E '^[0-9.]+$' || true)
    [ -n "$LAN_ADDRESS" ] || die "--lan: this machine has no network address"
    mkdir -p "$directory"; chmod 700 "$directory"
    if [ ! -e "$directory/ca.pem" ]; then
        say "Making a certificate authority for this installation"
        logged build/log/tls.log openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
            -subj "/CN=Kuaifan $(hostname) CA" -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' \
            -addext 'keyUsage=critical,keyCertSign,cRLSign' -keyout "$directory/ca.key" -out "$directory/ca.pem"
    fi
    local names="IP:127.0.0.1,IP:$LAN_ADDRESS,DNS:localhost,DNS:$(hostname)"
    # Of this machine as it is now, and good for another month: it is valid for 397 days.
    if [ "$(cat "$directory/names" 2>/dev/null)" != "$names" ] ||
        ! openssl x509 -checkend 2592000 -noout -in "$directory/server.pem" >/dev/null 2>&1; then
        logged build/log/tls.log openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
            -subj "/CN=$LAN_ADDRESS" -keyout "$directory/server.key" -out "$directory/server.csr"
        printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' "$names" >"$directory/server.ext"
        logged build/log/tls.log openssl x509 -req -days 397 -in "$directory/server.csr" -CA "$directory/ca.pem" \
            -CAkey "$directory/ca.key" -CAcreateserial -extfile "$directory/server.ext" -out "$directory/server.pem"
        printf '%s' "$names" >"$directory/names"
    fi
}

lan_advice() {
    cat <<TEXT
  phones      https://$LAN_ADDRESS:$port/unit
    Once per phone: open https://$LAN_ADDRESS:$port/kuaifan-ca.crt, go past the warning, install the
    file as a CA certificate (Android: Settings, Security, Install a certificate, CA certificate;
    iOS: Settings, Profile Downloaded, then General, About, Certificate Trust Settings).
    Check first that its SHA-256 is $(openssl x509 -in "$data/tls/ca.pem" -noout -fingerprint -sha256 | sed 's/.*=//')
TEXT
}

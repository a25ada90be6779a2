#!/bin/sh
# MariaDB blocks a host after 100 TLS probes, although each handshake succeeds.
#
# Expected: a monitor that only looks at the certificate, as "openssl s_client -starttls mysql" does, is harmless. The
# connection ends after a complete TLS handshake and before a login, and other servers with STARTTLS do not mind.
# Instead: each such probe counts as a connection error of its host. After 100 of them (max_connect_errors) without a
# login from that host in between, MariaDB refuses every connection from it with error 1129, before any handshake, until
# FLUSH HOSTS. A check every minute blocks the application on the same host in less than two hours. Only 127.0.0.1 is
# exempt, so a test on the server itself does not show it.
#
# Seen with mariadb-server-core 1:10.11.19-0+deb12u1 (Debian 12): 100 probes were shown the certificate, and the next
# connection read "Host '127.0.0.2' is blocked because of many connection errors; unblock with 'mariadb-admin
# flush-hosts'".
set -eu
version=1:10.11.19-0+deb12u1
limit=100
port=14906

work=$(mktemp -d)
chmod 755 "$work"
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; } 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"
for package in "mariadb-server-core=$version" liburing2=2.3-3 libaio1=0.3.113-4; do
    apt-get download -qq -o APT::Sandbox::User=root "$package"
done
for package in *.deb; do dpkg -x "$package" .; done
for program in openssl python3; do command -v "$program" >/dev/null || { echo "$program is missing"; exit 1; }; done
LD_LIBRARY_PATH=$work/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH
./usr/sbin/mariadbd --version

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout tls.key -out tls.crt 2>/dev/null
mkdir data
start() {
    exec ./usr/sbin/mariadbd --no-defaults --user="$(id -un)" --datadir="$work/data" --lc-messages-dir="$work/usr/share/mysql" \
        --character-sets-dir="$work/usr/share/mysql/charsets" "$@"
}
{
    printf '%s;\n' 'CREATE DATABASE mysql' 'USE mysql' 'SET @auth_root_socket = NULL'
    cat usr/share/mysql/mysql_system_tables.sql usr/share/mysql/mysql_system_tables_data.sql
} | start --bootstrap --skip-networking > bootstrap.log 2>&1 || { cat bootstrap.log; exit 1; }
echo "CREATE USER 'application'@'%' IDENTIFIED BY 'password';" > users.sql
start --init-file="$work/users.sql" --bind-address=127.0.0.1 --port="$port" --socket="$work/socket" --pid-file="$work/pid" \
    --ssl-cert="$work/tls.crt" --ssl-key="$work/tls.key" > mariadb.log 2>&1 &
server=$!

# Prints what the server presents: the subject of its certificate, or nothing.
probe() {
    openssl s_client -bind 127.0.0.2 -connect "127.0.0.1:$port" -starttls mysql < /dev/null 2>/dev/null | sed -n 's/^subject=//p'
}

tries=0
until [ -S socket ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { cat mariadb.log; exit 1; }
    sleep 0.1
done

seen=0
while [ "$seen" -le "$limit" ]; do
    [ -n "$(probe)" ] || break
    seen=$((seen + 1))
done
echo "Probes that were shown the certificate: $seen"
greeting=$(python3 - "$port" <<'PYTHON'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5, ("127.0.0.2", 0)) as connection:
    print("".join(c for c in connection.recv(300)[5:].decode("latin-1") if c.isprintable()))
PYTHON
)
echo "The next connection reads: $greeting"
[ "$seen" -eq "$limit" ]
case $greeting in
    *"is blocked because of many connection errors"*) echo "As described." ;;
    *) echo "The behaviour has changed."; exit 1 ;;
esac

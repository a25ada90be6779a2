#!/usr/bin/env bash
# Unbound reports a successful reload, and keeps serving the old TLS certificate.
#
# `unbound-control reload` reads the whole configuration again, empties the cache and answers "ok", so a deployment hook that
# runs it after a renewal looks right. The files of tls-service-pem and tls-service-key are not read again, and neither does
# SIGHUP read them: DNS over TLS goes on with the old certificate until it expires. Only a restart loads the new one.
#
# Seen with Unbound 1.17.1 (Debian 12):
#   at start: CN = first; after unbound-control reload (ok): CN = first; after SIGHUP: CN = first; after a restart: CN = second
set -euo pipefail

version=1.17.1-2+deb12u4
root=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$root"' EXIT

# The package and the libraries that the machine lacks are unpacked into the folder, not installed.
mkdir -p "$root/archives/partial" "$root/tree"
apt-get install --yes --quiet --download-only --reinstall --no-install-recommends -o Dir::Cache::archives="$root/archives" \
  "unbound=$version" >"$root/apt.log" 2>&1 || { cat "$root/apt.log"; exit 1; }
for package in "$root"/archives/*.deb; do dpkg -x "$package" "$root/tree"; done
export LD_LIBRARY_PATH="$root/tree/usr/lib/$(uname -m)-linux-gnu" PATH="$root/tree/usr/sbin:$PATH"
unbound -V | head -n 1

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$root/unbound.conf" <<CONF
server:
  directory: "$root"
  chroot: ""
  username: ""
  pidfile: "$root/unbound.pid"
  use-syslog: no
  do-daemonize: no
  interface: 127.0.0.1@$port
  tls-port: $port
  tls-service-pem: "$root/cert.pem"
  tls-service-key: "$root/key.pem"
remote-control:
  control-enable: yes
  control-use-cert: no
  control-interface: "$root/control.sock"
CONF

issue() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" -keyout "$root/key.pem" -out "$root/cert.pem" 2>/dev/null; }
start() { unbound -c "$root/unbound.conf" >>"$root/log" 2>&1 & }
served() {
  for _ in $(seq 100); do
    openssl s_client -connect "127.0.0.1:$port" </dev/null 2>/dev/null | openssl x509 -noout -subject 2>/dev/null && return
    sleep 0.1
  done
}
expect() { echo "$1: $2"; [ "$2" = "subject=CN = $3" ] || { echo "expected: subject=CN = $3"; exit 1; }; }

issue first
start
expect "at start" "$(served)" first
issue second
echo "unbound-control reload says: $(unbound-control -c "$root/unbound.conf" reload)"
sleep 1
expect "after the reload" "$(served)" first
kill -HUP "$(cat "$root/unbound.pid")"
sleep 1
expect "after SIGHUP" "$(served)" first
kill "$(cat "$root/unbound.pid")"
wait
start
expect "after a restart" "$(served)" second

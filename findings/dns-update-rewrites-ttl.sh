#!/usr/bin/env bash
# Adding one TXT value by RFC 2136 rewrites the TTL of every value at that name.
#
# An ACME client that adds its challenge value with a TTL of 60 next to somebody else's value with a TTL of 86400 would be
# expected to leave the other record alone: the update names one record only. BIND and Knot both change the TTL of the
# whole record set to that of the added record, and removing the added value afterwards does not restore it. A client that
# must not touch other people's records has to read the current TTL first and use it.
#
# Adding a value that already exists is a no-op in Knot. In BIND it changes the TTL of the record set in the same way.
#
# Seen with BIND 9.18.49 and Knot 3.2.6 (Debian 12):
#   bind: before 86400 "other"; after the addition 60 "mine" "other"; after the removal 60 "other"; after re-adding 30 "other"
#   knot: before 86400 "other"; after the addition 60 "mine" "other"; after the removal 60 "other"; after re-adding 60 "other"
set -euo pipefail

bind=1:9.18.49-1~deb12u3
knot=3.2.6-1
root=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$root"' EXIT

# The packages and the libraries that the machine lacks are unpacked into the folder, not installed.
mkdir -p "$root/archives/partial" "$root/tree"
apt-get install --yes --quiet --download-only --reinstall --no-install-recommends -o Dir::Cache::archives="$root/archives" \
  "bind9=$bind" "bind9-dnsutils=$bind" "knot=$knot" >"$root/apt.log" 2>&1 || { cat "$root/apt.log"; exit 1; }
for package in "$root"/archives/*.deb; do dpkg -x "$package" "$root/tree"; done
export LD_LIBRARY_PATH="$root/tree/usr/lib/$(uname -m)-linux-gnu" PATH="$root/tree/usr/bin:$root/tree/usr/sbin:$PATH"
named -v
knotd -V

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
zone='$TTL 86400
@ IN SOA ns.example.test. hostmaster.example.test. 1 3600 600 86400 60
@ IN NS ns.example.test.
ns IN A 127.0.0.1
_acme-challenge 86400 IN TXT "other"'
mkdir -p "$root/bind" "$root/knot/db"
echo "$zone" | tee "$root/bind/zone" >"$root/knot/zone"
bind_port=$(free_port)
knot_port=$(free_port)

cat >"$root/bind/named.conf" <<CONF
options { directory "$root/bind"; pid-file "named.pid"; session-keyfile "session.key"; recursion no; dnssec-validation no;
  listen-on port $bind_port { 127.0.0.1; }; listen-on-v6 { none; }; };
controls { };
zone "example.test" { type primary; file "zone"; allow-update { 127.0.0.1; }; };
CONF
cat >"$root/knot/knot.conf" <<CONF
server:
    rundir: "$root/knot"
    listen: 127.0.0.1@$knot_port
database:
    storage: "$root/knot/db"
acl:
  - id: update
    address: 127.0.0.1
    action: update
zone:
  - domain: example.test
    storage: "$root/knot"
    file: zone
    acl: update
CONF
named -c "$root/bind/named.conf" -f >"$root/bind/log" 2>&1 &
knotd -c "$root/knot/knot.conf" >"$root/knot/log" 2>&1 &

values() { dig +noall +answer "@127.0.0.1" -p "$1" _acme-challenge.example.test TXT | awk '{ print $2, $5 }' | sort | tr '\n' ' '; }
update() { printf 'server 127.0.0.1 %s\nzone example.test\nupdate %s\nsend\n' "$1" "$2" | nsupdate; }
expect() { echo "$1: $2: $3"; [ "$3" = "$4" ] || { echo "expected: $4"; exit 1; }; }

for server in "bind $bind_port 30" "knot $knot_port 60"; do
  read -r name port repeated <<<"$server"
  for _ in $(seq 100); do [ -n "$(values "$port")" ] && break; sleep 0.1; done
  expect "$name" before "$(values "$port")" '86400 "other" '
  update "$port" 'add _acme-challenge.example.test. 60 TXT "mine"'
  expect "$name" "after the addition" "$(values "$port")" '60 "mine" 60 "other" '
  update "$port" 'delete _acme-challenge.example.test. TXT "mine"'
  expect "$name" "after the removal" "$(values "$port")" '60 "other" '
  update "$port" 'add _acme-challenge.example.test. 30 TXT "other"'
  expect "$name" "after adding it again" "$(values "$port")" "$repeated \"other\" "
done

set -eu
umask 077
# Writes what the programs of Ceph read: who they are, and where the monitors are.
configure() {
  user=$(cat /etc/rook/admin/username)
  hosts=$(sed 's/[a-z0-9_-]*=//g' /etc/rook/monitors/endpoints)
  printf '[%s]\nkey = %s\n' "$user" "$(cat /etc/rook/admin/key)" > /etc/ceph/keyring
  printf '[global]\nmon_host = %s\n\n[%s]\nkeyring = /etc/ceph/keyring\n' "$hosts" "$user" > /etc/ceph/new
  mv /etc/ceph/new /etc/ceph/ceph.conf
}

#!/bin/bash
# The manual's steps by hand: what an administrator's script does over OpenSSH, host after host, on hosts that have
# booted and have WireGuard installed. It ends when App-Server and DB-Server reach each other.
#   manual.sh SSH_CONFIG   with the addresses in the environment, as tests/bench/run.sh sets them
set -euo pipefail
config=$1
: "${gateway_a_public:?}" "${gateway_b_public:?}" "${gateway_a_ip:?}" "${gateway_b_ip:?}" "${app_ip:?}" "${db_ip:?}"
on() { ssh -F "$config" "$@"; }

keys() { # GATEWAY: its public key; the private one stays there
  on "$1" 'umask 077 && wg genkey > /etc/wireguard/private.key && wg pubkey < /etc/wireguard/private.key'
}

gateway() { # GATEWAY ADDRESS PEER-KEY PEER-ADDRESS PEER-NETWORK PEER-ENDPOINT
  on "$1" bash -se <<TEXT
umask 077
cat > /etc/wireguard/wg0.conf <<CONF
[Interface]
Address = $2/24
ListenPort = 51820
PrivateKey = \$(cat /etc/wireguard/private.key)

[Peer]
PublicKey = $3
AllowedIPs = $4/32, $5
Endpoint = $6:51820
PersistentKeepalive = 25
CONF
umask 022
echo net.ipv4.ip_forward=1 > /etc/sysctl.d/99-peering.conf
sysctl -q -p /etc/sysctl.d/99-peering.conf
ufw allow 51820/udp
ufw route allow in on wg0
ufw route allow out on wg0
systemctl enable --now wg-quick@wg0
TEXT
}

server() { # SERVER OWN-ADDRESS NEXT-HOP REMOTE-NETWORK
  on "$1" bash -se <<TEXT
nic=\$(ip -o -4 address | awk '\$4 ~ "^$2/" {print \$2}')
echo 'network: {config: disabled}' > /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg
umask 077
cat > /etc/netplan/60-peering.yaml <<CONF
network:
  version: 2
  ethernets:
    \$nic:
      routes:
        - to: 10.10.0.0/24
          via: $3
        - to: $4
          via: $3
CONF
netplan apply
TEXT
}

reaches() { on "$1" "ping -nqc1 -W2 $2 && timeout 3 bash -c 'exec 3<>/dev/tcp/$2/22'"; }

key_a=$(keys gateway-a)
key_b=$(keys gateway-b)
gateway gateway-a 10.10.0.1 "$key_b" 10.10.0.2 172.16.2.0/24 "$gateway_b_public"
gateway gateway-b 10.10.0.2 "$key_a" 10.10.0.1 172.16.1.0/24 "$gateway_a_public"
server app-server "$app_ip" "$gateway_a_ip" 172.16.2.0/24
server db-server "$db_ip" "$gateway_b_ip" 172.16.1.0/24
until reaches app-server "$db_ip" && reaches db-server "$app_ip"; do sleep 0.1; done

#!/bin/bash
# What a shell script over OpenSSH asks a host in one look, and judges: the yardstick for the controller's own look.
#   look.sh SSH_CONFIG HOST gateway|server
set -euo pipefail
if [ "$3" = gateway ]; then
  look='wg show wg0 dump | cut -f 1,3-; systemctl is-active wg-quick@wg0; systemctl is-enabled wg-quick@wg0
    cat /proc/sys/net/ipv4/ip_forward; sha256sum /etc/wireguard/wg0.conf /etc/sysctl.d/99-vpcp.conf /etc/vpcp/mss.nft
    nft -s list table inet vpcp; iptables -S ufw-user-input; iptables -S ufw-user-forward; ip -4 address; ip -4 route'
  wanted='^active enabled 1$'
else
  look='sha256sum /etc/netplan/60-vpcp.yaml /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg; ip -4 address; ip -4 route
    echo active; echo enabled; echo 1'
  wanted='^active enabled 1$'
fi
ssh -F "$1" "$2" "$look" | grep -xE 'active|enabled|1' | paste -sd ' ' | grep -E "$wanted" > /dev/null

# What a host is, line by line, so that two looks at it can be compared. Needs watched.sh.
# shellcheck shell=bash disable=SC2154

hosts=(gateway-a gateway-b app-server db-server)

# Run on the host. Keys go as digests, since differences are printed; what changes by itself (handshakes, counters, lifetimes,
# numbers of interfaces; the IPv6 address that every new wg0 draws) stays out. Only rules of a firewall have an order that matters. What `wg` and `nft` cannot tell on a
# server without them is nothing. The last line says that the look is whole.
look_script() {
  cat <<'LOOK'
cd /
digest() { sha256sum | cut -c1-16; }
{
  find etc root/.ssh var/lib/vpcp -type f -exec sha256sum {} + | sed -E 's/^(.{16})[^ ]* +(.*)/content \2 \1/'
  find etc root/.ssh var/lib/vpcp -printf 'file %p %m %U:%G %y %l\n'
  find run tmp -maxdepth 1 -name '*vpcp*' ! -name 'vpcp-watch.*' -printf 'left over %p\n'
  ip -4 route show table all | sed 's/^/route /'
  ip -6 route show table all | sed -E 's/ expires -?[0-9]+sec//; s/^/route6 /'
  ip rule | sed 's/^/rule /'
  ip -o link | sed -E 's/^[0-9]+: ([^:@]+)[^<]*(<[^>]*>) (mtu [0-9]+).*/link \1 \2 \3/'
  ip -o address | sed -E 's/^[0-9]+: //; s/ *\\.*//; s/^/address /'
  sysctl -e net.ipv4.ip_forward
  (cd /proc/sys && grep -r '' net/ipv4/conf | sed 's/:/ = /; s|/|.|g')  # sysctl -a --pattern reads everything there is
  systemctl show -p Id -p ActiveState -p UnitFileState wg-quick@wg0 ufw systemd-networkd ssh | awk -v RS= '{gsub("\n", " "); print "unit", $0}'
  wg show wg0 dump | sed -n 1p | cut -f2- | sed 's/^/wg0 /'
  wg show wg0 dump | sed 1d | cut -f1,3,4,8 | sed 's/^/peer /'
  echo "wg0 keys $({ wg show wg0 private-key; wg show wg0 preshared-keys; } | digest)"
} 2> /dev/null | tr '\t' ' ' | grep -vE 'fe80::.* wg0|wg0 .*fe80::' | sort
{ iptables -S; ip6tables -S; nft -s list ruleset; } 2> /dev/null | sed 's/^/firewall /'
echo whole
LOOK
}

# looks: at all hosts at once, each line with the name of its host; 1 when one of them could not be looked at
looks() {
  local host pids=() whole=0
  for host in "${hosts[@]}"; do
    on "$host" "$(look_script)" > "$work/look-$host" < /dev/null &
    pids+=($!)
  done
  wait "${pids[@]}" || true
  for host in "${hosts[@]}"; do
    [ "$(tail -n 1 "$work/look-$host")" = whole ] || whole=1
    sed "s/^/$host: /" "$work/look-$host"
  done
  return $whole
}

whole_look() { [ "$(grep -c ': whole$' "$1" 2> /dev/null)" = ${#hosts[@]} ]; }

# same_but REGEX BEFORE: all hosts are as in that look, apart from lines that match. The new look is in $work/looks.after, what
# differs in $work/looks.diff.
same_but() {
  looks > "$work/looks.after" || { echo "< a host could not be looked at" > "$work/looks.diff"; return 1; }
  diff <(grep -vE -- "${1:-^$}" "$2") <(grep -vE -- "${1:-^$}" "$work/looks.after") > "$work/looks.diff"
}
differences() { grep '^[<>]' "$work/looks.diff" | cut -c1-200 | head -n 20 | shown; }

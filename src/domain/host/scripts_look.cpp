#include "domain/host/scripts.h"

namespace vpcp::scripts {

// Builtins wherever they do, since a process costs a millisecond of the host and this runs every pass.
// `wg show dump` prints the private key and the preshared keys: they stay in the shell's variables.
// A unit is active while its invocation link is there, and masked when its file is a device (/dev/null).
const char* const kLook = R"sh(
LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
role=$1 state=/var/lib/vpcp tab=$(printf '\t') newline='
'
lines() {
  [ -r "$2" ] || return 0
  n=0
  while [ $n -lt 300 ] && { IFS= read -r line || [ -n "$line" ]; }; do
    echo "$1 $line"
    n=$((n + 1))
  done < "$2"
}
there() { [ "$1" "$2" ] && echo "$3"; }
echo 'vpcp-report 1'
lines boot_id /proc/sys/kernel/random/boot_id
lines ip_forward /proc/sys/net/ipv4/ip_forward
[ -r /etc/os-release ] && (. /etc/os-release && echo "os ${ID:-unknown} ${VERSION_ID:-unknown}")
printf 'clock ' && date +%s
there -e /run/cloud-init/enabled cloud_init_enabled
there -e /run/cloud-init/status.json cloud_init_enabled
there -e /run/cloud-init/result.json cloud_init_done
there -d /etc/cloud/cloud.cfg.d cloud_config
there -e /run/reboot-required reboot_required
there -x /usr/sbin/netplan netplan
there -d $state state_folder
there -h /run/systemd/units/invocation:vpcp-bootstrap.service bootstrap_running
lines bootstrap_done $state/bootstrap.done
lines bootstrap_failed $state/bootstrap.failed
lines owner $state/owner
lines kept_file $state/before/manifest
lines kept_route $state/routes
lines host_key /etc/ssh/ssh_host_ed25519_key.pub
for undo in /run/systemd/transient/vpcp-undo-*.timer; do
  undo=${undo##*/vpcp-undo-}
  [ "$undo" = '*.timer' ] || echo "undo ${undo%.timer}"
done
if [ "$role" = gateway ]; then
  unit=wg-quick@wg0.service
  command -v wg > /dev/null && command -v wg-quick > /dev/null && command -v nft > /dev/null && echo wireguard_installed
  there -h "/run/systemd/units/invocation:$unit" unit_active
  there -h "/etc/systemd/system/multi-user.target.wants/$unit" unit_enabled
  there -c "/etc/systemd/system/$unit" unit_masked
  there -c "/run/systemd/system/$unit" unit_masked
  lines rp_filter /proc/sys/net/ipv4/conf/all/rp_filter
  lines rp_filter /proc/sys/net/ipv4/conf/wg0/rp_filter
  set -f
  if dump=$(wg show wg0 dump 2> /dev/null) && [ -n "$dump" ]; then
    IFS=$tab$newline
    set -- $dump
    unset IFS
    echo "tunnel $2 $3"
    shift 4
    keys=
    while [ $# -ge 8 ]; do
      kept=psk
      [ "$2" = '(none)' ] && kept=open
      echo "peer $1 $3 $4 $8 $5 $6 $7 $kept"
      keys=$keys$2$newline
      shift 8
    done
    printf 'preshared ' && printf %s "$keys" | sha256sum
  fi
  set +f
  [ -r /etc/vpcp/mss.nft ] && echo @clamp && nft -s list table inet vpcp 2> /dev/null
  if [ -x /usr/sbin/ufw ]; then
    echo @ufw
    grep -hs -m 500 -e '^### tuple ###' -e '^ENABLED=' /etc/ufw/ufw.conf /etc/ufw/user.rules
    echo @filter
    iptables -S 2> /dev/null | grep -m 500 -E '^-(N ufw-user-forward|A ufw-user-(input|forward) )'
  fi
  set -- /etc/wireguard/wg0.conf /etc/sysctl.d/99-vpcp.conf /etc/vpcp/mss.nft
else
  nic= n=0
  [ -r /etc/netplan/60-vpcp.yaml ] && while [ $n -lt 5 ] && IFS= read -r nic; do n=$((n + 1)); done < /etc/netplan/60-vpcp.yaml
  [ $n = 5 ] && echo "netplan_nic $nic"
  set -- /etc/netplan/60-vpcp.yaml /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg
fi
files=
for path; do [ -f "$path" ] && files="$files $path"; done
if [ -n "$files" ]; then
  echo @digests
  sha256sum $files
  echo @permissions
  stat -c '%a %u:%g %n' $files
fi
echo @network
ip -j -batch - << 'end'
address
route show table main
end
echo @end
)sh";

// Needs bash 5 (EPOCHREALTIME, /dev/tcp), which every supported system has. A ping of an older system lets
// only root send faster than 5 a second, so it is asked again at that pace. A single connection that is
// not answered after a little more than half of the limit, which is over a round trip by far, is followed
// by as many as there are pings, within the time that the pings are given anyway: TCP that dies alone is
// told half a second sooner than by another command. Where there are many targets, it is another command:
// a small host cannot begin hundreds of connections at once.
const char* const kProbe = R"sh(
export LC_ALL=C
limit=$1 pings=$2 connections=$3
shift 3
seconds() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }
case ${1:-} in after:*) sleep "${1#after:}"; shift ;; esac
probes= pids= bursts= limit_ms=$((10#${limit/./})) rest=$((pings > connections ? 40 * (pings - connections) : 0))
connect() {
  trap 'echo "$target timeout"; exit' TERM
  local address=${target#tcp:} start=${EPOCHREALTIME/./} answer took
  if { exec 3<> "/dev/tcp/${address%:*}/${address##*:}"; } 2> /dev/null; then answer=ok; else answer=refused; fi
  took=$((${EPOCHREALTIME/./} - start))
  printf '%s %s %d.%03d\n' "$target" $answer $((took / 1000)) $((took % 1000))
}
again() {
  local probe silent= more= i
  sleep "$(seconds $((limit_ms * 11 / 20)))"
  for probe in $probes; do
    ! kill -0 "${probe#*=}" || silent="$silent ${probe%=*}"
  done
  [ -n "$silent" ] || return
  for ((i = 0; i < pings; i++)); do
    for target in $silent; do
      connect & more="$more $!"
    done
    sleep 0.02
  done
  ( sleep "$(seconds $((rest + limit_ms * 9 / 20 - 20 * pings)))"; kill $more ) > /dev/null & probe=$!
  wait $more
  kill "$probe"
} 2> /dev/null
burst() {
  local said sent=$pings back=0
  said=$(ping -nqc "$pings" -i 0.04 -W "$limit" "${target#icmp:}" 2>&1) || [ $? = 1 ] ||
    said=$(ping -nqc "$pings" -i 0.2 -W "$limit" "${target#icmp:}" 2>&1)
  [[ $said =~ ([0-9]+)' packets transmitted, '([0-9]+)' received' ]] && sent=${BASH_REMATCH[1]} back=${BASH_REMATCH[2]}
  if [ "$back" -gt 0 ] && [[ $said =~ ' = '[0-9.]+/([0-9.]+)/[0-9.]+/([0-9.]+) ]]; then
    echo "$target ok ${BASH_REMATCH[1]} $sent $back ${BASH_REMATCH[2]}"
  else
    [ "$sent" -gt 0 ] || sent=$pings
    echo "$target timeout - $sent 0"
  fi
}
for ((i = 0; i < connections; i++)); do
  [ $i = 0 ] || sleep 0.04
  for target; do
    case $target in
    tcp:*) connect & probes="$probes $target=$!" pids="$pids $!" ;;
    icmp:*) [ $i = 0 ] && { burst & bursts="$bursts $!"; } ;;
    esac
  done
done
if [ "$connections" = 1 ] && [ $# -le 16 ] && [ $limit_ms -le 1000 ]; then again & bursts="$bursts $!"; fi
( sleep "$(seconds $((rest + limit_ms)))"; kill $pids ) > /dev/null 2>&1 & watchdog=$!
wait $pids $bursts
kill $watchdog 2> /dev/null
exit 0
)sh";

// -s is what a ping carries, without the headers of IP and ICMP. Exit code 1: none came back; 2: this ping
// lets only root be so fast.
const char* const kPath = R"sh(
limit=$1
shift
mtu=$(cat /sys/class/net/wg0/mtu 2> /dev/null) || exit 0
echo "mtu=$mtu"
crosses() {
  ping -nqM do -c 10 -i 0.04 -W "$limit" -s $(($2 - 28)) "$1" > /dev/null 2>&1
  case $? in
  0) echo "$1=$2" ;;
  2) ping -nqM do -c 10 -i 0.2 -W "$limit" -s $(($2 - 28)) "$1" > /dev/null 2>&1 && echo "$1=$2" ;;
  esac
}
for target; do
  size=${target#*=}
  [ "$size" != whole ] || size=$mtu
  crosses "${target%=*}" "$size" &
done
wait
exit 0
)sh";

}  // namespace vpcp::scripts

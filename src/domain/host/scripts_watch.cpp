#include "domain/host/scripts.h"

namespace vpcp::scripts {

// `ip monitor` writes to the output by itself, milliseconds after a change of the kernel's network. The
// rest is looked at once a second, by builtins as far as they go: a process costs one or two milliseconds.
// Four times a second it is seen whether packets still go out through the tunnel and have just ceased to
// come in, and half-way whether the files that others edit most were touched: then these are looked at before
// their time. So the time is kept by bash, which can wait without a process, on a pipe that nobody writes to,
// while the looking is done by sh, whose forks cost half of bash's. A tick that was not fetched is not
// followed by another: after a pause nothing is made up for. The clock ends with its sh, the pipe of the
// ticks has no name by then. [ -nt ] tells that a file or its folder was touched after the mark; permissions,
// which it cannot tell, and the firewall of a gateway come every 10 s. A unit is active while its invocation
// link is there (whose target changes with a restart). Keys that `wg show dump` prints stay in the shell's
// variables; handshakes and counters are left out, they change all the time. One process reads the input and
// tells the loop of each line, which a POSIX sh cannot wait for with a limit. The mark of one that was killed
// is taken away by the next.
const char* const kWatch = R"sh(
interface=$1 beat=10 dead=30
LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
unit=/run/systemd/units/invocation:wg-quick@$interface.service
counters=/sys/class/net/$interface/statistics
enabled=/etc/systemd/system/multi-user.target.wants/wg-quick@$interface.service
edited="/etc/wireguard/$interface.conf /etc/netplan/60-vpcp.yaml /etc/ufw/user.rules"
tab=$(printf '\t') newline='
' mark=/run/vpcp-watch.$$ ticks=/run/vpcp-watch.ticks.$$ idle=0 turn=0 quarter=0 in= out= came=0 tunnel0= unit0= files0= rules0=
for old in /run/vpcp-watch.*; do
  [ -e "/proc/${old##*.}" ] || rm -f "$old"
done
end() {
  trap - EXIT
  kill ${monitor:-} ${guard:-} ${clock:-} 2> /dev/null
  rm -f "$mark" "$ticks"
  exit 0
}
trap end EXIT HUP INT TERM PIPE
trap 'idle=0' USR1
exec 3<&0 < /dev/null
ip -o monitor label link address route rule netconf 2> /dev/null & monitor=$!
(while read -r line <&3; do kill -USR1 $$ || break; done; kill $monitor $$) 2> /dev/null & guard=$!
exec 3<&-
mkfifo "$ticks" || end
exec 4<> "$ticks"
rm -f "$ticks"
bash -c 'exec 0<> <(:); while kill -0 "$1"; do read -rt 0 <&4 || echo >&4; read -rt 0.25; done' vpcp-watch-clock $$ > /dev/null 2>&1 & clock=$!
# Today's iptables keeps its rules where nft tells of them; those of the older kind are its own.
case $(iptables -V 2> /dev/null) in *legacy*) of_iptables='iptables -S' ;; *) of_iptables= ;; esac
say() { echo "$1" || end; }
look_at_tunnel() {
  tunnel=
  if dump=$(wg show "$interface" dump 2> /dev/null); then
    IFS=$tab$newline
    set -f
    set -- $dump
    unset IFS
    tunnel="$1 $2 $3 $4"
    shift 4
    while [ $# -ge 8 ]; do
      tunnel="$tunnel $1 $2 $3 $4 $8"
      shift 8
    done
    set +f
  fi
  [ "$tunnel" = "$tunnel0" ] || [ $turn = 0 ] || say 'changed tunnel'
  tunnel0=$tunnel
}
look_at_unit() {
  is=
  [ -h "$unit" ] && is=active
  [ -h "$enabled" ] && is=$is,enabled
  [ "$is" = "$unit0" ] || [ $turn = 0 ] || say 'changed unit'
  unit0=$is
}
touched() {
  for path; do
    [ "$path" -nt "$mark" ] && return 0
  done
  return 1
}
look_at_files() {
  set -- /etc/wireguard /etc/wireguard/*.conf /etc/netplan /etc/netplan/*.yaml /etc/sysctl.d /etc/sysctl.d/*.conf \
    /etc/vpcp /etc/vpcp/* /etc/ufw /etc/ufw/*.rules /etc/ufw/ufw.conf /etc/cloud/cloud.cfg.d /etc/systemd/system
  [ $((turn % beat)) = 0 ] || touched "$@" || return 0
  : > "$mark"
  files=$(stat -c '%n %.9Y %.9Z %s %i %a %u:%g' "$@" 2> /dev/null)
  [ "$files" = "$files0" ] || [ $turn = 0 ] || say 'changed file'
  files0=$files
}
look_at_rules() {
  [ $((turn % beat)) = 0 ] && [ -e /etc/vpcp/mss.nft ] || return 0
  rules=$($of_iptables 2> /dev/null; exec nft -st list ruleset 2> /dev/null)
  [ "$rules" = "$rules0" ] || [ $turn = 0 ] || say 'changed firewall'
  rules0=$rules
}
# What has gone out, or should have; what comes in is read more often.
count_sent() {
  read -r sent < $counters/tx_packets
  read -r failed < $counters/tx_errors
  out=$((sent + failed))
}
fell_silent() {
  in0=$in came0=$came came=0 out0=$out
  read -r in < $counters/rx_packets
  [ "$in" = "$in0" ] || came=1
  [ $came = 0 ] && [ $came0 = 1 ] && count_sent && [ $out != "$out0" ]
}
look_at_all() {
  count_sent
  look_at_tunnel
  look_at_unit
  look_at_files
  look_at_rules
  [ $((turn % beat)) != 0 ] || say alive
  turn=$((turn + 1)) idle=$((idle + 1))
}
: > "$mark"
while [ $idle -lt $dead ] && kill -0 $monitor && kill -0 $guard && kill -0 $clock; do
  if fell_silent; then look_at_tunnel; fi
  if [ $((quarter % 4)) = 2 ] && touched $edited; then look_at_files; fi
  [ $((quarter % 4)) != 0 ] || look_at_all
  quarter=$((quarter + 1))
  # It returns also when a signal came.
  read -r tick <&4
done 2> /dev/null
)sh";

}  // namespace vpcp::scripts

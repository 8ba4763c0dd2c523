#include "domain/host/scripts.h"

namespace vpcp::scripts {

// Goes before a script whose change may cut us off. One that waits already knows what was there before a run
// that was cut short. `arm_undo TOKEN TEXT`: the undo is systemd's, so it outlives the connection, this shell
// and us.
const char* const kArmUndo = R"sh(
arm_undo() {
  systemctl is-active --quiet "vpcp-undo-$1.timer" && systemctl restart "vpcp-undo-$1.timer" && return
  systemd-run --quiet --collect --unit="vpcp-undo-$1" --on-active=20 --timer-property=AccuracySec=1s sh -c "$2"
}
)sh";

// ufw skips a rule that its files have, also when the kernel has lost it, and changes one of the same tuple
// in place: so what there is of ours goes first. A deny stood before it, or nothing let it pass, so nothing
// is lost meanwhile.
const char* const kUfwAllow = R"sh(
token=$1 where=$2 route=
[ "$3" = route ] && route=route
shift 3
rule=$*
first=
[ "$where" = first ] && first=prepend
# What there is of ours, a line each, as ufw takes it: "deny log 51820/udp", but "deny in on wg0 log".
old=$(ufw show added |
  sed -nE "s,^ufw ${route:+route }((allow|deny|reject|limit)( log| log-all)? $rule( log| log-all)?)( comment .*)?\$,\1,p" | sort -u)
undo="ufw $route delete allow $rule;"
if [ "$old" = "allow $rule" ]; then undo="$undo ufw $route $old;"; else
  undo="$undo $(printf %s "$old" | grep -vxF "allow $rule" | sed -n "s,..*,ufw $route prepend &;,p")"
fi
arm_undo "$token" "$undo" || exit
printf '%s\n' "$old" | while read -r text; do
  [ -z "$text" ] || ufw $route delete $text < /dev/null > /dev/null
done
ufw $route $first allow "$@" > /dev/null
)sh";

// The text stays in the shell's memory; printf is a builtin, so it reaches no argument list. syncconf would
// take the networks of every peer away and give them back, and lose what crosses in between: so only the
// sections that differ from what runs are set.
const char* const kSyncTunnel = R"sh(
wanted=$2 pause=${3:-}
text=$(cat && echo .) && text=${text%.} || exit
interface=$1
set -- $(printf %s "$text" | sha256sum)
[ "$1" = "$wanted" ] || { echo "the input was cut short" >&2; exit 1; }
[ -z "$pause" ] || sleep "$pause"
running=$(wg show "$interface" dump) || exit
# Of the sections those that differ; "#" and the key of a peer that has none.
changes=$({ printf '%s\n@\n' "$running"; printf %s "$text"; } | awk -F '\t' '
  function same_networks(a, b,    list, n, i) {
    n = split(a, list, / *, */)
    if (n != split(b, ignored, ",")) return 0
    for (i = 1; i <= n; i++) if (!index("," b ",", "," list[i] ",")) return 0
    return 1
  }
  function runs(key) {
    return (key in allowed) && same_networks(is["AllowedIPs"], allowed[key]) && is["PersistentKeepalive"] == keepalive[key] &&
      (is["PresharedKey"] == preshared[key] || (preshared[key] == "(none)" && is["PresharedKey"] ~ /^A+=$/)) &&
      (!("Endpoint" in is) || is["Endpoint"] == endpoint[key])
  }
  function end_section() {
    if (section == "[Interface]" && (is["PrivateKey"] != private || is["ListenPort"] != port)) printf "%s", block
    if (section == "[Peer]") {
      declared[is["PublicKey"]]
      if (!runs(is["PublicKey"])) printf "%s", block
    }
    split("", is)
    block = ""
  }
  $0 == "@" {in_text = 1; next}
  !in_text && NR == 1 {private = $1; port = $3; next}
  !in_text {preshared[$1] = $2; endpoint[$1] = $3; allowed[$1] = $4; keepalive[$1] = $8; next}
  /^#/ {next}
  /^\[/ {end_section(); section = $0}
  {at = index($0, " = "); if (at) is[substr($0, 1, at - 1)] = substr($0, at + 3); block = block $0 "\n"}
  END {end_section(); for (key in allowed) if (!(key in declared)) print "#" key}') || exit
for key in $(printf '%s\n' "$changes" | sed -n 's/^#//p'); do wg set "$interface" peer "$key" remove || exit; done
changes=$(printf '%s\n' "$changes" | grep -v '^#') && [ -n "$changes" ] || exit 0
printf '%s\n' "$changes" | wg addconf "$interface" /dev/stdin
)sh";

// A link of that name that is not WireGuard (left by a userspace process that died) would stop wg-quick.
const char* const kRestartTunnel = R"sh(
unit=wg-quick@$1.service
systemctl reset-failed "$unit" 2> /dev/null
[ -z "${2:-}" ] || sleep "$2"
if ! wg show "$1" > /dev/null 2>&1; then ip link delete dev "$1" 2> /dev/null; fi
systemctl restart "$unit" && exit
code=$?
journalctl --no-pager -q -o cat -n 8 -u "$unit" 2> /dev/null | grep -v -i key >&2
exit $code
)sh";

const char* const kUnmaskUnit = R"sh(
systemctl unmask "$1" && systemctl unmask --runtime "$1"
)sh";

const char* const kDeleteAddress = R"sh(
ip address delete "$1" dev "$2" 2> /dev/null
[ -z "$(ip -4 -o address show dev "$2" to "${1%/*}/32")" ]
)sh";

const char* const kDeleteRoute = R"sh(
while ip -4 route delete "$1" dev "$2" 2> /dev/null; do :; done
[ -z "$(ip -4 route show exact "$1" dev "$2")" ]
)sh";

// Prepended, since what is undone came first among equals.
const char* const kDropRoutes = R"sh(
token=$1 destination=$2 keep=$3 limit=$4 undo=
LC_ALL=C
export LC_ALL
each() { # COMMAND: for every route that is to go
  ip -4 route show exact "$destination" | while read -r route; do
    case " $route " in *" dev $keep "* | *" proto kernel "*) continue ;; esac
    metric=0
    case " $route " in *" metric "*) metric=${route##* metric } metric=${metric%% *} ;; esac
    [ "$metric" -le "$limit" ] || continue
    for flag in linkdown dead offload trap; do
      case " $route " in *" $flag "*) route=$(echo "$route" | sed "s/ $flag\b//") ;; esac
    done
    "$@" "$route"
  done
}
put_back() { echo "ip -4 route prepend $1;"; }
drop() { ip -4 route delete $1; }
undo=$(each put_back)
[ -n "$undo" ] || exit 0
arm_undo "$token" "$undo" || exit
each drop
[ -z "$(each put_back)" ]
)sh";

const char* const kConfirm = R"sh(
systemctl stop "vpcp-undo-$1.timer"
)sh";

// One line for each destination: DESTINATION, a tab, and the route that was there as `ip route replace` takes
// it, or nothing. Only a route without a metric: ours has none and would replace just that one.
const char* const kKeepRoutes = R"sh(
umask 077
list=/var/lib/vpcp/routes tab=$(printf '\t')
mkdir -p "${list%/*}" && touch "$list" && cat "$list" > "$list.new" || exit
for destination; do
  while IFS=$tab read -r known route; do
    [ "$known" = "$destination" ] && continue 2
  done < "$list"
  route=$(ip -4 route show exact "$destination" | grep -v ' metric ' | head -n 1)
  for flag in linkdown dead offload trap; do
    case " $route " in *" $flag "*) route=$(echo "$route" | sed "s/ $flag\b//") ;; esac
  done
  printf '%s\t%s\n' "$destination" "$route" >> "$list.new" || exit
done
cmp -s "$list.new" "$list" && exec rm -f "$list.new"
sync -d "$list.new" && mv -f "$list.new" "$list"
)sh";

// With no argument: all of them. The note goes last, so a kill in between only repeats the work. There can be
// more than one route of ours: at a boot, networkd puts the drop-in's beside one that the owner's files have.
const char* const kReturnRoutes = R"sh(
umask 077
list=/var/lib/vpcp/routes tab=$(printf '\t')
[ -e "$list" ] || exit 0
all=
[ $# = 0 ] && all=1
: > "$list.new" || exit
while IFS=$tab read -r destination route; do
  chosen=$all
  for wanted; do [ "$wanted" = "$destination" ] && chosen=1; done
  if [ -z "$chosen" ]; then
    printf '%s\t%s\n' "$destination" "$route" >> "$list.new" || exit
    continue
  fi
  [ -z "$route" ] || ip -4 route replace $route 2> /dev/null
  ip -4 route show exact "$destination" | grep -v ' metric ' | while read -r other; do
    other=$(echo "$other" | sed -E 's/ (linkdown|dead|offload|trap)\b//g')
    [ "$(echo $other)" = "$(echo $route)" ] || ip -4 route delete $other
  done
done < "$list"
sync -d "$list.new" && mv -f "$list.new" "$list"
)sh";

}  // namespace vpcp::scripts

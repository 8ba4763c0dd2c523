#include "domain/host/scripts.h"

namespace vpcp::scripts {

// The script goes through a file, since systemd would expand its dollar signs in an argument.
const char* const kStartBootstrap = R"sh(
umask 077
state=/var/lib/vpcp
[ -h /run/systemd/units/invocation:vpcp-bootstrap.service ] && exit 0
mkdir -p "$state" && rm -f "$state/bootstrap.done" "$state/bootstrap.failed" || exit
printf %s "$2" > "$state/bootstrap.sh" || exit
systemctl reset-failed vpcp-bootstrap.service 2> /dev/null
systemd-run --quiet --collect --unit=vpcp-bootstrap --property=RuntimeMaxSec=3600 sh "$state/bootstrap.sh" "$1"
)sh";

// bootstrap.done: "ok|errors BOOT-ID yes|no" (yes: the update asks for a reboot of this boot), then the end
// of the log when there were errors. bootstrap.failed: the time, then the end of the log. A server may have
// no way to a mirror: its update is worth trying, not worth waiting for.
const char* const kBootstrap = R"sh(
what=$1
umask 077
cd /var/lib/vpcp || exit
exec > bootstrap.log 2>&1 < /dev/null
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
apt() {
  limit=$1
  shift
  timeout -k 30 "$limit" apt-get -q -y -o DPkg::Lock::Timeout=600 -o APT::Update::Error-Mode=any \
    -o Acquire::Retries=2 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}
end_of_log() { { grep -E '^(E|W|dpkg): ' bootstrap.log || grep . bootstrap.log; } | tail -n 3 | cut -c 1-200; }
publish() { sync -d "$1.new" && mv -f "$1.new" "$1" && exit; }
failed() {
  [ "$what" = server ] && finished errors
  { date +%s; end_of_log; } > bootstrap.failed.new
  publish bootstrap.failed
}
finished() {
  read -r boot < /proc/sys/kernel/random/boot_id
  reboot=no
  [ "$what" != install ] && [ -e /run/reboot-required ] && reboot=yes
  { echo "$1 $boot $reboot"; [ "$1" = ok ] || end_of_log; } > bootstrap.done.new
  publish bootstrap.done
}
patience=1200
[ "$what" = server ] && patience=120
timeout -k 30 600 dpkg --configure -a
apt $patience update || failed
[ "$what" = install ] || apt 1800 upgrade || failed
[ "$what" = server ] && finished ok
missing=
command -v wg > /dev/null && command -v wg-quick > /dev/null || missing=wireguard
command -v nft > /dev/null || missing="$missing nftables"
[ -z "$missing" ] || apt 900 install $missing || failed
command -v wg > /dev/null && command -v wg-quick > /dev/null || failed
finished ok
)sh";

const char* const kReboot = R"sh(
sync
setsid sh -c 'sleep 0.5; systemctl reboot' > /dev/null 2>&1 < /dev/null &
)sh";

const char* const kMakeHostKey = R"sh(
umask 077
key=/etc/ssh/vpcp_new_host_key
if [ ! -s "$key" ]; then
  rm -f "$key.tmp" "$key.tmp.pub" "$key.pub"
  ssh-keygen -q -t ed25519 -N '' -C vpcp -f "$key.tmp" < /dev/null >&2 || exit
  mv -f "$key.tmp.pub" "$key.pub" && sync "$key.tmp" "$key.pub" && mv -f "$key.tmp" "$key" || exit
fi
cat "$key.pub"
)sh";

const char* const kActivateHostKey = R"sh(
key=/etc/ssh/ssh_host_ed25519_key new=/etc/ssh/vpcp_new_host_key
[ ! -s "$new" ] || mv -f "$new" "$key" || exit
if [ -s "$new.pub" ]; then chmod 644 "$new.pub" && mv -f "$new.pub" "$key.pub" || exit; fi
sync /etc/ssh
systemctl reload ssh.service 2> /dev/null || systemctl reload sshd.service
)sh";

}  // namespace vpcp::scripts

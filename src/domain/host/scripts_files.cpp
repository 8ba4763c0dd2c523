#include "domain/host/scripts.h"

namespace vpcp::scripts {

// Goes before a script that writes. `why_not PATH`: after a write that failed, ends with a status of its own
// where a person must help; see command_failure.h. The fifth of lsattr's letters is the immutable flag.
const char* const kWhyNot = R"sh(
why_not() {
  code=$? folder=${1%/*}
  for p in "$1" "$folder"; do
    case $(lsattr -d "$p" 2> /dev/null) in ????i*) echo "$p is immutable (chattr +i)" >&2; exit 91 ;; esac
  done
  [ -w "$folder" ] || { echo "the file system of $folder is read-only" >&2; exit 93; }
  set -- $(stat -f -c '%a %d %c' "$folder")
  if [ "$1" = 0 ] || { [ "$2" = 0 ] && [ "$3" != 0 ]; }; then echo "no space is left for $folder" >&2; exit 92; fi
  exit "${code:-1}"
}
)sh";

// A connection that breaks ends the input early, which `cat` cannot tell from its end: hence the digest.
const char* const kWriteFile = R"sh(
path=$1 mode=$2 digest=$3
umask 077
mkdir -p "${path%/*}" || exit
new=$path.vpcp-new
trap 'rm -f "$new"' EXIT
cat > "$new" || why_not "$path"
set -- $(sha256sum < "$new")
[ "$1" = "$digest" ] || { echo "the input was cut short" >&2; exit 1; }
chown 0:0 "$new" && chmod "$mode" "$new" && sync -d "$new" && mv -f "$new" "$path" || why_not "$path"
)sh";

// `netplan generate` after the write only renews systemd-networkd's files under /run: a networkd that is
// restarted then finds our routes there instead of dropping them as foreign. It changes no link.
const char* const kWriteNetplan = R"sh(
path=$1 digest=$2
umask 077
copy=$(mktemp -d /run/vpcp-netplan.XXXXXX) || exit
new=$path.vpcp-new
trap 'rm -rf "$copy" "$new"' EXIT
mkdir -p "$copy/etc/netplan" "$copy/run/systemd" || exit
for f in /lib/netplan /etc/netplan /run/netplan; do
  [ -d "$f" ] && mkdir -p "$copy$f" && cp -p "$f"/*.yaml "$copy$f/" 2>/dev/null
done
cat > "$copy$path" || exit
set -- $(sha256sum < "$copy$path")
[ "$1" = "$digest" ] || { echo "the input was cut short" >&2; exit 1; }
chmod 600 "$copy$path"
netplan generate --root-dir "$copy" >&2 || { echo "netplan refuses the file" >&2; exit 1; }
cp "$copy$path" "$new" && chown 0:0 "$new" && chmod 600 "$new" && sync -d "$new" && mv -f "$new" "$path" || why_not "$path"
netplan generate >&2
)sh";

// The manifest is appended to by replacing it whole, after the copy is complete: a kill before that makes the
// next run copy again, and nothing has been changed until then.
const char* const kKeepFiles = R"sh(
umask 077
kept=/var/lib/vpcp/before list=/var/lib/vpcp/before/manifest
mkdir -p "$kept" || exit
touch "$list" || exit
for path; do
  grep -qxF -e "file $path" -e "absent $path" "$list" && continue
  what=absent
  if [ -e "$path" ] || [ -L "$path" ]; then
    what=file
    mkdir -p "$kept${path%/*}" && rm -rf "$kept$path" && cp -a "$path" "$kept$path" || exit
  fi
  { cat "$list" && echo "$what $path"; } > "$list.new" && sync "$list.new" && mv -f "$list.new" "$list" || exit
done
)sh";

const char* const kRestoreFiles = R"sh(
kept=/var/lib/vpcp/before list=/var/lib/vpcp/before/manifest
[ -e "$list" ] || exit 0
while read -r what path; do
  case $what in
    absent) rm -f "$path" "$path.vpcp-new" || exit ;;
    file) new=$path.vpcp-new
      rm -f "$new" && cp -a "$kept$path" "$new" && sync "${path%/*}" && mv -fT "$new" "$path" || exit ;;
  esac
done < "$list"
if command -v netplan > /dev/null; then netplan generate >&2; fi
exit 0
)sh";

const char* const kClaim = R"sh(
umask 077
owner=/var/lib/vpcp/owner
mkdir -p "${owner%/*}" && echo "$1" > "$owner.new" && sync -d "$owner.new" && mv -f "$owner.new" "$owner"
)sh";

const char* const kForget = R"sh(
rm -rf /var/lib/vpcp
)sh";

}  // namespace vpcp::scripts

#!/bin/bash
# Follows docs/tutorial.md in the lab: every command of it, in order, and what it prints. A support bundle made on the way holds no secret.
#   tests/e2e/tutorial.sh [--write]   VPCP_BIN: folder of the programs; without it they are built
# --write keeps in the page what is seen now: read it before it is committed. Exit code 2 when the machine cannot run it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}

"$root/deploy/lab/preflight.sh"
[ -n "${VPCP_BIN:-}" ] || "$root/deploy/build.sh" release vpc-peering-controller vpcpctl vultr-lab
VPCP_BIN=$(readlink -f "${VPCP_BIN:-$root/build/release/bin}")
export VPCP_BIN
# A checkout of its own, so that the reader's files do not get into ours.
checkout=$(mktemp -d)
trap 'trap "" PIPE; "$root/deploy/lab/lab" down || true; rm -rf "$checkout"' EXIT # nobody may be there to read what it says
trap 'exit 130' INT TERM
mkdir -p "$checkout/build/release"
ln -s "$root/deploy" "$root/examples" "$checkout/"
ln -s "$VPCP_BIN" "$checkout/build/release/bin"
unset VULTR_API_KEY VPCP_STATE VPCP_MANIFESTS VPCP_VULTR_URL KUBECONFIG NO_COLOR
secrets=$checkout/known-secrets
bundle=$checkout/support.tar
state_key=$checkout/state-key
status=0
LC_ALL=C.UTF-8 "$here/follow.py" "$root/docs/tutorial.md" "$checkout" --before support-bundle "'$here/secrets.sh' '$secrets' '$checkout/tutorial/state'" \
  --before "rm -r tutorial" "cp '$checkout/tutorial/support.tar' '$bundle'; cp '$checkout/tutorial/state/key' '$state_key'" "$@" || status=1

looked_for() { "$here/watch.py" secrets "$secrets"; }
tar -xOf "$bundle" | looked_for || { echo "the support bundle holds a secret"; status=1; }
tar -xOf "$bundle" vpcp-support/log/controller.log | grep "Carrying out a step" > /dev/null || { echo "the support bundle has no log"; status=1; }
tar -xOf "$bundle" vpcp-support/network.ams-blr/hosts.txt | grep "forwarding on" > /dev/null || { echo "the support bundle does not say what the hosts look like"; status=1; }
# planted COMMAND…: what it prints, put into the bundle, is found
planted() { ! (tar -xOf "$bundle"; "$@") | looked_for || { echo "a secret that is put there is not found: $*"; status=1; }; }
planted head -n 1 "$secrets"              # the API key
planted cat "$state_key"
planted base64 "$state_key"
planted tail -n 1 "$secrets"              # of the SSH key of the peering
exit $status

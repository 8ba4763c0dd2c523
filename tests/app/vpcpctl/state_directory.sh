#!/bin/bash
# vpcpctl over a state directory, without a lab: state_directory.sh FOLDER-OF-PROGRAMS
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
bin=$(readlink -f "$1")
# shellcheck source=tests/app/vpcpctl/state.sh
. "$here/state.sh"
# shellcheck source=tests/app/vpcpctl/expect.sh
. "$here/expect.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export VPCP_STATE=$work/state LC_ALL=C.UTF-8
unset KUBECONFIG NO_COLOR VULTR_API_KEY
ctl() { "$bin/vpcpctl" "$@"; }

write_peering "$VPCP_STATE" ams-blr
write_peering "$VPCP_STATE" broken Down "firewall (routed), or a firewall on the servers" RoutedTcpBlocked
# As the controller keeps it.
echo '{"time":"2026-11-22T21:50:00Z","namespace":"network","name":"ams-blr","uid":"u","type":"Warning","reason":"Drift","note":"a note"}' > "$VPCP_STATE/events.log"

expect "status lists every peering" 0 "✗ RoutedTcpBlocked" ctl status
expect "status shows one as a tree" 0 "amsterdam ↔ bangalore  ● Up" ctl status ams-blr
expect "a namespace may stand before the name" 0 "amsterdam ↔ bangalore  ● Up" ctl status network/ams-blr
expect "-o wide adds the message" 0 "MESSAGE" ctl status -o wide
expect "-o json is JSON" 0 '"VPCPeering"' bash -c "'$bin/vpcpctl' status ams-blr -o json | python3 -m json.tool"
expect "-o yaml is YAML" 0 "kind: List" ctl status -o yaml
expect "an empty namespace has none" 0 "There is no VPCPeering in the namespace elsewhere." ctl status -n elsewhere
expect "explain of a path that works" 0 "Nothing is wrong." ctl explain ams-blr --from app-server --to db-server
expect "explain of one that does not: status 2" 2 "ufw route allow" ctl explain broken --from app-server --to db-server
expect "explain of an object" 2 "✗ TunnelsUp" ctl explain broken
expect "graph as SVG" 0 "<svg" ctl graph ams-blr
expect "graph for Graphviz" 0 'graph "network/ams-blr"' ctl graph ams-blr --format dot
expect "graph for Markdown" 0 "graph LR" ctl graph ams-blr --format mermaid
expect "drift" 0 "ServerRouteMissing" ctl drift ams-blr
expect "drift -o wide says what should be there" 0 "through the gateway  no route to 172.16.1.0/24" ctl drift ams-blr -o wide
expect "drift -o json says both" 0 "a route to every other site through the gateway | no route to 172.16.1.0/24" bash -c "
  '$bin/vpcpctl' drift ams-blr -o json | python3 -c 'import json, sys; entry = json.load(sys.stdin)[\"drift\"][0]; print(entry[\"expected\"], \"|\", entry[\"detail\"])'"
expect "drift -o yaml is YAML" 0 "- what: ServerRouteMissing" ctl drift ams-blr -o yaml
write_peering "$VPCP_STATE" leaky
sed -i 's|no route to.*|runs with kAx7FM0Gm3DXZZ4DmMXo1Z3bKzP8qM1hT0zq3cX9Y2s= for a key|' "$VPCP_STATE/status/network.leaky.yaml"
for form in table wide json yaml; do
  expect "drift -o $form shows a key as its fingerprint" 0 "runs with (key " ctl drift leaky -o $form
done
expect "a support bundle of it" 0 "no keys and no Secrets" ctl support-bundle -o "$work/leaky.tar"
expect "shows it nowhere" 1 "" bash -c "tar xOf '$work/leaky.tar' | grep kAx7FM0Gm3DX"
expect "and the object is in it" 0 "runs with (key " tar xOf "$work/leaky.tar" vpcp-support/network.leaky/object.yaml
rm "$VPCP_STATE"/*/network.leaky.*
expect "events" 0 "a note" ctl events ams-blr
printf '{"time":"2026-11-22T21:50:00Z","namespace":"network","name":"hostile","type":"Warning","reason":"Dr\\u001b]0;t\\u0007\\u001b[2Jift","note":"n","count":1}\n' >> "$VPCP_STATE/events.log"
write_peering "$VPCP_STATE" hostile Down
sed -i 's/from: amsterdam/from: "amst\\e[2Jerdam"/; s/what: .*/what: "Ser\\e[2Jver"/; s/- name: bangalore/- name: "bang\\e[2Jalore"/' "$VPCP_STATE/status/network.hostile.yaml"
expect "escape sequences of others are seen in events" 0 "Dr?]0;t??[2Jift" ctl events
expect "and in status, where ours stay ours" 0 "amst?[2Jerdam" ctl status hostile
expect "and in drift" 0 "Ser?[2Jver" ctl drift hostile
expect "and never act" 1 "" bash -c "for what in events 'status hostile' 'drift hostile' 'explain hostile'; do '$bin/vpcpctl' \$what; done | grep \$'\\x1b'"
rm "$VPCP_STATE"/*/network.hostile.*
sed -i /hostile/d "$VPCP_STATE/events.log"
expect "events -o wide says when, to the second" 0 "2026-11-22T21:50:00Z" ctl events -o wide
expect "events -o json is JSON" 0 "Drift about network/ams-blr, 1 times" bash -c "
  '$bin/vpcpctl' events -o json | python3 -c 'import json, sys; e = json.load(sys.stdin)[\"events\"][0]; print(e[\"reason\"], \"about\", e[\"namespace\"] + \"/\" + e[\"name\"] + \",\", e[\"count\"], \"times\")'"
expect "events -o yaml is YAML" 0 "    reason: Drift" ctl events ams-blr -o yaml
expect "no events are an empty list" 0 '"events": []' ctl events broken -o json
expect "cost" 0 "40.00" ctl cost
expect "cost without a key says how to see what is no longer needed" 0 "it is shown with VULTR_API_KEY in the environment" ctl cost
expect "cost -o wide counts machines" 0 "MACHINES" ctl cost -o wide
expect "cost -o json is JSON, and says nothing of what nobody looked for" 0 "40.0 None" bash -c "
  '$bin/vpcpctl' cost -o json | python3 -c 'import json, sys; bill = json.load(sys.stdin); print(bill[\"monthlyCostUSD\"], bill.get(\"orphans\"))'"
expect "cost -o yaml is YAML" 0 "monthlyCostUSD: 40" ctl cost -o yaml
expect "a form that is not" 1 "--output" ctl cost -o xml
expect "suspend" 0 "is suspended" ctl suspend ams-blr
expect "the manifest's author is told by a file" 0 '"suspend": true' cat "$VPCP_STATE/requests/network.ams-blr.json"
expect "resume" 0 "is resumed" ctl resume ams-blr
expect "reconcile tells when nobody answers" 1 "is it running" ctl reconcile ams-blr --timeout 1
expect "wait ends when it is ready" 0 "ams-blr is ready" ctl wait ams-blr
expect "wait tells what keeps it from being ready" 1 "broken is not ready after 1.0 s: RoutedTcpBlocked" ctl wait broken --timeout 1
expect "wait for what is gone" 0 "gone is gone" ctl wait gone --for deleted
expect "wait for what does not go" 1 "ams-blr is still there" ctl wait ams-blr --for deleted --timeout 1
expect "no colours without a terminal" 1 "" bash -c "'$bin/vpcpctl' status broken | grep \$'\\x1b'"
expect "colours on a terminal" 0 $'\x1b[31m' script -qec "$bin/vpcpctl status broken" /dev/null
expect "none there with NO_COLOR" 1 "" bash -c "NO_COLOR=1 script -qec '$bin/vpcpctl status broken' /dev/null | grep \$'\\x1b'"
expect "the other name" 0 "● Ready" "$bin/kubectl-vpcp" status ams-blr
expect "help has examples" 0 "Examples:" ctl explain --help

expect "commands are completed" 0 "explain" ctl __complete ex
expect "names are completed" 0 "ams-blr" ctl __complete status am
expect "options are completed" 0 "--from" ctl __complete explain --f
expect "values are completed" 0 "mermaid" ctl __complete graph ams-blr --format m
for shell in bash zsh fish; do expect "a script for $shell" 0 "__complete" ctl completion $shell; done
expect "bash completes by it" 0 "explain" bash -c "PATH=$bin:\$PATH; source <(vpcpctl completion bash); COMP_WORDS=(vpcpctl ex); COMP_CWORD=1; _vpcpctl; echo \"\${COMPREPLY[*]}\""
# compadd itself works in a line editor only.
expect "zsh completes by it" 0 "explain" env "PATH=$bin:$PATH" zsh -fc \
  'compdef() { : }; compadd() { print -l -- ${(P)2} }; source <(vpcpctl completion zsh); words=(vpcpctl ex); CURRENT=2; _vpcpctl'
expect "fish completes by it" 0 "explain" env "PATH=$bin:$PATH" HOME="$work" fish -c 'vpcpctl completion fish | source; complete -C "vpcpctl ex"'
expect "kubectl's plugin completes for it" 0 $'explain\n:4' "$bin/kubectl_complete-vpcp" ex
expect "names too, by the options before them" 0 $'ams-blr\n:4' "$bin/kubectl_complete-vpcp" --state "$VPCP_STATE" status am
expect "where it has no answer, files may stand" 0 ":0" "$bin/kubectl_complete-vpcp" plan -f ""

expect "a support bundle" 0 "no keys and no Secrets" ctl support-bundle -o "$work/bundle.tar"
expect "it is an archive of all that is known" 0 "network.ams-blr/object.yaml" tar tf "$work/bundle.tar"
expect "it says how to add the controller's log" 0 "journalctl -u vpc-peering-controller | vpcpctl" tar xOf "$work/bundle.tar" vpcp-support/log/controller.log
printf '%s\n' '{"msg":"Drift found","key":"kAx7FM0Gm3DXZZ4DmMXo1Z3bKzP8qM1hT0zq3cX9Y2s="}' 'the last line' > "$work/controller.log"
expect "with a log" 0 "no keys and no Secrets" ctl support-bundle -o "$work/with-log.tar" --log "$work/controller.log"
expect "it is there, without what looks like a key" 0 '{"msg":"Drift found","key":"[key]"}
the last line' tar xOf "$work/with-log.tar" vpcp-support/log/controller.log
expect "a version that no log tells is not known" 0 "controller: version not known" tar xOf "$work/with-log.tar" vpcp-support/versions.txt
told_version() { # LOG-LINE…: what the archive says of the controller's version
  printf '%s\n' "$@" | "$bin/vpcpctl" --state "$VPCP_STATE" support-bundle -o "$work/version.tar" --log - > /dev/null
  tar xOf "$work/version.tar" vpcp-support/versions.txt
  rm "$work/version.tar"
}
expect "that of a log as text, of its last start" 0 "controller: 0.2.0" told_version '2026-11-29T20:56:47.220Z I Started  version=0.1.0  store="directory x"' \
  '2026-11-29T20:57:47.220Z I Started  version=0.2.0  store="directory x"'
expect "that of a log as JSON" 0 "controller: 0.3.0" told_version '{"time":"2026-11-29T20:56:47.220Z","level":"info","msg":"Started","version":"0.3.0","store":"directory x"}'
printf '%s\n' 'host x[1]: -----BEGIN OPENSSH PRIVATE KEY-----' 'host x[1]: b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMw' 'host x[1]: shortlastline==' \
  'host x[1]: -----END OPENSSH PRIVATE KEY-----' 'keys of-env and of-a-secret sent' > "$work/leaky.log"
write_peering "$VPCP_STATE" other-account
sed -i 's|"spec": {|&"credentialsRef": {"name": "vultr"}, |' "$VPCP_STATE/objects/network.other-account.json"
mkdir "$work/manifests"
printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata: {name: vultr, namespace: network}' 'stringData:' '  apiKey: |' '    of-a-secret' > "$work/manifests/vultr.yaml"
chmod 600 "$work/manifests/vultr.yaml"
expect "a log with keys" 0 "no keys and no Secrets" env VPCP_VULTR_URL=http://127.0.0.1:9 VPCP_MANIFESTS="$work/manifests" VULTR_API_KEY=$'of-env\n' "$bin/vpcpctl" support-bundle -o "$work/keys.tar" --log "$work/leaky.log"
expect "is there without them: a key of several lines, and the API keys of environment and credentialsRef, which look like none" 0 'host x[1]: [key]
keys [key] and [key] sent' tar xOf "$work/keys.tar" vpcp-support/log/controller.log
echo 'k AbCdSecretOne x of-a-secret y' > "$work/leaky.log"
printf '%s\n' '    and a line' >> "$work/manifests/vultr.yaml"
expect "a log with keys that are malformed" 0 "no keys and no Secrets" env VPCP_VULTR_URL=http://127.0.0.1:9 VPCP_MANIFESTS="$work/manifests" VULTR_API_KEY=$'AbCdSecretOne\nAbc' "$bin/vpcpctl" support-bundle -o "$work/malformed.tar" --log "$work/leaky.log"
expect "is there without the long parts of those" 0 'k [key] x [key] y' tar xOf "$work/malformed.tar" vpcp-support/log/controller.log
rm "$VPCP_STATE"/*/network.other-account.*
write_peering "$VPCP_STATE" talkative
sed -i 's|"metadata": {|&"annotations": {"note": "password=hunter2"}, |; s|"description": "VPC-A"|"description": "password=hunter2"|' "$VPCP_STATE/objects/network.talkative.json"
sed -i 's|no route to.*|"{\\"clientSecret\\":\\"hunter2\\"}"|; s|message: "Ready of.*|message: "//root:hunter2@host, Secret web-ssh"|; s|  hop: .*|  hop: token=hunter2|' "$VPCP_STATE/status/network.talkative.yaml"
sed -i 's|expected: .*|expected: ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.hunter|; s|"create": {"label": "App-Server"}|"instanceID": "4f0f12e5-1f84-404f-aa84-85f431ea5ec2", "ssh": {"user": "root", "privateKeyRef": {"name": "web-ssh", "key": "id"}}|' "$VPCP_STATE"/*/network.talkative.*
expect "of objects and statuses with secrets in their texts" 0 "no keys and no Secrets" ctl support-bundle -o "$work/talkative.tar"
expect "nothing is left of those" 1 "" bash -c "tar xOf '$work/talkative.tar' | grep -a hunter2"
expect "the object is there, as YAML, with the names of its Secrets" 0 "VPCPeering web-ssh" bash -c "tar xOf '$work/talkative.tar' vpcp-support/network.talkative/object.yaml |
  python3 -c 'import sys, yaml; o = yaml.safe_load(sys.stdin); print(o[\"kind\"], o[\"spec\"][\"sites\"][0][\"servers\"][0][\"ssh\"][\"privateKeyRef\"][\"name\"])'"
rm "$VPCP_STATE"/*/network.talkative.*
cat > "$work/planted.log" <<'LOG'
{"msg":"Asked","request":"GET https://user:passw0rd@example.com/v2?apiKey=hunter2&page=1","Authorization":"Bearer hunter2-0123"}
{"msg":"Read","key":"-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2=\n-----END OPENSSH PRIVATE KEY-----\n","token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyb290In0.hunter2","peer":"kAx7FM0Gm3DXZZ4DmMXo1Z3bKzP8qM-hT0zq3cX9_2s"}
{"msg":"Carrying out a step","object":"network/ams-blr","id":"6d8d1d1e-4a5c-4a4f-9a5e-0d8d2c1b7a10"}
LOG
expect "a log with secrets that nobody knows" 0 "no keys and no Secrets" ctl support-bundle -o "$work/planted.tar" --log "$work/planted.log"
expect "is there without them, and is JSON as before" 0 "3 lines" bash -c "tar xOf '$work/planted.tar' vpcp-support/log/controller.log > '$work/seen.log'
  ! grep -E 'passw0rd|hunter2|eyJ|kAx7|_2s' '$work/seen.log' && tail -n 1 '$work/planted.log' | grep -xFf - '$work/seen.log' > /dev/null &&
  python3 -c 'import json, sys; print(len([json.loads(line) for line in sys.stdin]), \"lines\")' < '$work/seen.log'"
expect "a log by standard input" 0 "of a journal" bash -c "echo 'of a journal' | '$bin/vpcpctl' support-bundle -o '$work/piped.tar' --log - > /dev/null; tar xOf '$work/piped.tar' vpcp-support/log/controller.log"
seq 1000000 > "$work/long.log"
expect "of a long log, the end, in whole lines" 0 "1000000" bash -c "'$bin/vpcpctl' support-bundle -o '$work/long.tar' --log '$work/long.log' > /dev/null;
  tar xOf '$work/long.tar' vpcp-support/log/controller.log > '$work/end'; [ \$(stat -c %s '$work/end') -le 4194304 ] && tail -n \$(wc -l < '$work/end') '$work/long.log' | diff -q - '$work/end' && tail -n 1 '$work/end'"
expect "a log that is not there" 1 "--log: $work/none cannot be read" ctl support-bundle -o "$work/none.tar" --log "$work/none"
expect "a log that is a folder" 1 "--log: $work cannot be read" ctl support-bundle -o "$work/none.tar" --log "$work"
expect "for its maker's eyes only" 0 "600" stat -c %a "$work/bundle.tar"
expect "a disk that is full" 1 "cannot be written whole (File too large), and was removed" bash -c "trap '' XFSZ; ulimit -f 8; '$bin/vpcpctl' support-bundle -o '$work/full.tar' --log '$work/long.log'"
expect "leaves no part, which would stand in the way of the next one" 0 "no keys and no Secrets" ctl support-bundle -o "$work/full.tar"
expect "a folder that is not there" 1 "cannot be written (No such file or directory)" ctl support-bundle -o "$work/none/x.tar"
expect "another one does not write over it" 1 "is there already" ctl support-bundle -o "$work/bundle.tar"
expect "a key with a line's end in it is not sent" 1 "the API key of VULTR_API_KEY has a line's end" env VPCP_VULTR_URL=http://127.0.0.1:9 VULTR_API_KEY=$'abc\r\nX-Evil: 1' "$bin/vpcpctl" orphans
expect "and not shown" 1 "" bash -c "VULTR_API_KEY=\$'abc\r\nX-Evil: 1' '$bin/vpcpctl' orphans 2>&1 | grep Evil"
expect "plan needs a key, and says where" 1 "VULTR_API_KEY" ctl plan -f "$here/../../../examples/ams-blr.yaml"
expect "plan of a folder" 1 "vpcpctl: $work cannot be read: give -f a manifest" ctl plan -f "$work"
expect "plan of what fails while it is read" 1 "vpcpctl: /proc/self/mem cannot be read: give -f a manifest" ctl plan -f /proc/self/mem
expect "plan of what has no end" 1 "is larger than 4 MiB" timeout 20 "$bin/vpcpctl" plan -f <(yes)
expect "so says the controller's validate" 1 "/proc/self/mem: cannot be read: name a manifest" "$bin/vpc-peering-controller" validate /proc/self/mem
echo 'kind: VPCPeering' > "$work/odd.yaml"
expect "plan of a manifest with errors: where" 1 "odd.yaml:1" ctl plan -f "$work/odd.yaml"
expect "plan of no file" 1 "cannot be read" ctl plan -f "$work/none.yaml"
for command in "plan ams-blr" orphans "explain ams-blr --look" cost; do
  # shellcheck disable=SC2086
  expect "$command without a network: what cannot be reached, and what to look at" 1 "Vultr's API at http://127.0.0.1:9 cannot be reached" \
    env VPCP_VULTR_URL=http://127.0.0.1:9 VULTR_API_KEY=of-nobody "$bin/vpcpctl" $command
done
expect "plan of a stored object needs a key, too" 1 "VULTR_API_KEY" ctl plan ams-blr
expect "plan of an object that is not there" 1 "there is no VPCPeering nope" ctl plan nope
expect "plan of nothing" 1 "give the NAME of an object, or a manifest by -f FILE" ctl plan
expect "plan of two things" 1 "plan is of one thing" ctl plan ams-blr -f "$work/odd.yaml"
expect "orphans needs a key" 1 "VULTR_API_KEY" ctl orphans
expect "no such object" 1 "there is no VPCPeering nope: there is network/ams-blr, network/broken" ctl status nope
expect "explain -o json is JSON" 2 "ok unknown" bash -c "'$bin/vpcpctl' explain broken --from app-server --to db-server -o json > '$work/explained'; status=\$?
  python3 -c 'import json, sys; told = json.load(open(sys.argv[1])); assert told[\"brokenAt\"].startswith(\"firewall (routed)\"); print(told[\"findings\"][2][\"result\"], told[\"findings\"][1][\"result\"])' '$work/explained'; exit \$status"
expect "explain -o yaml is YAML" 0 "conclusion: " ctl explain ams-blr -o yaml
expect "no such server" 1 "take one of amsterdam/app-server" ctl explain ams-blr --from x --to db-server
expect "no such command: status 1" 1 "" ctl nonsense
expect "no such directory" 1 "give --state the directory" ctl --state "$work/none" status
expect "another directory" 1 "is no state directory" ctl --state "$work" status
for cluster in --kubeconfig --context; do
  expect "two stores, by $cluster" 1 "vpcpctl: --state and $cluster name two stores: give the one that the objects live in" ctl --state "$VPCP_STATE" $cluster x status
done
expect "a state directory of the environment gives way to a cluster that is named" 1 "$work/none: cannot be read" ctl --kubeconfig "$work/none" status
expect "an answer that cannot be written" 1 "vpcpctl: the answer cannot be written (No space left on device)" bash -c "'$bin/vpcpctl' status > /dev/full"
expect "no such kubeconfig" 1 "$work/none" ctl --kubeconfig "$work/none" status
echo "no: [yaml" > "$work/broken.conf"
expect "a broken kubeconfig" 1 "not valid YAML" ctl --kubeconfig "$work/broken.conf" status
for damage in '' '{' 'a: [' "$(head -n 50 "$VPCP_STATE/status/network.ams-blr.yaml")"; do
  cp "$VPCP_STATE/status/network.ams-blr.yaml" "$work/whole"
  printf %s "$damage" > "$VPCP_STATE/status/network.ams-blr.yaml"
  expect "a status file that is damaged: '${damage:0:9}'" 0 "StateUnreadable" ctl status -o wide
  expect "it says which one, and who writes it anew" 0 "status/network.ams-blr.yaml cannot be read" ctl status ams-blr
  expect "so does explain, which gives no all-clear" 1 "the controller writes it anew within a minute; if none runs, start it" ctl explain ams-blr
  expect "the others are there" 0 "RoutedTcpBlocked" ctl status -o wide
  expect "and can be asked" 2 "RoutedTcpBlocked" ctl explain broken
  expect "the drift is not said to be none" 1 "status/network.ams-blr.yaml cannot be read" ctl drift ams-blr
  expect "a support bundle can be made" 0 "no keys and no Secrets" ctl support-bundle -o "$work/damaged.tar"
  rm "$work/damaged.tar"
  mv "$work/whole" "$VPCP_STATE/status/network.ams-blr.yaml"
done
write_peering "$VPCP_STATE" old
sed -i "s|^      rttMillis|      availability: {since: 2026-11-01T00:00:00Z, until: 2026-11-02T00:00:00Z}\n&|" "$VPCP_STATE/status/network.old.yaml"
expect "a status that nobody has written of late is not shown as of now" 0 "? StatusOutdated" ctl status old
expect "nor in the list" 0 "? StatusOutdated" ctl status
expect "explain gives no all-clear" 1 "start vpc-peering-controller, or look at its log" ctl explain old
expect "nor for a path" 1 "the edges were last looked at on 2026-11-02T00:00:00Z, and no controller has written of them since; by the clock here" ctl explain old --from app-server --to db-server
expect "wait does not take it for ready" 1 "is not ready after 1.0 s: StatusOutdated" ctl wait old --timeout 1
expect "programs are given what is stored" 0 '"reason": "Verified"' ctl status old -o json
sed -i '/^  - type: Ready$/,/^  - type/ s/status: "True"/status: "False"/' "$VPCP_STATE/status/network.old.yaml"
expect "of one that was not ready either, no path is cleared" 1 "StatusOutdated" ctl explain old --from app-server --to db-server
rm "$VPCP_STATE"/{objects,status}/network.old.*
printf '2\n' > "$VPCP_STATE/format"
expect "a state directory of a newer version" 1 "written by a newer version: use a program of that version" ctl status
printf 'x\n' > "$VPCP_STATE/format"
expect "one whose version cannot be read" 1 "format is damaged, so the folder may be one of a newer version: restore it from a backup" ctl status
printf '1\n' > "$VPCP_STATE/format"
mv "$VPCP_STATE/requests" "$work/requests"
expect "suspend where no controller has started" 1 "requests is not there, so no controller has started on this state directory: start it" ctl suspend broken
expect "reconcile there" 1 "requests is not there" ctl reconcile broken
mv "$work/requests" "$VPCP_STATE/requests"
python3 -c 'import pathlib, sys; file = pathlib.Path(sys.argv[1]); deep = "[" * 100000 + "]" * 100000
file.write_text(file.read_text().replace("\"sites\": [", "\"sites\": [" + deep + ","))' "$VPCP_STATE/objects/network.ams-blr.json"
expect "an object's file that nests without end" 1 "restore it from a backup" ctl status
echo '{' > "$VPCP_STATE/objects/network.ams-blr.json"
expect "an object's file that is damaged" 1 "restore it from a backup" ctl status

echo "$failures failed"
[ $failures = 0 ]

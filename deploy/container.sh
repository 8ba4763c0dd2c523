#!/bin/bash
# Builds the image of the Dockerfile without an engine or a registry: buildah in chroot isolation, on a base from Debian's mirror.
#   deploy/container.sh            makes build/container/image.tar (an OCI archive of vpc-peering-controller:VERSION) and says its size
#   deploy/container.sh --unpack   also unpacks its root file system into build/container/root, for tests
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/..")
out=$root/build/container
version=$(sed -n 's/^project(vpc-peering-controller VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
name=localhost/vpc-peering-controller:$version
if [ "${VPCP_CONTAINER_INSIDE:-}" != 1 ]; then
  "$here/install.sh" container
  mkdir -p "$out/run"
  # Its mounts, and buildah's notes of them, go with it.
  VPCP_CONTAINER_INSIDE=1 exec unshare --mount "$0" "$@"
fi
mount -t tmpfs tmpfs "$out/run"
exec 9> "$out/lock"
flock 9
b() { buildah --root "$out/storage" --runroot "$out/run" --storage-driver overlay "$@"; }

if ! b inspect --type image docker.io/library/debian:bookworm-slim > /dev/null 2>&1; then
  echo "container: making the base image (Debian 12, once)"
  # The mirror that this machine uses, for one without a direct way to Debian's.
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  rm -rf "$out/base"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$out/base" "$mirror" > "$out/base.log" 2>&1 || { tail -n 5 "$out/base.log" >&2; exit 1; }
  container=$(b from scratch)
  b add -q "$container" "$out/base" / > /dev/null
  b commit -q "$container" docker.io/library/debian:bookworm-slim > /dev/null
  b rm "$container" > /dev/null
  rm -rf "$out/base"
fi
echo "container: building (the compiler runs inside, some minutes)"
revision=$(git -C "$root" rev-parse --short HEAD 2> /dev/null || echo unknown)
b build --isolation=chroot --pull-never --layers --format oci --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
  -t "$name" "$root" > "$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; exit 1; }
rm -f "$out/image.tar"
b push -q "$name" "oci-archive:$out/image.tar:vpc-peering-controller:$version"
if [ "${1:-}" = --unpack ]; then
  rm -rf "$out/root"
  container=$(b from --pull-never "$name")
  cp -a "$(b mount "$container")" "$out/root"
  b umount "$container" > /dev/null
  b inspect --type image "$name" | jq .OCIv1 > "$out/image.json"
  b rm "$container" > /dev/null
fi
echo "container: $name, $(($(b inspect --type image "$name" | jq '[.Manifest | fromjson | .layers[].size] | add') / 1000000)) MB compressed, in build/container/image.tar"

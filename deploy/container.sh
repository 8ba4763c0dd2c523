#!/bin/bash
# Builds the image of the Dockerfile without an engine or a registry: buildah in chroot isolation, on a base from Debian's mirror.
#   deploy/container.sh              makes build/container/image.tar (an OCI archive of localhost/vpc-peering-controller:VERSION) and says its size
#   deploy/container.sh --unpack     also unpacks its root file system into build/container/root, for tests
#   deploy/container.sh --compiled   with the programs of build/release, compiled on this Debian 12, in place of the Dockerfile's build stage:
#                                    seconds, not minutes. Everything else is the same: the final stage, and what image-root.sh collects.
# VPCP_BIN: another folder with the compiled programs. VPCP_IMAGE_TAG: another tag, in build/container/image-TAG.tar.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/..")
out=$root/build/container
version=$(sed -n 's/^project(vpc-peering-controller VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
tag=${VPCP_IMAGE_TAG:-$version}
name=localhost/vpc-peering-controller:$tag
archive=$out/image${VPCP_IMAGE_TAG:+-$VPCP_IMAGE_TAG}.tar
unpack= compiled=
for argument in "$@"; do
  case $argument in
    --unpack) unpack=1 ;;
    --compiled) compiled=1 ;;
    *) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;;
  esac
done
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

# The base of the build stage, on which the compiler runs.
make_base() {
  ! b inspect --type image docker.io/library/debian:bookworm-slim > /dev/null 2>&1 || return 0
  echo "container: making the base image (Debian 12, once)"
  # The mirror that this machine uses, for one without a direct way to Debian's.
  local mirror container
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n 1p)
  rm -rf "$out/base"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$out/base" "$mirror" > "$out/base.log" 2>&1 || { tail -n 5 "$out/base.log" >&2; exit 1; }
  container=$(b from scratch)
  b add -q "$container" "$out/base" / > /dev/null
  b commit -q "$container" docker.io/library/debian:bookworm-slim > /dev/null
  b rm "$container" > /dev/null
  rm -rf "$out/base"
}
# What the build stage would hand over, from the programs that were compiled here.
use_compiled() {
  # shellcheck disable=SC1091
  [ "$(. /etc/os-release && echo "$ID $VERSION_ID")" = "debian 12" ] || { echo "container: --compiled wants the Debian of the Dockerfile, 12" >&2; exit 2; }
  rm -rf "$out/stage"
  mkdir -p "$out/stage"
  local folder=${VPCP_BIN:-$root/build/release/bin}
  "$here/image-root.sh" "$out/stage/image" "$folder/vpc-peering-controller" "$folder/vpcpctl"
}
revision=$(git -C "$root" rev-parse --short HEAD 2> /dev/null || echo unknown)
build=(build --isolation=chroot --pull-never --layers --format oci --build-arg "VERSION=$version" --build-arg "REVISION=$revision" -t "$name")
if [ -n "$compiled" ]; then
  use_compiled
  build+=(--build-context "build=$out/stage")
else
  make_base
  echo "container: building (the compiler runs inside, some minutes)"
fi
b "${build[@]}" "$root" > "$out/build.log" 2>&1 || { tail -n 20 "$out/build.log" >&2; exit 1; }
rm -f "$archive"
b push -q "$name" "oci-archive:$archive:$name"
if [ -n "$unpack" ]; then
  rm -rf "$out/root"
  container=$(b from --pull-never "$name")
  cp -a "$(b mount "$container")" "$out/root"
  b umount "$container" > /dev/null
  b inspect --type image "$name" | jq .OCIv1 > "$out/image.json"
  b rm "$container" > /dev/null
fi
echo "container: $name, $(($(stat -c %s "$archive") / 1000000)) MB compressed, in ${archive#"$root/"}"

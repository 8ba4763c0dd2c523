#!/bin/bash
# Collects what programs need at run time into a folder, the root of the container image: image-root.sh FOLDER PROGRAM…
# The programs (stripped), the shared libraries they are linked with, the CA bundle, a user, and an SBOM (SPDX 2.3) of the Debian packages
# that all of it comes from, those too of whose headers code was compiled in. The image is named after the first program; the programs lie in
# the folder bin of their build, whose dependencies tell of the headers.
set -euo pipefail
out=$1
programs=("${@:2}")
name=$(basename "${programs[0]}")
here=$(dirname "$(readlink -f "$0")")
version=$(sed -n 's/^project(vpc-peering-controller VERSION \([0-9.]*\).*/\1/p' "$here/../CMakeLists.txt")
[ ! -e "$out" ] || { echo "image-root: $out exists" >&2; exit 2; }
mkdir -p "$out"/{usr/bin,etc/ssl/certs,usr/share/doc/"$name",tmp}
chmod 1777 "$out/tmp"
install -m 0755 "${programs[@]}" "$out/usr/bin/"
strip "$out"/usr/bin/*

# As ldd resolves them, the loader included; libgcc_s besides, which threads load when they are cancelled.
mapfile -t libraries < <({ ldd "${programs[@]}"; ldd "$(gcc -print-file-name=libgcc_s.so.1)"; } | grep -o '/[^ ]*\.so[^ ]*' | sort -u)
libraries+=("$(gcc -print-file-name=libgcc_s.so.1)")
for library in "${libraries[@]}"; do
  mkdir -p "$out/$(dirname "$library")"
  cp -L "$library" "$out/$library"
done
cp /etc/ssl/certs/ca-certificates.crt "$out/etc/ssl/certs/"
echo 'nonroot:x:65532:65532:nonroot:/:/nonexistent' > "$out/etc/passwd"
echo 'nonroot:x:65532:' > "$out/etc/group"
echo 'hosts: files dns' > "$out/etc/nsswitch.conf"

owner() { # PATH: its Debian package. A merged /usr is known to dpkg by either path.
  local found
  found=$(dpkg -S "$1" 2> /dev/null || dpkg -S "/usr$1" 2> /dev/null || dpkg -S "${1#/usr}" 2> /dev/null) || {
    echo "image-root: no package owns $1" >&2
    exit 1
  }
  sed 's/^\(diversion by.*\)$//; s/: .*//' <<< "$found" | grep -m 1 .
}
packages() {
  { for library in "${libraries[@]}"; do owner "$(readlink -f "$library")"; done; echo ca-certificates; } | sort -u
}
# Of what ninja has noted of every object: also headers of the language itself, whose templates are compiled in as well.
build=$(readlink -f "$(dirname "${programs[0]}")/..")
[ -e "$build/build.ninja" ] || { echo "image-root: $build is no build of ninja's, so nobody knows which headers were compiled in" >&2; exit 2; }
header_packages() {
  ninja -C "$build" -t deps | awk '/^[^ ]/ {ours = /^src\//} ours' | grep -oE '^ +/usr/(include|lib)/[^ ]+$' | tr -d ' ' | sort -u | xargs readlink -f | sort -u |
    xargs dpkg -S 2> /dev/null | sed 's/: .*//' | tr ',' '\n' | tr -d ' ' | sort -u
}
spdx_id() { echo "SPDXRef-${1//[^A-Za-z0-9.-]/-}"; } # the characters that SPDX admits
sbom_entry() { # PACKAGE
  dpkg-query -W -f '{"SPDXID":"'"$(spdx_id "$1")"'","name":"${Package}","versionInfo":"${Version}","supplier":"Organization: Debian","downloadLocation":"NOASSERTION","filesAnalyzed":false,"licenseConcluded":"NOASSERTION","licenseDeclared":"NOASSERTION","copyrightText":"NOASSERTION","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:deb/debian/${Package}@${Version}?arch=${Architecture}"}]}' "$1"
}
{
  printf '{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"%s-%s","documentNamespace":"https://vpcpeering.dev/spdx/%s-%s-%s",' \
    "$name" "$version" "$name" "$version" "$(sha256sum < "$out/usr/bin/$name" | cut -c1-16)"
  printf '"creationInfo":{"created":"%s","creators":["Tool: image-root.sh"]},"packages":[' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  printf '{"SPDXID":"SPDXRef-%s","name":"%s","versionInfo":"%s","downloadLocation":"NOASSERTION","filesAnalyzed":false,"licenseConcluded":"NOASSERTION","licenseDeclared":"NOASSERTION","copyrightText":"NOASSERTION"}' "$name" "$name" "$version"
  relations="{\"spdxElementId\":\"SPDXRef-DOCUMENT\",\"relationshipType\":\"DESCRIBES\",\"relatedSpdxElement\":\"SPDXRef-$name\"}"
  for package in $(packages); do
    printf ','
    sbom_entry "$package"
    relations+=",{\"spdxElementId\":\"SPDXRef-$name\",\"relationshipType\":\"DEPENDS_ON\",\"relatedSpdxElement\":\"$(spdx_id "$package")\"}"
  done
  for package in $(header_packages); do
    printf ','
    sbom_entry "$package"
    relations+=",{\"spdxElementId\":\"$(spdx_id "$package")\",\"relationshipType\":\"BUILD_DEPENDENCY_OF\",\"relatedSpdxElement\":\"SPDXRef-$name\"}"
  done
  printf '],"relationships":[%s]}\n' "$relations"
} > "$out/usr/share/doc/$name/sbom.spdx.json"

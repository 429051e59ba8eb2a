# Packages of the image's architecture, fetched into a cache without installing them; sourced by `common.sh`.

apt_options=(-o APT::Sandbox::User=root -o Dpkg::Use-Pty=0)

# Package lists kept in the cache: the machine's own may be absent or stale, and do not know other architectures.
use_private_lists() {
  local lists=$cache/apt
  [ "$debian_architecture" = "$(dpkg --print-architecture)" ] || lists=$cache/apt-$debian_architecture
  mkdir -p "$lists/lists/partial" "$lists/archives/partial"
  apt_options+=(-o "Dir::State::Lists=$lists/lists" -o "Dir::Cache=$lists" -o Dir::State::status=/dev/null
    -o "APT::Architecture=$debian_architecture" -o "APT::Architectures=$debian_architecture")
}

refresh_lists() {
  use_private_lists
  say 'Fetching package lists'
  # One of several that could not be fetched is no harm, unless what is wanted is in none of the others.
  apt-get "${apt_options[@]}" -qq update 2>/dev/null || say 'Some package lists could not be fetched; going on with the others'
}

# with_lists COMMAND …: runs it with the package lists there are, and once more with new ones if it fails.
with_lists() {
  [ "$debian_architecture" = "$(dpkg --print-architecture)" ] || use_private_lists
  "$@" 2>/dev/null || { refresh_lists && "$@"; } ||
    die 'The packages could not be downloaded: check the network and /etc/apt/sources.list, then try again.'
}

# The package that the metapackage of the architecture's kernel stands for now.
resolve_kernel() { apt-cache "${apt_options[@]}" depends "$kernel_package" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1; }

# fetch PACKAGE …: leaves the paths of their verified .deb files in the array `debs`. What the cache has is not fetched again.
fetch() {
  local list line file size missing=() folder
  list=$(apt-get "${apt_options[@]}" -qq download --print-uris "$@") || return 1
  debs=()
  while read -r line; do
    read -r _ file size _ <<<"$line"
    debs+=("$cache/$file")
    [ -f "$cache/$file" ] && [ "$(stat -c %s "$cache/$file")" = "$size" ] || missing+=("${file%%_*}")
  done <<<"$list"
  [ ${#missing[@]} = 0 ] && return 0
  say "Downloading ${missing[*]}"
  # A folder of its own and a rename: an interrupted download never looks complete.
  folder=$(mktemp -d "$cache/download.XXXXXX")
  (cd "$folder" && apt-get "${apt_options[@]}" -qq download "${missing[@]}") && mv "$folder"/*.deb "$cache/"
  local result=$?
  rm -rf "$folder"
  return $result
}

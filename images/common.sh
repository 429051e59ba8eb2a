# What every recipe needs, in the files beside this one; sourced by the `build` scripts. The caller sets `cache` (a folder).

export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C
# One moment for every timestamp in the image, so that the same packages give the same image.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1735689600}
export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH

say() { printf '%s\n' "$*"; }
die() {
  printf '%s\n' "$*" >&2
  exit 1
}

# need TOOL=PACKAGE …: stops with the command that installs what is missing.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} = 0 ] || die "Missing tools: run \`apt-get install --no-install-recommends ${missing[*]}\` as root first."
}

beside=$(dirname "${BASH_SOURCE[0]}")
. "$beside/machine.sh"
. "$beside/packages.sh"
. "$beside/disk.sh"

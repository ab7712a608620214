# Sourced: Debian packages that a bare machine may lack.

# need_packages PURPOSE PACKAGE...: install by apt, or say what is needed and stop.
need_packages() {
  local purpose=$1
  shift
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "$purpose needs these system packages: $*. Install them, then run this again." >&2
    return 1
  fi
  echo "Installing $* ($purpose)" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null
}

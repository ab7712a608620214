# Sourced: do a step only when what it depends on has changed since it last went well.

# stamp_of PATH...: one checksum over the names and contents of files and folders.
stamp_of() {
  find "$@" -type f -not -path '*/node_modules/*' -not -path 'static/vendor/*' \
    -not -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# is_current STAMP_FILE SUM: whether the step went well with the same inputs.
is_current() {
  [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

#!/bin/sh
# Finds a Python that is new enough and hands over to it: run.sh COMMAND [ARGUMENT...]
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)

# From here on: Python would take the modules of the working folder first, and that may be another checkout.
cd -- "$root"

isNewEnough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

for python in "${K_PYTHON:-}" "${K_VENV_DIR:-$root/.venv}/bin/python" python3 python3.14 python3.13 python3.12 python3.11; do
    if [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 && isNewEnough "$python"; then
        PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}" exec "$python" -m scripts.stack.entry "$@"
    fi
done

echo "Python 3.11 or newer is needed: install it (on Debian and Ubuntu: apt-get install python3 python3-venv) and try again." >&2
exit 1

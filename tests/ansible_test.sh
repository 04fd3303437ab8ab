#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs ansible-test on a copy of the collection: tests/ansible_test.sh sanity --venv --python 3.11
# It wants a folder .../ansible_collections/genesys_ops/engage, and would test what lies about in a working tree.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONPATH ANSIBLE_COLLECTIONS_PATH

# ansible-test keeps downloads and environments in ~/.ansible/test. For it, the user's home is one without .ansible.
home=$PWD/.cache/home
mkdir -p "$home/.ansible"
for entry in ~/.[!.]*; do
  [ "${entry##*/}" = .ansible ] || [ ! -e "$entry" ] || ln -sfn "$entry" "$home"
done
export HOME=$home

# ansible-test downloads a script that installs pip. Where it cannot, Python's own pip does the same.
python=$(dirname "$(command -v ansible-test)")/python
get_pip=$("$python" - <<'PYTHON'
from types import SimpleNamespace
from ansible_test._internal.python_requirements import get_venv_packages
print(get_venv_packages(SimpleNamespace(version="3.12"))["pip"])
PYTHON
)
cache=~/.ansible/test/cache/get_pip_${get_pip//./_}.py
download() {
  "$python" -c 'import sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=10) as answer, open(sys.argv[2], "wb") as file:
    file.write(answer.read())' "$@" 2>/dev/null
}
if [ ! -e "$cache" ]; then
  mkdir -p "$(dirname "$cache")"
  if download "https://ci-files.testing.ansible.com/ansible-test/get-pip-$get_pip.py" "$cache.part"; then
    mv "$cache.part" "$cache"
  else
    rm -f "$cache.part"
    cat >"$cache" <<'PYTHON'
"""Stand-in for get-pip.py: the pip that comes with Python installs the one that is asked for."""
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", *wanted])
PYTHON
  fi
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/ansible_collections/genesys_ops/engage
mkdir -p "$copy"
# Tracked and untracked files, not ignored ones. One that was deleted and not yet committed is no reason to stop.
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\0' "$file"; fi
done | tar --create --null --files-from=- | tar --extract --directory "$copy"

cd "$copy"
ansible-test "$@"

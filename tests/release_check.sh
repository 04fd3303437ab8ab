#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the artefact as a user gets it, installs it offline into an empty home with an environment of its own, has
# Galaxy's importer look at it, and runs the demo from there: nothing may depend on the working tree.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONPATH ANSIBLE_COLLECTIONS_PATH

core=$(grep -o '^ansible-core[^ ]*' tests/demo/requirements.txt)
importer=$PWD/.cache/importer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
collections=$work/home/.ansible/collections
installed=$collections/ansible_collections/genesys_ops/engage

environment() { # where, what
  python -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
}

# Runs something as a user would who has nothing but what was installed: no variable and no folder of this checkout.
as_user() {
  (cd "$work/home" && env -i HOME="$work/home" PATH="$work/venv/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 "$@")
}

printf '==== The artefact\n'
ansible-galaxy collection build --output-path "$work"
artefact=$(echo "$work"/*.tar.gz)
python - "$artefact" <<'PYTHON'
"""Only what git has, or would add, belongs there: no environment, no cache, not even an empty folder of one."""
import subprocess
import sys
import tarfile
from pathlib import PurePath

command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
files = subprocess.check_output(command, text=True).split("\0")
folders = {str(folder) for file in files for folder in PurePath(file).parents}
names = set(tarfile.open(sys.argv[1]).getnames())
strange = sorted(names - folders - set(files) - {"MANIFEST.json", "FILES.json"})
if strange:
    sys.exit("These do not belong into the artefact; see build_ignore in galaxy.yml:\n" + "\n".join(strange))
print(f"{len(names)} files and folders, all of them known to git")
PYTHON
[ -z "$(git status --porcelain)" ] || printf 'Not yet what a release is made of: there are changes that are not committed.\n'

printf '\n==== Offline, into an empty home\n'
environment "$work/venv" "$core" aiohttp PyYAML -r requirements.txt
mkdir "$work/home"
as_user ansible-galaxy collection install --offline "$artefact"
as_user ansible-galaxy collection list genesys_ops.engage
cmp requirements.txt "$installed/requirements.txt"
as_user env PYTHONPATH="$collections" python - "$installed" <<'PYTHON'
"""What Ansible finds by the name of the collection is the installed copy, and there is no other one."""
import json
import subprocess
import sys

command = ["ansible-galaxy", "collection", "list", "genesys_ops.engage", "--format", "json"]
places = [f"{place}/genesys_ops/engage" for place in json.loads(subprocess.check_output(command))]
if places != sys.argv[1:]:
    sys.exit(f"Ansible finds the collection in {places}, not in {sys.argv[1]} alone")
PYTHON

printf '\n==== Galaxy importer\n'
# It cannot live in .venv: it pins old releases of libraries that other tools want new.
if [ ! -e "$importer/ready" ]; then
  environment "$importer" galaxy-importer "$core" ansible-lint
  touch "$importer/ready"
fi
cat >"$work/importer.cfg" <<CONFIG
[galaxy-importer]
CHECK_REQUIRED_TAGS = True
REQUIRE_V1_OR_GREATER = True
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = True
RUN_ANSIBLE_TEST = False
RUN_FLAKE8 = False
CONFIG
# The importer's ansible-lint looks for our playbooks, which are imported by name, on Python's path alone.
(
  cd "$work"
  PATH="$importer/bin:$PATH" HOME="$work/home" PYTHONPATH="$collections" GALAXY_IMPORTER_CONFIG="$work/importer.cfg" \
    python -m galaxy_importer.main "$artefact" 2>&1 | tee "$work/importer.log"
)
grep -q 'Importer processing completed successfully' "$work/importer.log"
if grep -E '^(WARNING|ERROR)' "$work/importer.log"; then
  printf 'The importer complains.\n'
  exit 1
fi
grep -q 'ansible-lint run complete' "$work/importer.log"

printf '\n==== The demo, from the installed collection\n'
as_user env PYTHONPATH="$collections" python -m ansible_collections.genesys_ops.engage.tests.demo

mkdir -p .build
cp "$artefact" .build/
printf '\nAll is well with .build/%s\n' "$(basename "$artefact")"

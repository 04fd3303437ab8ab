#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the artefact as a user gets it, has Galaxy's importer look at it, installs it into an empty folder with an
# environment of its own, and runs the demo from there: nothing may depend on the working tree.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONPATH ANSIBLE_COLLECTIONS_PATH

importer=$PWD/.cache/importer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

install() { "$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"; }

ansible-galaxy collection build --output-path "$work"
artefact=$(echo "$work"/*.tar.gz)
ansible-galaxy collection install --offline --collections-path "$work/installed" "$artefact"
export ANSIBLE_COLLECTIONS_PATH=$work/installed

printf '\n==== Galaxy importer\n'
# It cannot live in .venv: it pins old releases of libraries that other tools want new.
if [ ! -e "$importer/ready" ]; then
  python -m venv "$importer"
  install "$importer" galaxy-importer 'ansible-core~=2.19.0' ansible-lint
  touch "$importer/ready"
fi
# `make lint` runs ansible-lint. The importer runs it in a folder where it cannot find our own playbooks by name.
cat >"$work/importer.cfg" <<CONFIG
[galaxy-importer]
CHECK_REQUIRED_TAGS = True
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = False
RUN_ANSIBLE_TEST = False
RUN_FLAKE8 = False
CONFIG
(
  cd "$work"
  PATH="$importer/bin:$PATH" GALAXY_IMPORTER_CONFIG=$work/importer.cfg \
    python -m galaxy_importer.main "$artefact" 2>&1 | tee "$work/importer.log"
)
grep -q 'Importer processing completed successfully' "$work/importer.log"
if grep -E '^(WARNING|ERROR)' "$work/importer.log"; then
  printf 'The importer complains.\n'
  exit 1
fi

printf '\n==== The demo, from the installed collection\n'
python -m venv "$work/venv"
install "$work/venv" 'ansible-core~=2.19.0' aiohttp PyYAML
export PATH="$work/venv/bin:$PATH" HOME=$work/home
mkdir "$HOME"
installed=$work/installed/ansible_collections/genesys_ops/engage
install "$work/venv" -r "$installed/requirements.txt"
# The simulator is imported by its full name as well.
PYTHONPATH=$work/installed "$installed/tests/demo/run.sh"

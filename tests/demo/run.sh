#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job against the simulator: a check-mode diff, the change, a second run that changes nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
python -m tests.simulator --estate demo --user automation --password Demo-4711 --port-file "$work/url" >"$work/simulator.log" 2>&1 &
simulator=$!
trap 'kill "$simulator" 2>/dev/null || true; wait "$simulator" 2>/dev/null || true; rm -rf "$work"' EXIT

for _ in $(seq 100); do
  [ -s "$work/url" ] && break
  kill -0 "$simulator" || { cat "$work/simulator.log"; exit 1; }
  sleep 0.1
done
GAX_URL=$(cat "$work/url")
export GAX_URL
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false

step() {
  printf '\n\n==== %s\n' "$1"
  shift
  printf '     ansible-playbook %s\n' "$*"
  ansible-playbook "$@" | tee "$work/output"
}

printf 'A simulated GAX answers on %s. It holds three Web Engagement Clusters.\n' "$GAX_URL"
step '1. What would change? (check mode: nothing is written)' \
  genesys_ops.engage.configure -i tests/demo/inventory.yml --check --diff
step '2. Change it' genesys_ops.engage.configure -i tests/demo/inventory.yml
step '3. Once more: nothing is left to change' genesys_ops.engage.configure -i tests/demo/inventory.yml
if grep -q 'changed=[1-9]' "$work/output"; then
  printf 'The second run changed something: that must not be.\n'
  exit 1
fi
step '4. Read the options back' tests/demo/show.yml -i tests/demo/inventory.yml

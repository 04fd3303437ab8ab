#!/usr/bin/env bash
# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Mutation test of the planning layer: what can be changed in it without a unit test noticing? Works on a clone of HEAD.
# Usage: tests/mutation.sh [PATTERN OF MUTANTS, such as '*.order.*']. Then: mutmut show NAME, in the folder it prints.
set -euo pipefail

MODULES=(_model/changes _chat/{plan,order,safety,options,channel} _chat/checks/finding)
TESTS=(planning changes changes_of_others connections order chat_channel channel findings objects backup overview
       results routing export_what_matters)

root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
collection=ansible_collections/genesys_ops/engage
export PATH=$root/.venv/bin:$PATH
unset PYTHONPATH
pip install --quiet 'mutmut~=3.8'
git clone --quiet "$root" "$folder/$collection"
cd "$folder"
{
  printf '[mutmut]\nsource_paths=ansible_collections\nonly_mutate=\n'
  printf '    *module_utils/%s.py\n' "${MODULES[@]}"
  printf 'pytest_add_cli_args=\n    -x\n    -q\n    -p\n    no:cacheprovider\npytest_add_cli_args_test_selection=\n'
  printf "    $collection/tests/unit/plugins/module_utils/test_%s.py\n" "${TESTS[@]}"
} > setup.cfg
mutmut run --max-children "$(nproc)" "$@"
mutmut results | grep -v 'not checked' || true
echo "The clone with its mutants: $folder"

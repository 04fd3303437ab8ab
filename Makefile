# SPDX-License-Identifier: GPL-3.0-or-later
# make demo: the main job against the embedded simulator.   make test: every check and test.
# Both set up what they need in .venv and nowhere else. Needed before: Python 3.11 or newer, make, git.

PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
COLLECTIONS := $(CURDIR)/.venv/collections
export PATH := $(BIN):$(PATH)
export PYTHONPATH := $(COLLECTIONS)
export ANSIBLE_COLLECTIONS_PATH := $(COLLECTIONS)

.PHONY: demo test lint unit client integration reliability browser bench clean

demo: .venv/ready
	@tests/demo/run.sh

test: lint unit client integration reliability

lint: .venv/ready
	ruff check .
	ruff format --check .
	yamllint --strict .
	cd $(COLLECTIONS) && mypy --config-file $(CURDIR)/mypy.ini -p ansible_collections.genesys_ops.engage.plugins
	ansible-lint --offline --strict
	antsibull-changelog lint
	antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all .

# The pure layers and the simulator; the client over real sockets; playbooks and modules; what can go wrong.
unit client integration reliability: .venv/ready
	python -m pytest tests/$@ -n auto -q

# The audit page in a real browser. Where there is none, Debian's is installed if that is possible; otherwise it says so.
browser: .venv/ready
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || command -v google-chrome >/dev/null || [ "$$(id -u)" != 0 ] || \
	  { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } || true
	python -m pytest tests/browser -n auto -q -rs

# The figures of docs/performance.md; half an hour. For a first look: python tests/benchmark/role.py --runs 1 --quick
bench: .venv/ready
	python tests/benchmark/role.py
	python tests/benchmark/reads.py

clean:
	rm -rf .venv .cache .ansible .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The environment. Ansible finds collections by their path, so a link makes this folder look like an installed one.
.venv/ready: requirements.txt tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	mkdir -p $(COLLECTIONS)/ansible_collections/genesys_ops
	ln -sfn $(CURDIR) $(COLLECTIONS)/ansible_collections/genesys_ops/engage
	touch $@

# SPDX-License-Identifier: GPL-3.0-or-later
# make demo: the main job against the embedded simulator.   make test: every check and test.
# Both set up what they need below this folder and nowhere else. Needed before: Python 3.11 or newer, make, git.

PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
COLLECTIONS := $(CURDIR)/.venv/collections
export PATH := $(BIN):$(PATH)
export PYTHONPATH := $(COLLECTIONS)
export ANSIBLE_COLLECTIONS_PATH := $(COLLECTIONS)
unexport PYTHONDONTWRITEBYTECODE # each of the many processes would compile the tests again

.PHONY: demo test quick lint unit client integration reliability pages browser keywords role-faults both-ways coverage docs sanity matrix molecule release-check reuse bench clean

# Without the environment of the tests, the demo takes one of its own: a tenth of the size.
DEMO := $(if $(wildcard .venv/ready),.venv,.venv-demo)
demo: export PYTHONPATH := $(CURDIR)/$(DEMO)/collections
demo: export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(DEMO)/collections
demo: $(DEMO)/ready
	@$(DEMO)/bin/python -m tests.demo

# Two at a time: the longest beside those that use one processor, then those that share both. Each is shown at its end.
# Reliability has short time-outs, and waits half of its time: little stands beside it.
test: .venv/ready
	$(MAKE) --jobs 2 --output-sync=target integration molecule pages client browser unit
	$(MAKE) --jobs 2 --output-sync=target reliability lint docs reuse

# An answer in a minute, while you work.
quick: .venv/ready
	ruff check .
	python -m pytest tests/unit tests/integration/test_configure.py -n auto -q

lint: .venv/ready
	ruff check .
	ruff format --check .
	yamllint --strict .
	cd $(COLLECTIONS) && mypy --config-file $(CURDIR)/mypy.ini -p ansible_collections.genesys_ops.engage.plugins \
	  -p ansible_collections.genesys_ops.engage.tests.simulator
	ansible-lint --offline --strict
	antsibull-changelog lint
	antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all .

# The pure layers and the simulator; the client over real sockets; playbooks and modules; what can go wrong.
unit: .venv/ready
	python -m pytest tests/$@ -n auto -q

# Each run of Ansible waits now and then: three at a time for two processors.
integration: .venv/ready
	python -m pytest tests/$@ -n $$(($$(getconf _NPROCESSORS_ONLN) * 3 / 2)) -q

# These wait much of their time, for timeouts and retries: three at a time for each processor, the last shared out.
client reliability: .venv/ready
	python -m pytest tests/$@ -n $$(($$(getconf _NPROCESSORS_ONLN) * 3)) --dist worksteal -q

# Every command of the pages in docs/, in the page's order.
pages: .venv/ready
	python -m pytest tests/docs -n $$(($$(getconf _NPROCESSORS_ONLN) * 2)) -q

# All keywords and settings of Ansible with all playbooks; every fault, and every time-out, through the playbook.
keywords: .venv/ready
	ENGAGE_KEYWORDS=all python -m pytest tests/integration/test_keywords.py -n auto --dist worksteal -q

role-faults: .venv/ready
	ENGAGE_ROLE_FAULTS=1 python -m pytest tests/reliability/test_role_faults.py tests/integration/test_time_outs.py -q

# The integration tests once more, with modules shipped instead of run in the controller's process. Ten minutes.
both-ways: .venv/ready
	ENGAGE_AS_MODULES=1 python -m pytest tests/integration -n auto -q

# Lines and branches of module_utils that tests reach, with playbooks in both ways: at least 95 %.
coverage: export COVERAGE_RCFILE = $(CURDIR)/tests/coverage.ini
coverage: export ENGAGE_NEW_PROCESSES = 1
coverage: .venv/ready
	rm -rf .build/coverage && mkdir -p .build/coverage
	python -m coverage run -m pytest tests/unit tests/client tests/integration -n auto -q
	ENGAGE_AS_MODULES=1 python -m coverage run -m pytest tests/integration -n auto -q
	python -m coverage combine -q
	python -m coverage report

# The audit page in a real browser. Where there is none, Debian's is installed if that is possible; otherwise it says so.
browser: .venv/ready
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || command -v google-chrome >/dev/null || [ "$$(id -u)" != 0 ] || \
	  { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core; } || true
	python -m pytest tests/browser -n auto -q -rs

# The figures of docs/performance.md; 20 minutes. For a first look: python tests/benchmark/role.py --runs 1 --quick
bench: .venv/ready
	python tests/benchmark/role.py
	python tests/benchmark/reads.py
	python tests/benchmark/slices.py

# The site in .build/site: the pages of docs/, and the reference that is made of the plugins' documentation.
docs: .venv/ready
	rm -rf .build/docs && mkdir -p .build/docs/collections && cp -r docs/. .build/docs
	antsibull-docs collection --use-current --squash-hierarchy --fail-on-error \
	  --dest-dir .build/docs/collections genesys_ops.engage
	python -m sphinx -q -W --keep-going -c .build/docs/site .build/docs .build/site

# ansible-test on the core of .venv, with nothing ignored; then on every core (TESTED="2.21-3.12" for some of them).
sanity: .venv/ready
	tests/ansible_test.sh sanity --venv --python "$$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')"

matrix: .venv/ready
	tests/matrix.sh $(TESTED)

# The scenarios of extensions/molecule, which share one simulated GAX.
molecule: .venv/ready
	molecule test --all

# Every file says its licence.
reuse: .venv/ready
	reuse lint --quiet || reuse lint

# What Galaxy would get: its importer, and the demo from an installed copy.
release-check: .venv/ready
	tests/release_check.sh

clean:
	rm -rf .venv .venv-demo .cache .ansible .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv-demo/ready: requirements.txt tests/demo/requirements.txt
	$(call environment,.venv-demo,tests/demo/requirements.txt)

.venv/ready: requirements.txt tests/requirements.txt tests/demo/requirements.txt
	$(call environment,.venv,tests/requirements.txt)

# An environment. Ansible finds collections by their path, so a link makes this folder look like an installed one.
define environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(1)
	$(1)/bin/pip install --quiet --disable-pip-version-check -r $(2)
	mkdir -p $(1)/collections/ansible_collections/genesys_ops
	ln -sfn $(CURDIR) $(1)/collections/ansible_collections/genesys_ops/engage
	touch $(1)/ready
endef

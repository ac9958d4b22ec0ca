# Two commands matter: `make report` and `make test`. Each makes .venv first, when it is not there.
PYTHON ?= python3
VENV := .venv/.complete
INSTALL = $(if $(shell command -v uv),uv pip install --python .venv/bin/python,.venv/bin/python -m pip install) --quiet

USERS_PATH := $(PATH)
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export JUPYTER_PREFER_ENV_PATH := 1
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help report test lab bench study lint quarto edition lock clean env full

help: # what can be made
	@sed -n 's/^\([a-z]*\):[^#]*# \(.*\)/make \1\t\2/p' Makefile | expand -t 16

report: $(VENV) # run what changed, then print the headline and where the reports are
	@dvc repro || { echo "Stopped at the stage named above, with nothing half-written. Mend what it says (exited with -9: it was killed, often for want of memory), then make report again: it goes on from there." >&2; exit 1; }
	@python pipeline/headline.py

test: $(VENV) # the test suite
	python -m pytest

# One thread for linear algebra, as in the pipeline: a notebook run by hand writes the same bytes.
lab: export OPENBLAS_NUM_THREADS := 1
lab: $(VENV) # JupyterLab on this project's kernel
	jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks

bench: $(VENV) # speed and memory, measured here: ratios can fail, seconds are only printed
	python -m pytest tests/benchmarks -s

study: export OPENBLAS_NUM_THREADS := 1
study: $(VENV) # how often intervals hold the truth and noise is called useful, in 500 worlds: half an hour
	cd tests && python -m studies.coverage && python -m studies.race

lint: $(VENV) # style, types, and notebooks without outputs
	ruff check . && ruff format --check . && mypy && nbstripout --keep-id --verify notebooks/*.ipynb

quarto: $(VENV) # add the pinned Quarto, the other renderer (downloads a release)
	$(INSTALL) --editable '.[quarto]'

edition: $(VENV) # keep the site beside earlier ones, tell what changed, record the forecast
	python pipeline/edition.py

lock: # choose versions again, from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade --group dev pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade --group dev --group full -c requirements.lock pyproject.toml -o requirements-full.lock

clean: # remove what can be built again; .venv, DVC's cache and earlier editions stay
	rm -rf data/raw data/clean data/panel data/results reports/_generated reports/_site/?? reports/_site/*.* reports/_draft reports/_variables.yml dvc_plots .mypy_cache .pytest_cache .ruff_cache .hypothesis

env: $(VENV) # the environment alone

full: $(VENV) # what the tests of Spark and of the browser need as well
	$(INSTALL) --require-hashes -r requirements-full.lock

# A making that was interrupted leaves its mark and starts anew; a whole environment is only
# brought up to date, so that what was added to it stays.
$(VENV): export PATH := $(USERS_PATH)
$(VENV): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not there. Install Python 3.11 or newer, or name yours: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Nexo needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ". Name a newer one: make PYTHON=python3.12")'
	@[ -x .venv/bin/python ] && [ ! -e .venv/.unfinished ] || rm -rf .venv
	@[ -d .venv ] || if command -v uv >/dev/null; then uv venv --quiet --python "$(PYTHON)" .venv; else "$(PYTHON)" -m venv .venv; fi
	@touch .venv/.unfinished
	@command -v uv >/dev/null || .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --no-index --editable .
	@mv .venv/.unfinished $@

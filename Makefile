# The one door: every command of the project stands here. `make help` lists them.

.DEFAULT_GOAL := help
SHELL := /bin/bash
UV := UV_PYTHON_DOWNLOADS=never .tools/bin/uv
PYTHON := .venv/bin/python
MEMBERS := schemas sdk kit services/api services/worker services/checkpoint-svc handlers dev
SOURCES := $(addsuffix /src,$(MEMBERS)) tests

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

.tools/bin/uv: dev/bootstrap
	@dev/bootstrap
	@touch $@

.venv/installed: .tools/bin/uv uv.lock pyproject.toml $(addsuffix /pyproject.toml,$(MEMBERS))
	@$(UV) sync --frozen --compile-bytecode --python "$$(cat .tools/python 2>/dev/null || echo python3)"
	@touch $@

.PHONY: install
install: .venv/installed ## everything the other commands need, into .tools and .venv
	@:

.PHONY: dev
dev: install ## the whole system on this machine, until Ctrl-C (KAFKA=jvm, HANDLERS=my_jobs, PORT=8000)
	@exec $(PYTHON) -m sluicegate_dev up $(if $(KAFKA),--kafka $(KAFKA)) $(if $(HANDLERS),--handlers $(HANDLERS)) $(if $(PORT),--port $(PORT))

.PHONY: demo
demo: install ## one job of each type, submitted to the `make dev` that runs
	@exec $(PYTHON) -m sluicegate_dev demo

.PHONY: test
test: install ## every test that this machine can run (ARGS='-k name' for some)
	@$(PYTHON) -m pytest $(ARGS)

.PHONY: chromium
chromium: ## install the browser that `make test` and `make screenshots` use, with apt-get, where there is none
	@dev/chromium

.PHONY: check
check: install ## format, lint, types, imports, schema drift, dependencies, lock, spelling
	@dev/check

.PHONY: format
format: install ## put the code into its format, mend what the linter can mend
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .

.PHONY: schemas
schemas: install ## write the JSON Schema files and examples from the models
	@$(PYTHON) -m sluicegate_schemas generate

.PHONY: migrate
migrate: install ## bring the databases of SERVICE=api|worker|checkpoint-svc to the newest version (SLUICEGATE_DATABASE_URL)
	@test -n "$(SERVICE)" || { echo "which one? make migrate SERVICE=api" >&2; exit 2; }
	@$(PYTHON) -m sluicegate_$(subst checkpoint-svc,checkpoint_svc,$(SERVICE)) migrate

.PHONY: bench
bench: install ## measure on real Kafka; the numbers go into docs/performance.md
	@$(PYTHON) -m bench $(ARGS)

.PHONY: sweep
sweep: install ## every crash point at more moments than `make test` tries
	@SLUICEGATE_REQUIRE=kafka $(PYTHON) -m pytest -m sweep $(ARGS)

.PHONY: screenshots
screenshots: install chromium ## take the pictures of the docs, docs/pictures, on real Kafka
	@SLUICEGATE_REQUIRE=kafka,browser $(PYTHON) -m pytest -m pictures $(ARGS)

.PHONY: clean
clean: ## remove what `make dev` keeps; the next one starts from nothing
	@rm -rf .sluicegate

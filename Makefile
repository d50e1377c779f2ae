# The one door: every command of the project stands here. `make help` lists them.

.DEFAULT_GOAL := help
SHELL := /bin/bash
UV := UV_PYTHON_DOWNLOADS=never .tools/bin/uv
IN_VENV := .venv/bin/python
MEMBERS := schemas sdk kit services/api services/worker services/checkpoint-svc services/insights handlers dev
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
	@exec $(IN_VENV) -m sluicegate_dev up $(if $(KAFKA),--kafka $(KAFKA)) $(if $(HANDLERS),--handlers $(HANDLERS)) $(if $(PORT),--port $(PORT))

.PHONY: demo
demo: install ## one job of each type, submitted to the `make dev` that runs
	@exec $(IN_VENV) -m sluicegate_dev demo

.PHONY: test
test: install ## every test that this machine can run, two at a time (ARGS='-k name' for some, one at a time)
	@$(IN_VENV) -m pytest $(or $(ARGS),--numprocesses 2 --dist loadfile)

.PHONY: chromium
chromium: ## install the browser that `make test` and `make screenshots` use, with apt-get, where there is none
	@dev/chromium

.PHONY: prometheus
prometheus: ## install what `make test` and `make test-alerts` use of Prometheus, with apt-get, where there is none
	@dev/prometheus

.PHONY: pgbouncer
pgbouncer: ## install the pooler that `make test` puts before PostgreSQL, with apt-get, where there is none
	@dev/pgbouncer

.PHONY: check
check: install ## format, lint, types, imports, schema drift, dependencies, lock, spelling
	@dev/check

.PHONY: check-deploy
check-deploy: install ## what deploy/ and schemas/ hand to other programs, read by those (Java ≥ 17, Maven, Node, Go)
	@dev/check-deploy

.PHONY: check-cluster
check-cluster: install ## the chart on a real kube-apiserver (needs Go, which builds it once: a quarter of an hour)
	@$(IN_VENV) -m pytest -m cluster tests/cluster $(ARGS)

.PHONY: chart
chart: ## write what the chart renders into deploy/chart/rendered, where it is compared with the code (needs Go)
	@cp deploy/routes.toml deploy/chart/sluicegate/routes.toml
	@cp deploy/alerts/sluicegate.yml deploy/chart/sluicegate/alerts.yml
	@rm -rf deploy/chart/sluicegate/dashboards && cp -r deploy/dashboards deploy/chart/sluicegate/dashboards
	@dev/render-chart deploy/chart/rendered

.PHONY: format
format: install ## put the code into its format, mend what the linter can mend
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .

.PHONY: schemas
schemas: install ## write what others read of the contracts: JSON Schemas, examples, AsyncAPI, Strimzi's files
	@$(IN_VENV) -m sluicegate_schemas generate

.PHONY: nginx
nginx: install ## write deploy/nginx/nginx.conf from deploy/routes.toml
	@$(IN_VENV) -m sluicegate_dev nginx

.PHONY: reference
reference: install ## write docs/configuration.md and docs/metrics.md from the code
	@$(IN_VENV) -m sluicegate_dev reference

.PHONY: migrate
migrate: install ## bring the databases of SERVICE=api|worker|checkpoint-svc to the newest version (SLUICEGATE_DATABASE_URL)
	@test -n "$(SERVICE)" || { echo "which one? make migrate SERVICE=api" >&2; exit 2; }
	@$(IN_VENV) -m sluicegate_$(subst checkpoint-svc,checkpoint_svc,$(SERVICE)) migrate

.PHONY: bench
bench: install ## measure on real Kafka; the numbers go into docs/performance.md
	@$(IN_VENV) -m bench $(ARGS)

.PHONY: sweep
sweep: install ## every crash point at more moments than `make test` tries
	@SLUICEGATE_REQUIRE=kafka $(IN_VENV) -m pytest -m sweep $(ARGS)

.PHONY: compose-keys
compose-keys: install ## passwords and keys for docker-compose.yml, into .env and deploy/secrets; what is there stays
	@$(IN_VENV) -m sluicegate_dev compose-keys

.PHONY: compose-demo
compose-demo: compose-keys ## the whole system in Docker with 4 workers, and one job of each type
	@docker compose up --build --detach --wait --scale worker=4
	@docker compose run --rm --no-deps --volume "$(CURDIR)/examples/workspace:/samples:ro" --entrypoint python worker \
		-c "from shutil import copytree; copytree('/samples', '/workspace', dirs_exist_ok=True)"
	@exec $(IN_VENV) -m sluicegate_dev demo --origin "http://$$(docker compose port nginx 8080)" --keys deploy/secrets/api-keys.json

.PHONY: test-compose
test-compose: install ## docker-compose.yml as it is, with 4 workers, kills and restarts; needs Docker (BUILD_CA=file: see docs/operations.md)
	@$(IN_VENV) -m pytest -m compose tests/compose $(ARGS)

.PHONY: test-alerts
test-alerts: install prometheus ## each alert fired by its fault and ended by its mending, on a real Prometheus and Alertmanager
	@SLUICEGATE_REQUIRE=promtool $(IN_VENV) -m pytest -m alerts $(ARGS)

.PHONY: screenshots
screenshots: install chromium ## take the pictures of the docs, docs/pictures, on real Kafka
	@SLUICEGATE_REQUIRE=kafka,browser $(IN_VENV) -m pytest -m pictures $(ARGS)

.PHONY: clean
clean: ## remove what `make dev` keeps; the next one starts from nothing
	@rm -rf .sluicegate

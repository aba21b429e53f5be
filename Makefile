# `make` alone lists the targets. Everything lives in .venv (environment) and .guichet (state).
PYTHON ?= python3
AMORCER := $(PYTHON) outils/amorcer.py
VENV := .venv/bin
OUVRIERS ?= 2
OPTIONS ?=
.DEFAULT_GOAL := aide
.PHONY: aide demo test check bench epreuve verrou assets

aide: ## liste les commandes
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

demo: ## lance Guichet avec la ville de démonstration (Ctrl-C pour arrêter ; PORT=8000)
	@$(AMORCER) demo
	@exec $(VENV)/python outils/demo.py

test: ## lance toute la suite de tests, sur de vrais serveurs, dans le désordre
	@$(AMORCER) e2e
	@$(VENV)/python -m pytest -n $(OUVRIERS) --dist worksteal $(OPTIONS)

check: ## vérifie le style, les types, les étages, les gabarits, les migrations et le déploiement
	@$(AMORCER) dev
	@$(VENV)/python outils/verifier.py

bench: ## mesure les temps de réponse sur un grand volume et imprime les chiffres
	@$(AMORCER) dev
	@$(VENV)/python outils/mesurer.py $(OPTIONS)

epreuve: ## met Guichet à l’épreuve des pannes (serveurs tués, réseau coupé)
	@$(AMORCER) dev
	@$(VENV)/python outils/eprouver.py $(OPTIONS)

verrou: ## recompile requirements/ (OPTIONS=--upgrade pour monter les versions)
	@$(AMORCER) dev
	@$(VENV)/python outils/verrouiller.py $(OPTIONS)

assets: ## rafraîchit les fichiers de static/vendor
	@$(AMORCER) dev
	@$(VENV)/python outils/vendorer.py $(OPTIONS)

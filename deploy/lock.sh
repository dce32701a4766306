#!/usr/bin/env bash
# Makes both locks again: hashes of every file, for every platform, no addresses and no annotations.
# Pinned versions stay unless `deploy/lock.sh --upgrade` or `--upgrade-package NAME` is given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

compile() {
    .uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --no-header --override overrides.txt "$@"
}

compile pyproject.toml --group dev --output-file requirements-dev.lock "$@"
# The service's own lock is a subset of the same versions.
compile pyproject.toml --constraint requirements-dev.lock --output-file requirements.lock "$@"

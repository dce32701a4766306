#!/usr/bin/env bash
# Every check of the project, in one go: style, types, import contracts, then the tests. Goes on after a
# failure so that one run shows all of them; the exit code tells whether anything failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/.venv/bin:$PATH"
failed=()

run() {
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || failed+=("$name")
}

# Browser tests run by themselves and first: two browsers beside each other on two cores time out, and
# the main run's closing line is to be the last one.
browser_tests() {
    grep -rlq --include='test_*.py' 'mark\.browser' tests || return 0
    pytest -n 0 -m "browser and not soak" "$@"
}

# The newer server needs a JDK that Debian 12 does not have; where one is found it is tested too, and where
# none is, `versions` says so in one loud line.
newer_elastic_tests() {
    [[ -z ${SOHOA_TEST_ELASTIC_URL:-} ]] || return 0
    local version
    for version in $(python tests/services/elastic.py versions | tail -n +2); do
        python tests/services/elastic.py stop >/dev/null
        SOHOA_TEST_ELASTIC_VERSION=$version pytest -n 2 -q -m "elastic and not soak" tests/contract tests/integration/search || return 1
    done
    python tests/services/elastic.py stop >/dev/null
}

lint() {
    run "ruff check" ruff check .
    run "ruff format" ruff format --check .
    run "pyright" pyright
    run "import contracts" lint-imports --no-cache
}

case ${1:-all} in
    lint)
        lint
        run "budgets" pytest -n 0 -q tests/architecture
        ;;
    all)
        lint
        run "browser tests" browser_tests
        run "newer Elasticsearch" newer_elastic_tests
        run "tests" pytest -n 2 --dist worksteal -m "not browser and not soak"
        ;;
    soak)
        run "soak" pytest -n 0 -m soak --timeout 0
        ;;
    coverage)
        run "tests" pytest -n 2 --dist worksteal -m "not soak and not browser" -q --cov --cov-report=json
        run "coverage budgets" python deploy/coverage_budget.py coverage.json
        ;;
    *)
        echo "deploy/test.sh [all|lint|soak|coverage]" >&2
        exit 2
        ;;
esac

if ((${#failed[@]})); then
    printf 'failed: %s\n' "${failed[@]}" >&2
    exit 1
fi

#!/usr/bin/env bash
# Makes everything Sohoa needs on a bare Debian 12: system packages, uv, the hash-locked environment and
# the command .venv/bin/sohoa. Asks nothing; a second run finds its stamp and changes nothing.
# Exit codes: 0 ready, 1 a step failed, 3 something is missing that only root can install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "sohoa: $*"; }

missing_packages() {
    local name
    while read -r name; do
        [[ -z $name || $name == \#* ]] && continue
        # The system's own python3 is needed only where no other Python 3.11 or later is found.
        [[ $name == python3* ]] && find_python >/dev/null && continue
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || printf '%s\n' "$name"
    done <deploy/packages.txt
}

find_python() {
    local name
    for name in python3 python3.11 python3.12 python3.13; do
        if "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    return 1
}

install_packages() {
    local -a missing
    if ! command -v dpkg-query >/dev/null; then
        say "máy này không dùng gói Debian; hãy tự cài những gói tương đương với deploy/packages.txt"
        find_python >/dev/null || { say "thiếu Python 3.11 trở lên (có venv)"; exit 3; }
        return
    fi
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]} == 0)) && return
    if ((EUID != 0)); then
        say "thiếu gói hệ thống. Hãy chạy lệnh sau với quyền root rồi chạy lại:"
        say "    apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
        exit 3
    fi
    say "cài gói hệ thống: ${missing[*]}"
    apt-get update -q
    # RUNLEVEL=1: the PostgreSQL package must not start a server of its own on this machine.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# One word that changes whenever the named files, the Python or the place of the checkout change.
fingerprint() {
    { cat "$@"; "$(find_python)" -VV; pwd -P; } | sha256sum | cut -d' ' -f1
}

is_done() { [[ -e $1 && $(<"$1") == "$2" ]]; }

make_uv() {
    local want
    want=$(fingerprint deploy/uv.lock)
    is_done .uv/.stamp "$want" && return
    say "cài uv"
    rm -rf .uv
    "$(find_python)" -m venv .uv
    .uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/uv.lock
    printf '%s' "$want" >.uv/.stamp
}

make_environment() {
    local want
    want=$(fingerprint requirements-dev.lock)
    if ! is_done .venv/.stamp "$want"; then
        say "cài môi trường Python theo requirements-dev.lock"
        [[ -x .venv/bin/python ]] || .uv/bin/uv venv --quiet --clear --no-python-downloads --python "$(find_python)" .venv
        rm -f .venv/.stamp .venv/.stamp-sohoa
        .uv/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python requirements-dev.lock
        printf '%s' "$want" >.venv/.stamp
    fi
    want=$(fingerprint pyproject.toml)
    if [[ ! -x .venv/bin/sohoa ]] || ! is_done .venv/.stamp-sohoa "$want"; then
        say "cài lệnh sohoa"
        # The build back end is in the lock: nothing unpinned is fetched to build our own package.
        .uv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
        printf '%s' "$want" >.venv/.stamp-sohoa
    fi
}

# Without a network the service still reads, by Tesseract alone: said, but no failure of the set-up.
fetch_models() {
    .venv/bin/sohoa models || say "chưa có mô hình của bộ đọc nhanh; xem docs/operations.md"
}

install_packages
make_uv
make_environment
fetch_models
say "sẵn sàng: .venv/bin/sohoa"

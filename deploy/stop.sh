#!/usr/bin/env bash
# Stops what a demo or a broken-off test run left behind: every process whose number stands in a *.pid file
# below var/ and whose command is one of ours (the system gives numbers out again).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

stop_one() {
    local file=$1 pid
    pid=$(head -n1 "$file" | tr -cd '0-9')
    if [[ -n $pid && -r /proc/$pid/cmdline ]] &&
        tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qE 'sohoa|demo/run\.py|uvicorn|postgres|elasticsearch'; then
        echo "sohoa: dừng $pid ($file)"
        kill -TERM "$pid" 2>/dev/null || true
        for _ in $(seq 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.2
        done
        kill -0 "$pid" 2>/dev/null && kill -KILL "$pid"
    fi
    rm -f "$file"
}

while IFS= read -r file; do
    stop_one "$file"
done < <(find var -name '*.pid' -type f 2>/dev/null)

# The tests' Elasticsearch is shared by every checkout of the machine and counts its users; here it goes.
python3 tests/services/elastic.py stop >/dev/null

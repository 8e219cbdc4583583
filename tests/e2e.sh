#!/usr/bin/env bash
# The pages in a real browser against the real engine, which the tests start and stop themselves.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/setup.sh
need_node
prepare_city build/city/gothenburg.kfmap
cd web
KUAIFAN_BIN=$PWD/../build/release/kuaifan KUAIFAN_MAP=$PWD/../build/city/gothenburg.kfmap npx playwright test "$@"

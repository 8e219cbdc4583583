# Sourced by ./up: a made-up roster on the city's roads, logins for the three roles, a fleet that drives.

api() { # api METHOD PATH [curl arguments...]
    local method=$1 path=$2; shift 2
    curl -sS "${trust[@]}" --fail-with-body -X "$method" "$url$path" "$@" || {
        echo >&2; die "the demo could not be prepared ($method $path); ./up --fresh starts over"; }
}

secret() { openssl rand -hex 6; }
member() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }

demo_prepare() {
    logins=$store/demo-logins
    [ ! -e "$logins" ] || return 0
    [ -e "$store/setup-link" ] || die "$store has an administrator but no demo: use --empty, or ./up --fresh"
    say "Preparing the demo: a synthetic roster on the real roads, and logins"
    build/release/kuaifan demo-roster "$city" "$store/roster" --units 240 --circles 24 --seed 1
    local admin_password dispatcher_password supervisor_password unit_password token
    admin_password=$(secret) dispatcher_password=$(secret) supervisor_password=$(secret) unit_password=$(secret)
    local json='Content-Type: application/json'
    api POST /v1/setup -H "$json" -o /dev/null -d "{\"setup_token\":\"$(sed 's/.*#//' "$store/setup-link")\",\"name\":\"admin\",\"display\":\"管理员 Admin\",\"password\":\"$admin_password\"}"
    token=$(api POST /v1/login -H "$json" -d "{\"name\":\"admin\",\"password\":\"$admin_password\"}" | member token)
    local auth="Authorization: Bearer $token"
    api POST '/v1/roster?kind=districts' -H "$auth" -H 'Content-Type: application/geo+json' --data-binary "@$store/roster/districts.geojson" -o /dev/null
    local kind
    for kind in circles units checkpoints routes; do
        api POST "/v1/roster?kind=$kind" -H "$auth" -H 'Content-Type: text/csv' --data-binary "@$store/roster/$kind.csv" -o /dev/null
    done
    demo_user() { # NAME DISPLAY ROLE UNIT PASSWORD
        local unit=null
        [ -z "$4" ] || unit="\"$4\""
        api POST /v1/users -H "$auth" -H "$json" -o /dev/null -d "{\"name\":\"$1\",\"display\":\"$2\",\"role\":\"$3\",\"scope\":\"city\",\"unit\":$unit,\"password\":\"$5\"}"
    }
    demo_user dispatcher '调度员 Dispatcher' dispatcher '' "$dispatcher_password"
    demo_user supervisor '督察 Supervisor' supervisor '' "$supervisor_password"
    demo_user C001 'C001' unit C001 "$unit_password"
    (umask 077; printf 'dispatcher %s\nsupervisor %s\nC001 %s\nadmin %s\n' "$dispatcher_password" "$supervisor_password" "$unit_password" "$admin_password" >"$logins.part" && mv "$logins.part" "$logins")
}

# C001 only drives: signing it on and answering its orders is yours.
demo_fleet() {
    KUAIFAN_PASSWORD=$(sed -n 's/^admin //p' "$store/demo-logins") \
        build/release/kuaifan simulate --url "$url" ${trust[1]:+--cacert "${trust[1]}"} --map "$city" \
        --admin admin --leave C001 --rate 0.04 --seed 1 --seconds 0 >>"$store/fleet.log" 2>&1 &
}

demo_logins() {
    echo '  demo logins (name  password):'
    sed 's/^/    /; s/ /  /' "$store/demo-logins"
    echo '  C001 is a patrol car of your own: on the unit page choose "Log in as a person" (使用账号登录), go on duty'
    echo '  and answer its orders; the demo drives it.'
    echo '  The units and incidents are made up; the roads are real.'
}

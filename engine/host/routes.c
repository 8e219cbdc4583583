#include <stdio.h>
#include <string.h>

#include "engine/host/backup.h"
#include "engine/host/daemon_parts.h"
#include "engine/host/drawing_routes.h"
#include "engine/host/log.h"
#include "engine/host/metrics.h"
#include "engine/host/photo_routes.h"
#include "engine/host/roster_import.h"
#include "engine/host/speed_routes.h"
#include "engine/host/traffic_routes.h"
#include "engine/net/access.h"
#include "engine/net/http_api.h"
#include "proto/proto_answer.h"
#include "proto/proto_json.h"

#define METRICS_SIZE 16384u

static void health(struct daemon *daemon, const struct net_request *request)
{
    struct proto_buffer buffer = {0};
    proto_json_begin(&buffer, '{');
    proto_member_text(&buffer, "status", daemon->disk_full ? "degraded" : "ok");
    proto_member_text(&buffer, "version", KUAIFAN_VERSION);
    proto_member_text(&buffer, "epoch", daemon->epoch);
    proto_member_int(&buffer, "seq", (int64_t)dispatch_durable_seq(daemon->dispatch));
    proto_json_end(&buffer, '}');
    api_reply_body(daemon->api, request->id, daemon->disk_full ? 503 : 200, &buffer);
}

static void metrics(struct daemon *daemon, const struct net_request *request)
{
    char text[METRICS_SIZE];
    const size_t size = metrics_write(daemon, text, sizeof text);
    const struct net_response response = {
        .status = 200,
        .content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
        .body = text,
        .body_size = size};
    net_server_reply(daemon->server, request->id, &response);
}

static void system_state(struct daemon *daemon, const struct net_request *request)
{
    const struct committer_figures committer = committer_figures(daemon->committer);
    const struct history_figures history = history_worker_figures(daemon->history);
    const struct identities_figures people = identities_figures(daemon->identities);
    const struct api_counters *api = api_counters(daemon->api);
    struct proto_buffer buffer = {0};
    proto_json_begin(&buffer, '{');
    proto_member_text(&buffer, "version", KUAIFAN_VERSION);
    proto_member_text(&buffer, "epoch", daemon->epoch);
    proto_member_int(&buffer, "seq", (int64_t)dispatch_durable_seq(daemon->dispatch));
    proto_member_bool(&buffer, "disk_full", daemon->disk_full);
    proto_member_int(&buffer, "alarms", (int64_t)daemon->alarms);
    proto_member_int(&buffer, "sessions", (int64_t)api->sessions);
    proto_member_int(&buffer, "batches", (int64_t)committer.batches);
    proto_member_int(
        &buffer, "commit_us_mean",
        committer.batches == 0 ? 0 : (int64_t)(committer.commit_us_sum / committer.batches));
    proto_member_int(&buffer, "commit_us_max", committer.commit_us_max);
    proto_member_int(&buffer, "snapshots", (int64_t)committer.snapshots);
    proto_member_int(&buffer, "digests_equal", (int64_t)committer.digests_equal);
    proto_member_int(&buffer, "history_seq", (int64_t)history.seq);
    proto_member_int(&buffer, "history_waiting", history.waiting);
    proto_member_bool(&buffer, "history_closed", history.closed);
    proto_member_int(&buffer, "tokens", people.tokens);
    proto_json_end(&buffer, '}');
    api_reply_body(daemon->api, request->id, 200, &buffer);
}

/* ---- Roster ---- */

static void reply_roster(struct daemon *daemon, uint64_t request_id, uint32_t added,
                         uint32_t updated, uint64_t seq)
{
    struct proto_buffer buffer = {0};
    proto_encode_roster_answer(&buffer, added, updated, seq);
    api_reply_body(daemon->api, request_id, 200, &buffer);
}

static void reply_roster_errors(struct daemon *daemon, uint64_t request_id,
                                const struct proto_roster *read)
{
    struct proto_buffer buffer = {0};
    proto_encode_roster_problem(&buffer, read);
    if (!proto_buffer_ok(&buffer)) {
        api_reply_body(daemon->api, request_id, 422, &buffer);
        return;
    }
    const struct net_response response = {.status = 422,
                                          .content_type = "application/problem+json",
                                          .body = buffer.bytes,
                                          .body_size = buffer.size};
    net_server_reply(daemon->server, request_id, &response);
    proto_buffer_finish(&buffer);
}

static struct pending_route *find_pending(struct daemon *daemon, uint64_t ticket)
{
    for (uint32_t i = 0; i < PENDING_MAX; i++) {
        if (daemon->pending[i].ticket == ticket) {
            return &daemon->pending[i];
        }
    }
    return NULL;
}

bool routes_submit(struct daemon *daemon, struct command *command,
                   const struct pending_route *pending)
{
    struct pending_route *slot = find_pending(daemon, 0);
    const uint64_t ticket = ROUTE_TICKETS + ++daemon->next_ticket;
    if (slot != NULL) {
        *slot = *pending;
        slot->ticket = ticket;
    }
    if (slot == NULL ||
        !dispatch_submit(daemon->dispatch, command, 0, ticket, daemon_now(daemon))) {
        if (slot != NULL) {
            slot->ticket = 0;
        }
        api_reply_problem(daemon->api, pending->request_id, "busy",
                          "the queue is full; send it again", NULL);
        return false;
    }
    return true;
}

static void submit_roster(struct daemon *daemon, const struct net_request *request,
                          const struct identity *by, const struct roster_import *import)
{
    struct command command = {
        .kind = COMMAND_ROSTER_PUT, .actor = {.source = SOURCE_API}, .roster = import->roster};
    memcpy(command.actor.id, by->name, sizeof command.actor.id);
    const struct pending_route pending = {
        .request_id = request->id, .added = import->added, .updated = import->updated};
    (void)routes_submit(daemon, &command, &pending);
}

void routes_answered(struct daemon *daemon, uint64_t ticket, const struct api_answer *outcome)
{
    struct pending_route *pending = find_pending(daemon, ticket);
    if (pending == NULL) {
        (void)traffic_routes_answered(daemon, ticket, outcome);
        return;
    }
    if (pending->is_receipt) {
        daemon_gateway_answered(daemon, pending, outcome);
    } else if (pending->is_drawing) {
        drawing_routes_answered(daemon, outcome);
    } else if (outcome->outcome == API_DONE) {
        reply_roster(daemon, pending->request_id, pending->added, pending->updated, outcome->seq);
    } else {
        api_reply_problem(daemon->api, pending->request_id, "capacity",
                          "the engine's limits do not hold this roster; raise units_max or "
                          "circles_max in the configuration",
                          NULL);
    }
    *pending = (struct pending_route){0};
}

static bool query_has(const char *query, const char *pair)
{
    const size_t size = strlen(pair);
    for (const char *at = query; at != NULL; at = strchr(at, '&')) {
        at += *at == '&' ? 1 : 0;
        if (strncmp(at, pair, size) == 0 && (at[size] == '&' || at[size] == '\0')) {
            return true;
        }
    }
    return false;
}

/* A misspelt dry run would be a real one. */
static bool roster_query_is_known(const char *query)
{
    static const char *const known[] = {
        "kind=districts",   "kind=areas",  "kind=circles", "kind=units", "kind=centres",
        "kind=checkpoints", "kind=routes", "kind=plans",   "dry_run=0",  "dry_run=1",
        "crs=wgs84",        "crs=gcj02",   "crs=bd09"};
    for (const char *at = query; at != NULL && *at != '\0'; at += *at == '&' ? 1 : 0) {
        const size_t size = strcspn(at, "&");
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            found = found || (strlen(known[i]) == size && strncmp(at, known[i], size) == 0);
        }
        if (!found) {
            return false;
        }
        at += size;
    }
    return true;
}

static enum proto_roster_kind kind_of(const char *query)
{
    return query_has(query, "kind=districts")     ? PROTO_ROSTER_DISTRICTS
           : query_has(query, "kind=areas")       ? PROTO_ROSTER_AREAS
           : query_has(query, "kind=circles")     ? PROTO_ROSTER_CIRCLES
           : query_has(query, "kind=units")       ? PROTO_ROSTER_UNITS
           : query_has(query, "kind=centres")     ? PROTO_ROSTER_CENTRES
           : query_has(query, "kind=checkpoints") ? PROTO_ROSTER_CHECKPOINTS
           : query_has(query, "kind=routes")      ? PROTO_ROSTER_ROUTES
           : query_has(query, "kind=plans")       ? PROTO_ROSTER_PLANS
                                                  : PROTO_ROSTER_KIND_COUNT;
}

static enum geo_crs crs_of(const char *query)
{
    return query_has(query, "crs=gcj02")  ? GEO_CRS_GCJ02
           : query_has(query, "crs=bd09") ? GEO_CRS_BD09
                                          : GEO_CRS_WGS84;
}

static void roster(struct daemon *daemon, const struct net_request *request,
                   const struct identity *by)
{
    const enum proto_roster_kind kind = kind_of(request->query);
    const bool csv = http_api_body_is(request, "text/csv");
    const bool geojson = http_api_body_is(request, "application/geo+json");
    if (kind == PROTO_ROSTER_KIND_COUNT || (!csv && !geojson)) {
        api_reply_problem(
            daemon->api, request->id, "bad_request",
            "kind must be districts, areas, circles, units, centres, checkpoints, routes or plans, "
            "and the content type "
            "text/csv or application/geo+json",
            NULL);
        return;
    }
    if (!roster_query_is_known(request->query)) {
        api_reply_problem(
            daemon->api, request->id, "bad_request",
            "the parameters are kind, dry_run (0 or 1) and crs (wgs84, gcj02 or bd09)", NULL);
        return;
    }
    struct proto_roster read;
    const char *text = (const char *)request->body;
    const bool whole = csv ? proto_roster_read_csv(&read, kind, text, request->body_size)
                           : proto_roster_read_geojson(&read, kind, text, request->body_size);
    struct roster_import import = {0};
    enum status status = read.no_memory ? STATUS_NO_MEMORY : STATUS_BAD_INPUT;
    if (whole) {
        status = roster_import_init(&import, &read, crs_of(request->query), daemon->engine,
                                    &daemon->engine_config);
    }
    if (status == STATUS_BAD_INPUT) {
        reply_roster_errors(daemon, request->id, &read);
    } else if (status == STATUS_FULL) {
        api_reply_problem(daemon->api, request->id, "capacity",
                          "the engine's limits do not hold this roster; raise units_max, "
                          "circles_max, areas_max or area_points_max in the configuration (there "
                          "are at most 1000 centres, 4096 checkpoints with routes, and 5000 plans)",
                          NULL);
    } else if (status != STATUS_OK) {
        api_reply_problem(daemon->api, request->id, "busy", "not enough memory now", NULL);
    } else if (query_has(request->query, "dry_run=1")) {
        reply_roster(daemon, request->id, import.added, import.updated, 0);
    } else {
        submit_roster(daemon, request, by, &import);
    }
    roster_import_finish(&import);
    proto_roster_finish(&read);
}

/* ---- The table ---- */

static void people(struct daemon *daemon, const struct net_request *request,
                   const struct identity *by)
{
    identities_admin_request(daemon->identities, request, by);
}

static void past(struct daemon *daemon, const struct net_request *request,
                 const struct identity *by)
{
    history_worker_request(daemon->history, request, by);
}

static void metrics_route(struct daemon *daemon, const struct net_request *request,
                          const struct identity *by)
{
    (void)by;
    metrics(daemon, request);
}

static void system_route(struct daemon *daemon, const struct net_request *request,
                         const struct identity *by)
{
    (void)by;
    system_state(daemon, request);
}

struct route {
    const char *path;
    const char *methods;
    void (*answer)(struct daemon *daemon, const struct net_request *request,
                   const struct identity *by);
    enum access_op op;
    bool prefix; /* and everything below it */
};

static const struct route routes[] = {
    {"/metrics", "GET HEAD", metrics_route, ACCESS_METRICS, false},
    {"/v1/system", "GET", system_route, ACCESS_ADMINISTRATION, false},
    {"/v1/backup", "POST", backup_request, ACCESS_ADMINISTRATION, false},
    {"/v1/roster", "POST", roster, ACCESS_ADMINISTRATION, false},
    {"/v1/receipts", "POST", daemon_gateway_request, ACCESS_RECEIPT, false},
    {"/v1/users", "GET POST", people, ACCESS_ADMINISTRATION, true},
    {"/v1/devices", "POST", people, ACCESS_ADMINISTRATION, false},
    {"/v1/traffic", "GET PUT DELETE", traffic_routes_request, ACCESS_TRAFFIC, true},
    {"/v1/speeds", "GET PUT", speed_routes_request, ACCESS_ADMINISTRATION, false},
    {"/v1/incidents", "GET", past, ACCESS_INCIDENTS, true},
    {"/v1/board", "GET", past, ACCESS_RESPONSE_TIMES, false},
    {"/v1/patrol", "GET", past, ACCESS_RESPONSE_TIMES, false},
    {"/v1/response-times", "GET", past, ACCESS_RESPONSE_TIMES, true},
};

static bool matches(const struct route *route, const char *path)
{
    const size_t size = strlen(route->path);
    return strncmp(route->path, path, size) == 0 &&
           (path[size] == '\0' || (route->prefix && path[size] == '/'));
}

bool routes_request(void *context, const struct net_request *request,
                    const struct identity *identity)
{
    struct daemon *daemon = context;
    if (strcmp(request->path, "/healthz") == 0) {
        const bool is_read =
            strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
        if (is_read) {
            health(daemon, request);
        } else {
            api_reply_problem(daemon->api, request->id, "method_not_allowed", "GET HEAD", NULL);
        }
        return true;
    }
    if (strcmp(request->path, "/v1/setup") == 0) {
        people(daemon, request, NULL);
        return true;
    }
    if (strcmp(request->path, "/v1/receipts") == 0 && identity == NULL) {
        daemon_gateway_request(daemon, request, NULL); /* signed */
        return true;
    }
    if (identity != NULL && (photo_routes_request(daemon, request, identity) ||
                             drawing_routes_request(daemon, request, identity))) {
        return true;
    }
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const struct route *route = &routes[i];
        if (!matches(route, request->path)) {
            continue;
        }
        if (identity == NULL) {
            api_reply_problem(daemon->api, request->id, "unauthorized", "log in first", NULL);
        } else if (strstr(route->methods, request->method) == NULL) {
            api_reply_problem(daemon->api, request->id, "method_not_allowed", route->methods, NULL);
        } else if (!access_role_may(identity->role, route->op)) {
            api_reply_problem(daemon->api, request->id, "forbidden",
                              "your role may not ask for this", NULL);
        } else {
            route->answer(daemon, request, identity);
        }
        return true;
    }
    return false;
}

#include "engine/host/traffic_routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/log.h"
#include "engine/host/speed_routes.h"
#include "engine/store/store_file.h"

#define FILE_SIZE_MAX (4u << 20) /* 256 lines of 64 points: 700 KB */

static void traffic_path(const struct daemon *daemon, char path[CONFIG_PATH_SIZE + 32])
{
    snprintf(path, CONFIG_PATH_SIZE + 32, "%s/traffic.txt", daemon->config->data);
}

void traffic_routes_follow(struct daemon *daemon)
{
    const struct geo_roads now = roads_now(daemon->roads);
    engine_observe_roads(daemon->engine, &now);
}

static void follow_roads(void *context)
{
    traffic_routes_follow(context);
}

bool traffic_routes_start(struct daemon *daemon)
{
    if (daemon->map == NULL) {
        return true;
    }
    char path[CONFIG_PATH_SIZE + 32];
    char error[STORE_ERROR_SIZE] = "";
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (roads_create(&daemon->loop, daemon->map, follow_roads, daemon, &daemon->roads) !=
            STATUS_OK ||
        traffic_create(daemon->map, &daemon->traffic.state) != STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory or threads for the roads");
        return false;
    }
    traffic_path(daemon, path);
    const enum status status = store_file_read(path, FILE_SIZE_MAX, &bytes, &size, error);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        log_write(LOG_WARNING, "the closures before the restart are not in force: %s", error);
    }
    if (status == STATUS_OK) {
        const uint32_t lost =
            traffic_read(daemon->traffic.state, daemon->roads, (const char *)bytes, size);
        log_write(lost == 0 ? LOG_INFO : LOG_WARNING,
                  "closures and speeds in force: %u; %u do not fit this map any more",
                  traffic_count(daemon->traffic.state), lost);
    }
    free(bytes);
    speed_routes_start(daemon);
    speed_routes_tick(daemon, daemon_now(daemon));
    traffic_routes_follow(daemon);
    return true;
}

/* ---- Saving ---- */

struct save_job {
    struct worker_job job; /* first */
    struct daemon *daemon;
    uint64_t changes; /* of traffic_part, when it was gathered */
    uint64_t speed_changes;
    bool saves_speeds; /* they changed, too */
    bool saved;
    struct proto_buffer text, speeds;
};

static bool save_text(const char *path, const struct proto_buffer *text)
{
    char error[STORE_ERROR_SIZE] = "out of memory";
    const struct store_piece piece = {(const uint8_t *)text->bytes, text->size};
    const bool saved =
        proto_buffer_ok(text) && store_file_replace(path, &piece, 1, error) == STATUS_OK;
    if (!saved) {
        log_write(LOG_WARNING, "%s is not saved: %s", path, error);
    }
    return saved;
}

static void run_save(struct worker_job *base)
{
    struct save_job *save = (struct save_job *)base;
    char path[CONFIG_PATH_SIZE + 32];
    traffic_path(save->daemon, path);
    save->saved = save_text(path, &save->text);
    if (save->saved && save->saves_speeds) {
        speed_routes_path(save->daemon, path);
        save->saved = save_text(path, &save->speeds);
    }
}

static void finish_save(struct save_job *save)
{
    proto_buffer_finish(&save->text);
    proto_buffer_finish(&save->speeds);
    free(save);
}

static void answer_waiting(struct daemon *daemon);

static void done_save(struct worker_job *base)
{
    struct save_job *save = (struct save_job *)base;
    struct traffic_part *part = &save->daemon->traffic;
    part->saving = false;
    if (save->saved) {
        part->saved = save->changes;
        part->speeds_saved = save->speed_changes;
        answer_waiting(save->daemon);
    }
    finish_save(save);
}

static struct save_job *gather(struct daemon *daemon)
{
    struct save_job *save = calloc(1, sizeof *save);
    if (save != NULL) {
        save->daemon = daemon;
        save->changes = daemon->traffic.changes;
        save->speed_changes = daemon->traffic.speed_changes;
        save->saves_speeds = daemon->traffic.speed_changes != daemon->traffic.speeds_saved;
        save->job = (struct worker_job){.run = run_save, .done = done_save};
        traffic_write(daemon->traffic.state, &save->text);
        speeds_write(&daemon->traffic.speeds, &save->speeds);
    }
    return save;
}

static void save(struct daemon *daemon)
{
    struct traffic_part *part = &daemon->traffic;
    if (part->saving || part->saved == part->changes) {
        return;
    }
    struct save_job *job = gather(daemon);
    part->saving = job != NULL && worker_submit(daemon->files, &job->job);
    if (job != NULL && !part->saving) { /* the next tick tries again */
        finish_save(job);
    }
}

void traffic_routes_save_last(struct daemon *daemon)
{
    struct traffic_part *part = &daemon->traffic;
    if (part->state == NULL || part->saved == part->changes) {
        return;
    }
    struct save_job *job = gather(daemon);
    if (job != NULL) {
        run_save(&job->job);
        finish_save(job);
    }
}

/* ---- Answering ---- */

static void reply_state(struct daemon *daemon, uint64_t request_id)
{
    struct proto_buffer buffer = {0};
    proto_json_begin(&buffer, '{');
    proto_member_int(&buffer, "traffic_version", engine_traffic_version(daemon->engine));
    proto_json_name(&buffer, "traffic");
    proto_json_begin(&buffer, '[');
    for (uint32_t i = 0; i < traffic_count(daemon->traffic.state); i++) {
        uint32_t edges = 0;
        const struct traffic_put *put = traffic_get(daemon->traffic.state, i, &edges);
        proto_encode_traffic(&buffer, &put->drawn, put->by, put->since_ms, edges);
    }
    proto_json_end(&buffer, ']');
    proto_json_end(&buffer, '}');
    api_reply_body(daemon->api, request_id, 200, &buffer);
}

static void answer_waiting(struct daemon *daemon)
{
    struct traffic_part *part = &daemon->traffic;
    for (uint32_t i = 0; i < TRAFFIC_WAITING_MAX; i++) {
        struct traffic_waiting *waiting = &part->waiting[i];
        if (waiting->ticket != 0 && waiting->audited && waiting->changes <= part->saved) {
            if (waiting->of_speeds) {
                speed_routes_reply(daemon, waiting->request_id);
            } else {
                reply_state(daemon, waiting->request_id);
            }
            *waiting = (struct traffic_waiting){.ticket = 0};
        }
    }
}

bool traffic_routes_answered(struct daemon *daemon, uint64_t ticket,
                             const struct api_answer *outcome)
{
    for (uint32_t i = 0; i < TRAFFIC_WAITING_MAX; i++) {
        struct traffic_waiting *waiting = &daemon->traffic.waiting[i];
        if (waiting->ticket != ticket) {
            continue;
        }
        waiting->audited = outcome->outcome == API_DONE;
        if (!waiting->audited) {
            api_reply_problem(daemon->api, waiting->request_id, "busy",
                              "it counts, but who asked for it could not be recorded", NULL);
            waiting->ticket = 0;
        }
        answer_waiting(daemon);
        return true;
    }
    return false;
}

/* ---- Changing ---- */

static void make_audit(struct command *command, const char *verb, const char *actor,
                       const struct traffic_put *put)
{
    const struct proto_traffic *drawn = &put->drawn;
    *command = (struct command){.kind = COMMAND_AUDIT, .actor = {.source = SOURCE_API}};
    snprintf(command->actor.id, sizeof command->actor.id, "%s", actor);
    snprintf(command->audit.text, sizeof command->audit.text,
             "traffic.%s %s speed_kmh=%u direction=%s profiles=%u until_ms=%lld at=%.7f,%.7f %s",
             verb, drawn->code, drawn->speed_kmh, drawn->along ? "along" : "both", drawn->profiles,
             drawn->until_ms == PROTO_NEVER ? 0LL : (long long)drawn->until_ms,
             drawn->points[0].lat_e7 / 1e7, drawn->points[0].lon_e7 / 1e7, drawn->note);
}

bool traffic_routes_audit(struct daemon *daemon, uint64_t request_id, struct command *command,
                          bool of_speeds)
{
    struct traffic_waiting *waiting = NULL;
    for (uint32_t i = 0; i < TRAFFIC_WAITING_MAX && waiting == NULL; i++) {
        waiting = daemon->traffic.waiting[i].ticket == 0 ? &daemon->traffic.waiting[i] : NULL;
    }
    const uint64_t ticket = ROUTE_TICKETS + ++daemon->next_ticket;
    if (waiting != NULL) {
        *waiting = (struct traffic_waiting){.ticket = ticket,
                                            .request_id = request_id,
                                            .changes = daemon->traffic.changes + 1,
                                            .of_speeds = of_speeds};
    }
    if (waiting == NULL ||
        !dispatch_submit(daemon->dispatch, command, 0, ticket, daemon_now(daemon))) {
        if (waiting != NULL) {
            waiting->ticket = 0;
        }
        api_reply_problem(daemon->api, request_id, "busy", "the queue is full; send it again",
                          NULL);
        return false;
    }
    return true;
}

static void changed(struct daemon *daemon)
{
    daemon->traffic.changes++;
    traffic_routes_follow(daemon);
    save(daemon);
}

void traffic_routes_save(struct daemon *daemon)
{
    daemon->traffic.changes++;
    daemon->traffic.speed_changes++;
    save(daemon);
}

/* Whoever closes a road must have every place of the drawing in the scope. */
static bool in_scope(struct daemon *daemon, const struct identity *by,
                     const struct proto_traffic *drawn)
{
    for (uint32_t i = 0; i < drawn->point_count; i++) {
        const struct geo_point at = {drawn->points[i].lat_e7, drawn->points[i].lon_e7};
        if (!access_scope_holds(by->scope, engine_district_at(daemon->engine, at))) {
            return false;
        }
    }
    return true;
}

static void put(struct daemon *daemon, const struct net_request *request, const struct identity *by)
{
    struct traffic_put put = {.since_ms = daemon_now(daemon)};
    struct proto_error error;
    struct command command;
    if (!proto_decode_traffic((const char *)request->body, request->body_size, &put.drawn,
                              &error)) {
        api_reply_problem(daemon->api, request->id, proto_code_text(error.code), error.detail,
                          error.pointer);
        return;
    }
    if (put.drawn.until_ms != PROTO_NEVER && put.drawn.until_ms <= put.since_ms) {
        api_reply_problem(daemon->api, request->id, "out_of_range", "it is over already",
                          "/until_ms");
        return;
    }
    const struct traffic_put *before = traffic_find(daemon->traffic.state, put.drawn.code);
    if (!in_scope(daemon, by, &put.drawn) ||
        (before != NULL && !in_scope(daemon, by, &before->drawn))) {
        api_reply_problem(daemon->api, request->id, "forbidden",
                          "the line leaves the districts of your scope", NULL);
        return;
    }
    snprintf(put.by, sizeof put.by, "%s", by->name);
    const enum status status = traffic_check(daemon->traffic.state, &put);
    if (status == STATUS_NOT_FOUND) {
        api_reply_problem(daemon->api, request->id, "out_of_range",
                          "no road of these profiles lies within 30 m of the line", "/line");
    } else if (status == STATUS_BAD_INPUT) {
        api_reply_problem(daemon->api, request->id, "out_of_range",
                          "the line is longer than 20 km, or means more than 512 roads", "/line");
    } else if (status != STATUS_OK) {
        api_reply_problem(daemon->api, request->id, "capacity",
                          "256 closures and speeds are in force; delete one", NULL);
    } else {
        make_audit(&command, "put", by->name, &put);
        if (!traffic_routes_audit(daemon, request->id, &command, false)) {
            return;
        }
        if (traffic_set(daemon->traffic.state, daemon->roads, &put) != STATUS_OK) {
            log_write(LOG_ERROR, "out of memory: the closure %s does not count", put.drawn.code);
        }
        changed(daemon);
    }
}

static void take_away(struct daemon *daemon, const struct net_request *request,
                      const struct identity *by, const char *code)
{
    const struct traffic_put *put = traffic_find(daemon->traffic.state, code);
    struct command command;
    if (put == NULL) {
        api_reply_problem(daemon->api, request->id, "not_found", "no closure has this code", NULL);
    } else if (!in_scope(daemon, by, &put->drawn)) {
        api_reply_problem(daemon->api, request->id, "forbidden",
                          "the line leaves the districts of your scope", NULL);
    } else {
        make_audit(&command, "delete", by->name, put);
        if (!traffic_routes_audit(daemon, request->id, &command, false)) {
            return;
        }
        if (traffic_remove(daemon->traffic.state, daemon->roads, code) != STATUS_OK) {
            log_write(LOG_ERROR, "out of memory: the closure %s still counts", code);
        }
        changed(daemon);
    }
}

void traffic_routes_request(struct daemon *daemon, const struct net_request *request,
                            const struct identity *by)
{
    static const char path[] = "/v1/traffic";
    const char *rest = request->path + sizeof path - 1;
    const bool named = rest[0] == '/' && rest[1] != '\0';
    if (daemon->map == NULL) {
        api_reply_problem(daemon->api, request->id, "not_found", "the engine runs without a map",
                          NULL);
    } else if (named && strcmp(request->method, "DELETE") == 0) {
        take_away(daemon, request, by, rest + 1);
    } else if (rest[0] == '\0' && strcmp(request->method, "PUT") == 0) {
        put(daemon, request, by);
    } else if (rest[0] == '\0' && strcmp(request->method, "GET") == 0) {
        reply_state(daemon, request->id);
    } else {
        api_reply_problem(daemon->api, request->id, "method_not_allowed",
                          named ? "DELETE" : "GET PUT", NULL);
    }
}

void traffic_routes_tick(struct daemon *daemon, int64_t now_ms)
{
    if (daemon->traffic.state == NULL) {
        return;
    }
    const char *over = traffic_over(daemon->traffic.state, now_ms);
    for (; over != NULL; over = traffic_over(daemon->traffic.state, now_ms)) {
        struct command command;
        char code[CODE_SIZE];
        snprintf(code, sizeof code, "%s", over);
        make_audit(&command, "over", "system", traffic_find(daemon->traffic.state, code));
        command.actor.source = SOURCE_SYSTEM;
        if (!dispatch_submit(daemon->dispatch, &command, 0, 0, now_ms) ||
            traffic_remove(daemon->traffic.state, daemon->roads, code) != STATUS_OK) {
            break; /* the disk is full, or the memory: the next wake-up tries again */
        }
        changed(daemon);
    }
    speed_routes_tick(daemon, now_ms);
    save(daemon);
}

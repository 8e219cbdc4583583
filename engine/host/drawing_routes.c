#include "engine/host/drawing_routes.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/disk_room.h"
#include "engine/host/log.h"
#include "engine/host/photo_links.h"
#include "engine/host/photo_routes.h"
#include "engine/host/query_text.h"
#include "engine/net/http_api.h"
#include "engine/store/photo_file.h"
#include "proto/proto_text.h"

#define READS_MAX     16u
#define LIST_SIZE_MAX (2u << 20) /* DRAWINGS_MAX lines of at most 300 bytes */

/* ---- Where they lie ---- */

static void directory_of(const struct daemon *daemon, char path[CONFIG_PATH_SIZE + 32])
{
    snprintf(path, CONFIG_PATH_SIZE + 32, "%s/drawings", daemon->config->data);
}

static void list_path(const struct daemon *daemon, char path[CONFIG_PATH_SIZE + 32])
{
    snprintf(path, CONFIG_PATH_SIZE + 32, "%s/drawings/list.txt", daemon->config->data);
}

/* A line that cannot be read is in no list any more; the file of now stays beside it. */
static bool keep_damaged(const char *path, const uint8_t *bytes, size_t size, uint32_t lost)
{
    char beside[CONFIG_PATH_SIZE + 40];
    char error[STORE_ERROR_SIZE] = "";
    const struct store_piece piece = {bytes, size};
    snprintf(beside, sizeof beside, "%s.damaged", path);
    if (store_file_replace(beside, &piece, 1, error) != STATUS_OK) {
        log_write(LOG_ERROR, "%u drawings of circles cannot be read: %s; %s", lost, path, error);
        return false;
    }
    log_write(LOG_WARNING, "%u drawings of circles cannot be read: %s; it is kept as %s", lost,
              path, beside);
    return true;
}

bool drawing_routes_start(struct daemon *daemon)
{
    char path[CONFIG_PATH_SIZE + 32];
    char error[PHOTO_LINKS_ERROR_SIZE] = "";
    uint8_t *bytes = NULL;
    size_t size = 0;
    daemon->drawings.list = calloc(1, sizeof *daemon->drawings.list);
    directory_of(daemon, path);
    if (daemon->drawings.list == NULL || photo_links_make(path, error) != STATUS_OK) {
        log_write(LOG_ERROR, "%s", error[0] == '\0' ? "not enough memory to start" : error);
        return false;
    }
    list_path(daemon, path);
    const enum status status = store_file_read(path, LIST_SIZE_MAX, &bytes, &size, error);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        log_write(LOG_ERROR, "the list of the drawings cannot be read: %s", error);
        return false; /* the next change would write it anew, without what stands in it */
    }
    const uint32_t lost =
        status == STATUS_OK ? drawings_read(daemon->drawings.list, (const char *)bytes, size) : 0;
    const bool is_kept = lost == 0 || keep_damaged(path, bytes, size, lost);
    free(bytes);
    return is_kept;
}

/* ---- Answers ---- */

static void reply_list(struct daemon *daemon, uint64_t request_id, const char *circle)
{
    struct proto_buffer buffer = {0};
    proto_json_begin(&buffer, '{');
    proto_json_name(&buffer, "drawings");
    proto_json_begin(&buffer, '[');
    for (uint32_t i = 0; i < daemon->drawings.list->count; i++) {
        const struct drawing *row = &daemon->drawings.list->rows[i];
        char hash[PHOTO_FILE_NAME_SIZE];
        if (strcmp(row->circle, circle) != 0) {
            continue;
        }
        photo_file_name(row->hash, hash);
        proto_json_begin(&buffer, '{');
        proto_member_text(&buffer, "circle", row->circle);
        proto_member_text(&buffer, "name", row->name);
        proto_member_text(&buffer, "hash", hash);
        proto_member_text(&buffer, "media", types_name(TYPES_PHOTO_MEDIA, row->media));
        proto_member_int(&buffer, "size", row->size);
        proto_member_text(&buffer, "by", row->by);
        proto_member_time(&buffer, "since_ms", row->since_ms);
        proto_json_end(&buffer, '}');
    }
    proto_json_end(&buffer, ']');
    proto_json_end(&buffer, '}');
    api_reply_body(daemon->api, request_id, 200, &buffer);
}

/* ---- One picture ---- */

struct reading {
    struct worker_job job; /* first */
    struct daemon *daemon;
    uint64_t request_id;
    struct drawing row;
    enum status status;
    uint8_t *bytes;
    size_t size;
    char error[STORE_ERROR_SIZE];
};

static void run_reading(struct worker_job *job)
{
    struct reading *reading = (struct reading *)job;
    char directory[CONFIG_PATH_SIZE + 32];
    directory_of(reading->daemon, directory);
    reading->status = photo_file_read(directory, reading->row.hash, PHOTO_FILE_BYTES_MAX,
                                      &reading->bytes, &reading->size, reading->error);
}

static void done_reading(struct worker_job *job)
{
    struct reading *reading = (struct reading *)job;
    struct daemon *daemon = reading->daemon;
    if (reading->status == STATUS_OK) {
        net_server_reply(daemon->server, reading->request_id,
                         &(struct net_response){
                             .status = 200,
                             .content_type = types_name(TYPES_PHOTO_MEDIA, reading->row.media),
                             .extra_headers =
                                 "Cache-Control: private, max-age=86400, immutable\r\n"
                                 "Content-Security-Policy: default-src 'none'; sandbox\r\n",
                             .body = reading->bytes,
                             .body_size = reading->size});
    } else {
        log_write(LOG_ERROR, "a drawing of circle %s: %s", reading->row.circle, reading->error);
        const bool is_gone =
            reading->status == STATUS_NOT_FOUND || reading->status == STATUS_CORRUPT;
        api_reply_problem(daemon->api, reading->request_id, is_gone ? "not_found" : "busy",
                          is_gone ? "its file is missing or was altered" : "it cannot be read now",
                          NULL);
    }
    free(reading->bytes);
    free(reading);
}

static void get_one(struct daemon *daemon, uint64_t request_id, const struct drawing *row)
{
    struct reading *reading = calloc(1, sizeof *reading);
    if (reading != NULL) {
        reading->job = (struct worker_job){.run = run_reading, .done = done_reading};
        reading->daemon = daemon;
        reading->request_id = request_id;
        reading->row = *row;
    }
    /* Photos from the scene have their room in the line. */
    if (reading == NULL || worker_waiting(daemon->photos) >= READS_MAX ||
        !worker_submit(daemon->photos, &reading->job)) {
        free(reading);
        api_reply_problem(daemon->api, request_id, "busy", "too many at once; ask again", NULL);
    }
}

/* ---- A change: the picture, then who asked for it, then the list that names it ---- */

struct drawing_change {
    struct worker_job job; /* first */
    struct daemon *daemon;
    uint64_t request_id;
    struct drawing row;
    bool removes;
    struct drawings *list; /* as it will be; the daemon's when it is on the disk */
    enum status status;
    char error[STORE_ERROR_SIZE];
    size_t size;
    uint8_t bytes[];
};

static void end_change(struct drawing_change *change)
{
    change->daemon->drawings.change = NULL;
    free(change->list);
    free(change);
}

static void refuse_change(struct drawing_change *change, const char *code, const char *detail)
{
    api_reply_problem(change->daemon->api, change->request_id, code, detail, NULL);
    end_change(change);
}

static void run_picture(struct worker_job *job)
{
    struct drawing_change *change = (struct drawing_change *)job;
    const struct config *config = change->daemon->config;
    char directory[CONFIG_PATH_SIZE + 32];
    photo_file_hash(change->bytes, change->size, change->row.hash);
    if (disk_room_is_below(config->data, config->disk_guard_mb)) {
        change->status = STATUS_DISK_FULL;
        snprintf(change->error, sizeof change->error, "below the guard of %u MB free disk",
                 config->disk_guard_mb);
        return;
    }
    directory_of(change->daemon, directory);
    change->status =
        photo_file_save(directory, change->row.hash, change->bytes, change->size, change->error);
}

static void audit(struct drawing_change *change)
{
    char hash[PHOTO_FILE_NAME_SIZE];
    const struct drawing *row = &change->row;
    struct command command = {.kind = COMMAND_AUDIT, .actor = {.source = SOURCE_API}};
    photo_file_name(row->hash, hash);
    snprintf(command.actor.id, sizeof command.actor.id, "%s", row->by);
    snprintf(command.audit.text, sizeof command.audit.text, "drawing.%s %s %s %s",
             change->removes ? "delete" : "put", row->circle, hash, row->name);
    if (!routes_submit(
            change->daemon, &command,
            &(struct pending_route){.request_id = change->request_id, .is_drawing = true})) {
        end_change(change); /* it has been answered */
    }
}

static void done_picture(struct worker_job *job)
{
    struct drawing_change *change = (struct drawing_change *)job;
    if (change->status != STATUS_OK) {
        log_write(LOG_WARNING, "a drawing is not stored: %s", change->error);
        refuse_change(change, "busy", "it could not be stored; send it again later");
    } else if (change->daemon->stopped) {
        refuse_change(change, "busy", "the engine stops");
    } else if (!drawings_have_room(change->daemon->drawings.list, &change->row)) {
        refuse_change(change, "capacity",
                      "a circle has at most 16 drawings, all circles together 4096");
    } else {
        audit(change);
    }
}

static void run_list(struct worker_job *job)
{
    struct drawing_change *change = (struct drawing_change *)job;
    char path[CONFIG_PATH_SIZE + 32];
    struct proto_buffer text = {0};
    *change->list = *change->daemon->drawings.list; /* nobody else changes it now */
    if (change->removes) {
        (void)drawings_remove(change->list, change->row.circle, change->row.hash);
    } else {
        change->status = drawings_put(change->list, &change->row);
        assert(change->status == STATUS_OK); /* there was room, and one change at a time */
    }
    list_path(change->daemon, path);
    drawings_write(change->list, &text);
    const struct store_piece piece = {(const uint8_t *)text.bytes, text.size};
    change->status = proto_buffer_ok(&text) ? store_file_replace(path, &piece, 1, change->error)
                                            : STATUS_NO_MEMORY;
    proto_buffer_finish(&text);
}

/* Nobody names it any more: it goes; a file that stays is only in nobody's way. */
static void remove_picture(const struct drawing_change *change)
{
    char directory[CONFIG_PATH_SIZE + 32];
    char path[STORE_PATH_SIZE];
    char error[STORE_ERROR_SIZE] = "";
    directory_of(change->daemon, directory);
    if (photo_file_path(directory, change->row.hash, path, error) != STATUS_OK ||
        store_file_remove(path, error) != STATUS_OK) {
        log_write(LOG_WARNING, "a drawing is in no list, but still there: %s", error);
    }
}

static void run_list_and_remove(struct worker_job *job)
{
    struct drawing_change *change = (struct drawing_change *)job;
    run_list(job);
    if (change->status == STATUS_OK &&
        drawings_find(change->list, NULL, change->row.hash) == NULL) {
        remove_picture(change);
    }
}

static void done_list(struct worker_job *job)
{
    struct drawing_change *change = (struct drawing_change *)job;
    struct daemon *daemon = change->daemon;
    if (change->status != STATUS_OK) {
        log_write(LOG_WARNING, "the list of the drawings is not stored: %s", change->error);
        refuse_change(change, "busy", "it is recorded, but could not be stored; send it again");
        return;
    }
    struct drawings *before = daemon->drawings.list;
    daemon->drawings.list = change->list;
    change->list = before;
    reply_list(daemon, change->request_id, change->row.circle);
    end_change(change);
}

void drawing_routes_answered(struct daemon *daemon, const struct api_answer *outcome)
{
    struct drawing_change *change = daemon->drawings.change;
    if (outcome->outcome != API_DONE) {
        refuse_change(change, "busy", "who asked for it could not be recorded; send it again");
        return;
    }
    change->job = (struct worker_job){.run = change->removes ? run_list_and_remove : run_list,
                                      .done = done_list};
    if (!worker_submit(daemon->photos, &change->job)) {
        refuse_change(change, "busy", "it is recorded, but could not be stored; send it again");
    }
}

void drawing_routes_finish(struct daemon *daemon)
{
    if (daemon->drawings.change != NULL) {
        end_change(daemon->drawings.change);
    }
    free(daemon->drawings.list);
}

static void begin_change(struct daemon *daemon, const struct net_request *request,
                         const struct drawing *row, bool removes)
{
    const size_t size = removes ? 0 : request->body_size;
    const bool is_free = daemon->drawings.change == NULL;
    struct drawing_change *change = is_free ? malloc(sizeof *change + size) : NULL;
    struct drawings *list = is_free ? malloc(sizeof *list) : NULL;
    if (change == NULL || list == NULL) {
        free(list);
        free(change);
        api_reply_problem(daemon->api, request->id, "busy",
                          "another drawing is on its way; send it again", NULL);
        return;
    }
    *change = (struct drawing_change){.job = {.run = run_picture, .done = done_picture},
                                      .daemon = daemon,
                                      .request_id = request->id,
                                      .row = *row,
                                      .removes = removes,
                                      .list = list,
                                      .size = size};
    daemon->drawings.change = change;
    if (removes) {
        audit(change);
        return;
    }
    memcpy(change->bytes, request->body, size);
    if (!worker_submit(daemon->photos, &change->job)) {
        refuse_change(change, "busy", "many pictures come at once; send it again");
    }
}

/* False: it has been answered. */
static bool read_name(struct daemon *daemon, const struct net_request *request,
                      char name[NAME_SIZE])
{
    char detail[256] = "";
    char value[QUERY_VALUE_SIZE] = "";
    if (!query_text_check(request->query, "name", detail)) {
        api_reply_problem(daemon->api, request->id, "bad_request", detail, NULL);
        return false;
    }
    (void)query_text_value(request->query, "name", value);
    const size_t size = strlen(value);
    if (size == 0 || size >= NAME_SIZE - 1 || proto_text_bad_at(value, size) != size ||
        strpbrk(value, "\n\t") != NULL) {
        api_reply_problem(daemon->api, request->id, "bad_request",
                          "name is what people call it: 1 to 62 bytes of UTF-8 in one line", NULL);
        return false;
    }
    memcpy(name, value, size + 1);
    return true;
}

static void post(struct daemon *daemon, const struct net_request *request,
                 const struct identity *by, const char *circle)
{
    struct drawing row = {.size = (uint32_t)request->body_size, .since_ms = daemon_now(daemon)};
    enum photo_media media = PHOTO_MEDIA_COUNT;
    if (!read_name(daemon, request, row.name) || !photo_routes_body(daemon, request, &media)) {
        return;
    }
    row.media = media;
    snprintf(row.circle, sizeof row.circle, "%s", circle);
    snprintf(row.by, sizeof row.by, "%s", by->name);
    begin_change(daemon, request, &row, false);
}

static void take_away(struct daemon *daemon, const struct net_request *request,
                      const struct identity *by, const struct drawing *found)
{
    struct drawing row = *found;
    snprintf(row.by, sizeof row.by, "%s", by->name);
    begin_change(daemon, request, &row, true);
}

/* ---- Who may ---- */

struct drawing_path {
    char circle[CODE_SIZE];
    const char *hash; /* NULL: all of the circle */
};

static bool parse_path(const char *path, struct drawing_path *parsed)
{
    static const char before[] = "/v1/circles/";
    static const char after[] = "/drawings";
    if (strncmp(path, before, sizeof before - 1) != 0) {
        return false;
    }
    const char *code = path + sizeof before - 1;
    const size_t size = strcspn(code, "/");
    const char *rest = code + size;
    if (size == 0 || size >= CODE_SIZE || strncmp(rest, after, sizeof after - 1) != 0) {
        return false;
    }
    rest += sizeof after - 1;
    if (rest[0] != '\0' && rest[0] != '/') {
        return false;
    }
    memcpy(parsed->circle, code, size);
    parsed->circle[size] = '\0';
    parsed->hash = rest[0] == '/' ? rest + 1 : NULL;
    return true;
}

/* What a unit belongs to, or is sent to. */
static bool is_at_work_in(const struct engine *engine, uint32_t unit_id, uint32_t circle)
{
    struct unit_view unit;
    struct assignment_view assignment;
    struct incident_view incident;
    if (!engine_unit(engine, unit_id, &unit)) {
        return false;
    }
    return unit.definition->circle == circle ||
           (engine_assignment(engine, unit.assignment_id, &assignment) &&
            assignment.state >= ASSIGNMENT_ACKNOWLEDGED &&
            engine_incident(engine, assignment.incident_id, &incident) &&
            incident.circle == circle);
}

static bool is_own(const struct daemon *daemon, const struct identity *by, uint32_t circle)
{
    return by->role == ROLE_UNIT
               ? is_at_work_in(daemon->engine, by->unit_id, circle)
               : access_scope_holds(by->scope, engine_circle(daemon->engine, circle)->district);
}

/* False: it has been answered. */
static bool may_ask(struct daemon *daemon, const struct net_request *request,
                    const struct identity *by)
{
    const bool looks = strcmp(request->method, "GET") == 0;
    const bool may = access_role_may(by->role, looks ? ACCESS_DRAWING : ACCESS_ADMINISTRATION);
    if (!may) {
        api_reply_problem(daemon->api, request->id, "forbidden", "your role may not ask for this",
                          NULL);
    }
    return may;
}

/* False: it has been answered. */
static bool may(struct daemon *daemon, const struct net_request *request, const struct identity *by,
                const char *code)
{
    if (!may_ask(daemon, request, by)) {
        return false;
    }
    const uint32_t circle = engine_circle_find(daemon->engine, code);
    if (circle == CIRCLE_NONE) {
        api_reply_problem(daemon->api, request->id, "not_found", "there is no such circle", NULL);
        return false;
    }
    if (!is_own(daemon, by, circle)) {
        api_reply_problem(daemon->api, request->id, "forbidden",
                          by->role == ROLE_UNIT
                              ? "your unit does not belong to this circle and is not at work in it"
                              : "it lies outside your districts",
                          NULL);
        return false;
    }
    return true;
}

static void request_all(struct daemon *daemon, const struct net_request *request,
                        const struct identity *by, const char *circle)
{
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "POST") != 0) {
        api_reply_problem(daemon->api, request->id, "method_not_allowed", "GET POST", NULL);
    } else if (may(daemon, request, by, circle)) {
        if (strcmp(request->method, "POST") == 0) {
            post(daemon, request, by, circle);
        } else {
            reply_list(daemon, request->id, circle);
        }
    }
}

static void request_one(struct daemon *daemon, const struct net_request *request,
                        const struct identity *by, const struct drawing_path *path)
{
    uint8_t hash[PHOTO_HASH_SIZE];
    const bool removes = strcmp(request->method, "DELETE") == 0;
    if (!removes && strcmp(request->method, "GET") != 0) {
        api_reply_problem(daemon->api, request->id, "method_not_allowed", "GET DELETE", NULL);
        return;
    }
    if (!may(daemon, request, by, path->circle)) {
        return;
    }
    const struct drawing *found = photo_file_name_read(path->hash, hash)
                                      ? drawings_find(daemon->drawings.list, path->circle, hash)
                                      : NULL;
    if (found == NULL) {
        api_reply_problem(daemon->api, request->id, "not_found",
                          "the circle has no drawing of this hash", NULL);
    } else if (removes) {
        take_away(daemon, request, by, found);
    } else {
        get_one(daemon, request->id, found);
    }
}

/* 0: the path is another one. What is no number names no incident. */
static uint32_t incident_of(const char *path)
{
    static const char before[] = "/v1/incidents/";
    if (strncmp(path, before, sizeof before - 1) != 0) {
        return 0;
    }
    char *end = NULL;
    const char *digits = path + sizeof before - 1;
    const unsigned long long id = strtoull(digits, &end, 10);
    return strspn(digits, "0123456789") > 0 && strcmp(end, "/drawings") == 0 && id <= UINT32_MAX
               ? (uint32_t)id
               : 0;
}

/* A phone knows its order, not whose circle it lies in. */
static void request_incident(struct daemon *daemon, const struct net_request *request,
                             const struct identity *by, uint32_t incident_id)
{
    struct incident_view incident;
    if (strcmp(request->method, "GET") != 0) {
        api_reply_problem(daemon->api, request->id, "method_not_allowed", "GET", NULL);
    } else if (!may_ask(daemon, request, by)) {
        return;
    } else if (!engine_incident(daemon->engine, incident_id, &incident)) {
        api_reply_problem(daemon->api, request->id, "not_found",
                          "no incident of this number is in the live state", NULL);
    } else if (incident.circle == CIRCLE_NONE) {
        reply_list(daemon, request->id, "");
    } else {
        const char *circle = engine_circle(daemon->engine, incident.circle)->code;
        if (may(daemon, request, by, circle)) {
            reply_list(daemon, request->id, circle);
        }
    }
}

bool drawing_routes_request(struct daemon *daemon, const struct net_request *request,
                            const struct identity *by)
{
    struct drawing_path path;
    const uint32_t incident_id = incident_of(request->path);
    if (incident_id != 0) {
        request_incident(daemon, request, by, incident_id);
        return true;
    }
    if (!parse_path(request->path, &path)) {
        return false;
    }
    if (path.hash == NULL) {
        request_all(daemon, request, by, path.circle);
    } else {
        request_one(daemon, request, by, &path);
    }
    return true;
}

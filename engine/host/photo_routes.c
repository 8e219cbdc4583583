#include "engine/host/photo_routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/disk_room.h"
#include "engine/host/log.h"
#include "engine/host/photo_links.h"
#include "engine/host/query_text.h"
#include "engine/net/http_api.h"
#include "engine/store/photo_file.h"

#define UPLOADS_MAX 16u /* at once, of photo_bytes_max each */
/* Photos stop at twice the guard: history, which is small, has the rest down to it. */
#define GUARDS 2u

struct upload {
    struct worker_job job; /* first */
    struct daemon *daemon;
    uint64_t request_id;
    struct identity by;
    struct proto_command command;
    bool stores; /* incident and order are found: else only the answer of before is looked for */
    enum status status;
    char error[STORE_ERROR_SIZE];
    size_t size;
    uint8_t bytes[];
};

bool photo_routes_start(struct daemon *daemon)
{
    char directory[CONFIG_PATH_SIZE + 32];
    char error[PHOTO_LINKS_ERROR_SIZE] = "";
    photo_routes_directory(daemon, false, directory, sizeof directory);
    if (photo_links_make(directory, error) != STATUS_OK) {
        log_write(LOG_ERROR, "%s", error);
        return false;
    }
    if (worker_create(&daemon->loop, 2u * UPLOADS_MAX, WORKER_BACKGROUND, &daemon->photos) !=
        STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory or threads to start");
        return false;
    }
    return true;
}

void photo_routes_directory(const struct daemon *daemon, bool of_backups, char *path, size_t size)
{
    snprintf(path, size, "%s/%sphotos", daemon->config->data, of_backups ? "backups/" : "");
}

/* ---- Saving ---- */

static void free_upload(struct upload *upload)
{
    upload->daemon->uploads--;
    free(upload);
}

static void run_upload(struct worker_job *job)
{
    struct upload *upload = (struct upload *)job;
    char directory[CONFIG_PATH_SIZE + 32];
    photo_file_hash(upload->bytes, upload->size, upload->command.photo.hash);
    if (!upload->stores) {
        return;
    }
    const struct config *config = upload->daemon->config;
    if (disk_room_is_below(config->data, (uint64_t)GUARDS * config->disk_guard_mb)) {
        upload->status = STATUS_DISK_FULL;
        snprintf(upload->error, sizeof upload->error, "below %u times the guard of %u MB free disk",
                 GUARDS, config->disk_guard_mb);
        return;
    }
    photo_routes_directory(upload->daemon, false, directory, sizeof directory);
    upload->status = photo_file_save(directory, upload->command.photo.hash, upload->bytes,
                                     upload->size, upload->error);
}

static bool is_known(const struct daemon *daemon, const struct proto_incident_photo *photo)
{
    struct incident_view incident;
    struct assignment_view assignment;
    if (!engine_incident(daemon->engine, photo->incident_id, &incident)) {
        return false;
    }
    return photo->assignment_id == 0 ||
           (engine_assignment(daemon->engine, photo->assignment_id, &assignment) &&
            assignment.incident_id == photo->incident_id);
}

static void done_upload(struct worker_job *job)
{
    struct upload *upload = (struct upload *)job;
    struct daemon *daemon = upload->daemon;
    if (daemon->stopped) {
        api_reply_problem(daemon->api, upload->request_id, "busy", "the engine stops", NULL);
    } else if (upload->status != STATUS_OK) {
        log_write(LOG_WARNING, "a photo is not stored: %s", upload->error);
        daemon->photos_failed++;
        api_reply_problem(daemon->api, upload->request_id, "busy",
                          upload->status == STATUS_DISK_FULL
                              ? "the disk is full: the photo is not stored; send it again later"
                              : "the photo could not be stored; send it again later",
                          NULL);
    } else if (!upload->stores && is_known(daemon, &upload->command.photo)) {
        api_reply_problem(daemon->api, upload->request_id, "busy", "send it again", NULL);
    } else {
        daemon->photos_stored += upload->stores ? 1 : 0;
        api_submit(daemon->api, upload->request_id, &upload->by, &upload->command);
    }
    free_upload(upload);
}

/* ---- Asking for it ---- */

struct photo_path {
    uint32_t incident_id;
    const char *name; /* key or hash */
};

static bool parse_path(const char *path, struct photo_path *parsed)
{
    static const char before[] = "/v1/incidents/";
    static const char between[] = "/photos/";
    if (strncmp(path, before, sizeof before - 1) != 0) {
        return false;
    }
    const char *digits = path + sizeof before - 1;
    const size_t count = strspn(digits, "0123456789");
    if (count == 0 || strncmp(digits + count, between, sizeof between - 1) != 0) {
        return false;
    }
    const unsigned long long id = count <= 10 ? strtoull(digits, NULL, 10) : 0;
    parsed->incident_id = id <= UINT32_MAX ? (uint32_t)id : 0; /* 0: there is no such incident */
    parsed->name = digits + count + sizeof between - 1;
    return true;
}

/* Whether the incident is one's own business; else it has been answered. */
static bool may(struct daemon *daemon, const struct net_request *request, const struct identity *by,
                enum access_op op, const struct command *command)
{
    const struct access_target target = access_command_target(by, command, daemon->engine);
    const char *detail = NULL;
    switch (access_check(by, op, &target)) {
    case ACCESS_GRANTED:
        return true;
    case ACCESS_ROLE:
        detail = "your role may not ask for this";
        break;
    case ACCESS_SCOPE:
        detail = "it lies outside your districts";
        break;
    case ACCESS_NOT_OWN:
        detail = "your unit does not work on it";
        break;
    }
    api_reply_problem(daemon->api, request->id, "forbidden", detail, NULL);
    return false;
}

bool photo_routes_body(struct daemon *daemon, const struct net_request *request,
                       enum photo_media *media)
{
    char detail[128];
    if (request->body_size > daemon->config->photo_bytes_max) {
        snprintf(detail, sizeof detail, "a picture may have %u bytes",
                 daemon->config->photo_bytes_max);
        api_reply_problem(daemon->api, request->id, "too_large", detail, NULL);
        return false;
    }
    const bool is_picture =
        request->body_size > 0 && photo_file_media(request->body, request->body_size, media);
    if (!is_picture || !http_api_body_is(request, types_name(TYPES_PHOTO_MEDIA, *media))) {
        api_reply_problem(daemon->api, request->id, "wrong_type",
                          "the body must be a JPEG, PNG or WebP image, and Content-Type say which",
                          NULL);
        return false;
    }
    return true;
}

static bool read_query(struct daemon *daemon, const struct net_request *request,
                       struct proto_incident_photo *photo)
{
    char detail[256] = "";
    int64_t assignment_id = 0;
    int64_t device_ms = PROTO_NEVER;
    if (!query_text_check(request->query, "assignment device_ms", detail) ||
        !query_text_number(request->query, "assignment", 1, UINT32_MAX, &assignment_id, detail) ||
        !query_text_number(request->query, "device_ms", 1, PROTO_TIME_MAX, &device_ms, detail)) {
        api_reply_problem(daemon->api, request->id, "bad_request", detail, NULL);
        return false;
    }
    photo->assignment_id = (uint32_t)assignment_id;
    photo->device_ms = device_ms;
    return true;
}

static const char too_many[] = "many photos come at once; send it again with the same key";

static void begin_upload(struct upload *upload)
{
    if (!worker_submit(upload->daemon->photos, &upload->job)) {
        api_reply_problem(upload->daemon->api, upload->request_id, "busy", too_many, NULL);
        free_upload(upload);
    }
}

/* What a unit has no order for is not its own. */
static bool has_order(const struct identity *by, const struct proto_incident_photo *photo)
{
    return by->role != ROLE_UNIT || photo->assignment_id != 0;
}

static void record_told(void *context, enum status status)
{
    struct upload *upload = context;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        api_reply_problem(upload->daemon->api, upload->request_id, "busy",
                          "the record cannot be asked now; send it again", NULL);
        free_upload(upload);
        return;
    }
    upload->stores = status == STATUS_OK;
    upload->command.photo.of_record = upload->stores;
    begin_upload(upload);
}

/* A phone that was out of reach for a day: the incident has left the live state, not the record. */
static void ask_record(struct upload *upload)
{
    const struct proto_incident_photo *photo = &upload->command.photo;
    const struct history_order order = {
        .incident_id = photo->incident_id,
        .assignment_id = photo->assignment_id,
        .unit_id = upload->by.role == ROLE_UNIT ? upload->by.unit_id : UNIT_NONE,
        .districts = upload->by.role == ROLE_UNIT ? SCOPE_CITY : upload->by.scope};
    if (!history_worker_ordered(upload->daemon->history, &order, record_told, upload)) {
        api_reply_problem(upload->daemon->api, upload->request_id, "busy", too_many, NULL);
        free_upload(upload);
    }
}

static void put(struct daemon *daemon, const struct net_request *request, const struct identity *by,
                const struct photo_path *path)
{
    struct proto_command said = {.op = PROTO_OP_INCIDENT_PHOTO};
    struct proto_error error;
    said.photo.incident_id = path->incident_id;
    if (!proto_decode_key(path->name, said.key, &error)) {
        api_reply_problem(daemon->api, request->id, proto_code_text(error.code), error.detail,
                          NULL);
        return;
    }
    enum photo_media media = PHOTO_MEDIA_COUNT;
    if (!read_query(daemon, request, &said.photo) || !photo_routes_body(daemon, request, &media)) {
        return;
    }
    said.photo.media = (enum proto_photo_media)media;
    said.photo.size = (uint32_t)request->body_size;
    const struct command command = {.kind = COMMAND_INCIDENT_PHOTO,
                                    .photo = {.incident_id = said.photo.incident_id,
                                              .assignment_id = said.photo.assignment_id}};
    if (!may(daemon, request, by, ACCESS_INCIDENT_PHOTO, &command)) {
        return;
    }
    struct upload *upload =
        daemon->uploads < UPLOADS_MAX ? malloc(sizeof *upload + request->body_size) : NULL;
    if (upload == NULL) {
        api_reply_problem(daemon->api, request->id, "busy", too_many, NULL);
        return;
    }
    daemon->uploads++;
    *upload = (struct upload){.job = {.run = run_upload, .done = done_upload},
                              .daemon = daemon,
                              .request_id = request->id,
                              .by = *by,
                              .command = said,
                              .stores = is_known(daemon, &said.photo),
                              .size = request->body_size};
    memcpy(upload->bytes, request->body, request->body_size);
    if (upload->stores || !has_order(by, &said.photo)) {
        upload->command.photo.of_record = upload->stores && has_order(by, &said.photo);
        begin_upload(upload);
    } else {
        ask_record(upload);
    }
}

/* A volunteer who has not said yes knows roughly where it is, and sees no more. */
static bool is_masked(const struct daemon *daemon, const struct identity *by)
{
    struct unit_view unit;
    struct assignment_view assignment;
    return by->role == ROLE_UNIT && engine_unit(daemon->engine, by->unit_id, &unit) &&
           unit.definition->kind == UNIT_VOLUNTEER &&
           engine_assignment(daemon->engine, unit.assignment_id, &assignment) &&
           assignment.state < ASSIGNMENT_ACKNOWLEDGED;
}

static void get(struct daemon *daemon, const struct net_request *request, const struct identity *by,
                const struct photo_path *path)
{
    uint8_t hash[PHOTO_HASH_SIZE];
    const struct command command = {.kind = COMMAND_INCIDENT_PHOTO,
                                    .photo = {.incident_id = path->incident_id}};
    if (!photo_file_name_read(path->name, hash)) {
        api_reply_problem(daemon->api, request->id, "not_found",
                          "a photo is named by the 64 hexadecimal digits of its hash", NULL);
    } else if (may(daemon, request, by, ACCESS_PHOTO, &command)) {
        if (is_masked(daemon, by)) {
            api_reply_problem(daemon->api, request->id, "forbidden", "accept the order first",
                              NULL);
            return;
        }
        /* What a unit works on is its own, wherever it lies. */
        history_worker_photo(daemon->history, request->id, path->incident_id, hash,
                             by->role == ROLE_UNIT ? SCOPE_CITY : by->scope);
    }
}

bool photo_routes_request(struct daemon *daemon, const struct net_request *request,
                          const struct identity *by)
{
    struct photo_path path;
    if (!parse_path(request->path, &path)) {
        return false;
    }
    if (strcmp(request->method, "PUT") == 0) {
        put(daemon, request, by, &path);
    } else if (strcmp(request->method, "GET") == 0) {
        get(daemon, request, by, &path);
    } else {
        api_reply_problem(daemon->api, request->id, "method_not_allowed", "GET PUT", NULL);
    }
    return true;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/host/daemon_parts.h"
#include "engine/host/log.h"
#include "engine/host/photo_routes.h"

#define CONSOLE_BATCH_MS     50
#define UNIT_HEARTBEAT_MS    10000
#define CONSOLE_HEARTBEAT_MS 1000
#define BODY_BYTES_MAX       (16u << 20) /* a roster; others are held to less by the api */
#define MESSAGE_BYTES_MAX    131072u     /* twice what the api takes, so that it can say so */
#define REQUEST_MS_MAX       15000
#define PING_MS              20000
#define SILENT_MS_MAX        35000

/* For scripts: where the engine listens and the one-time link; gone when nothing is owed. */
static void write_note(const struct daemon *daemon, const char *name, const char *text)
{
    char path[CONFIG_PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/%s", daemon->config->data, name);
    if (text == NULL) {
        unlink(path);
        return;
    }
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        log_write(LOG_WARNING, "%s cannot be written", path);
        return;
    }
    fprintf(file, "%s\n", text);
    fclose(file);
}

/* ---- What the api asks of the house ---- */

static int64_t backend_now(void *context)
{
    return daemon_now(context);
}

static const struct engine *backend_engine(void *context)
{
    return ((struct daemon *)context)->engine;
}

static const struct engine_config *backend_config(void *context)
{
    return &((struct daemon *)context)->engine_config;
}

static const char *backend_epoch(void *context)
{
    return ((struct daemon *)context)->epoch;
}

static uint64_t backend_durable(void *context)
{
    return dispatch_durable_seq(((struct daemon *)context)->dispatch);
}

static bool backend_submit(void *context, struct command *command, uint64_t fingerprint,
                           uint64_t ticket)
{
    struct daemon *daemon = context;
    return !daemon->stopping &&
           dispatch_submit(daemon->dispatch, command, fingerprint, ticket, daemon_now(daemon));
}

static void backend_observe(void *context, const struct observation *observation)
{
    struct daemon *daemon = context;
    if (engine_observe(daemon->engine, observation) != STATUS_OK) {
        daemon->positions_ignored++; /* older than the one held, or no such unit */
    }
}

static void backend_linked(void *context, uint32_t unit_id, bool is_up)
{
    engine_observe_link(((struct daemon *)context)->engine, unit_id, is_up ? LINK_UP : LINK_DOWN);
}

static bool backend_authenticate(void *context, const char *token, struct identity *identity)
{
    return identities_authenticate(((struct daemon *)context)->identities, token, identity);
}

static bool backend_find_desk(void *context, const char *name, uint64_t *scope)
{
    return identities_find_desk(((struct daemon *)context)->identities, name, scope);
}

static void backend_login(void *context, struct login_request *request, uint64_t ticket)
{
    identities_login(((struct daemon *)context)->identities, request, ticket);
}

static void backend_logout(void *context, uint64_t token_id)
{
    identities_logout(((struct daemon *)context)->identities, token_id);
}

/* ---- What identities and history say ---- */

static void say_logged_in(void *context, uint64_t ticket, enum login_result result,
                          const char *token, const struct identity *identity,
                          uint32_t retry_after_s)
{
    api_logged_in(((struct daemon *)context)->api, ticket, result, token, identity, retry_after_s);
}

static void say_changed(void *context, uint64_t request_id, int status, const char *json,
                        size_t size)
{
    api_reply_json(((struct daemon *)context)->api, request_id, status, json, size);
}

static void say_refused(void *context, uint64_t request_id, const char *code, const char *detail,
                        const char *pointer)
{
    api_reply_problem(((struct daemon *)context)->api, request_id, code, detail, pointer);
}

static void say_ended(void *context, const char *user)
{
    api_ended(((struct daemon *)context)->api, user, true);
}

static void say_reply(void *context, uint64_t request_id, int status, const char *content_type,
                      const char *headers, const void *body, size_t size)
{
    const struct net_response response = {.status = status,
                                          .content_type = content_type,
                                          .extra_headers = headers,
                                          .body = body,
                                          .body_size = size};
    net_server_reply(((struct daemon *)context)->server, request_id, &response);
}

/* Who did what to whom belongs to the record. */
static void say_audit(void *context, const char *actor, const char *text)
{
    struct daemon *daemon = context;
    struct command command = {.kind = COMMAND_AUDIT, .actor = {.source = SOURCE_API}};
    snprintf(command.actor.id, sizeof command.actor.id, "%s", actor);
    snprintf(command.audit.text, sizeof command.audit.text, "%s", text);
    if (!dispatch_submit(daemon->dispatch, &command, 0, 0, daemon_now(daemon))) {
        log_write(LOG_WARNING, "not in the journal, which is full: %s by %s", text, actor);
    }
}

static void say_setup_done(void *context)
{
    write_note(context, "setup-link", NULL);
}

static uint32_t find_unit(void *context, const char *code)
{
    return engine_unit_find(((struct daemon *)context)->engine, code);
}

static uint64_t find_scope(void *context, const char *const codes[], uint32_t count)
{
    const struct engine *engine = ((struct daemon *)context)->engine;
    uint64_t scope = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t district = 0;
        while (district < engine_district_count(engine) &&
               strcmp(engine_district_code(engine, district), codes[i]) != 0) {
            district++;
        }
        if (district == engine_district_count(engine)) {
            return 0;
        }
        scope |= (uint64_t)1 << district;
    }
    return scope;
}

static void district_codes(void *context, char codes[DISTRICTS_MAX][CODE_SIZE])
{
    const struct engine *engine = ((struct daemon *)context)->engine;
    const uint32_t count = engine_district_count(engine);
    for (uint32_t i = 0; i < DISTRICTS_MAX; i++) {
        snprintf(codes[i], CODE_SIZE, "%s", i < count ? engine_district_code(engine, i) : "");
    }
}

static bool open_identities(struct daemon *daemon)
{
    static const struct identities_events events = {.logged_in = say_logged_in,
                                                    .changed = say_changed,
                                                    .refused = say_refused,
                                                    .ended = say_ended,
                                                    .setup_done = say_setup_done,
                                                    .audit = say_audit,
                                                    .find_unit = find_unit,
                                                    .find_scope = find_scope,
                                                    .district_codes = district_codes,
                                                    .now_ms = backend_now};
    char path[CONFIG_PATH_SIZE + 32];
    char error[256] = "";
    snprintf(path, sizeof path, "%s/identity.db", daemon->config->data);
    const struct identities_config config = {.path = path,
                                             .session_hours = daemon->config->session_hours};
    if (identities_create(&daemon->loop, &config, &events, daemon, &daemon->identities, error) !=
        STATUS_OK) {
        log_write(LOG_ERROR, "%s", error);
        return false;
    }
    return true;
}

static bool open_history(struct daemon *daemon)
{
    char photos[CONFIG_PATH_SIZE + 32];
    static const struct history_worker_events events = {
        .engine = backend_engine, .reply = say_reply, .refused = say_refused};
    char path[CONFIG_PATH_SIZE + 32];
    char error[256] = "";
    snprintf(path, sizeof path, "%s/history.db", daemon->config->data);
    photo_routes_directory(daemon, false, photos, sizeof photos);
    if (!calendar_use(daemon->config->time_zone)) {
        log_write(
            LOG_WARNING,
            "this machine has no data of the time zone %s: reports by day, shift and year are "
            "refused until tzdata is installed",
            daemon->config->time_zone);
    }
    const struct history_worker_config config = {
        .path = path,
        .directory = daemon->config->data,
        .epoch = daemon->epoch,
        .engine = &daemon->engine_config,
        .definition = {.time_zone = daemon->config->time_zone,
                       .day_starts = daemon->config->day_starts,
                       .shifts = daemon->config->shifts},
        .disk_guard_mb = daemon->config->disk_guard_mb,
        .photos = photos,
        .marks = daemon->past.marks};
    if (history_worker_create(&daemon->loop, &config, &events, daemon, &daemon->history, error) !=
        STATUS_OK) {
        log_write(LOG_ERROR, "%s", error);
        return false;
    }
    return true;
}

bool daemon_start_people(struct daemon *daemon)
{
    return open_identities(daemon) && open_history(daemon);
}

bool daemon_start_listen(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    const struct api_backend backend = {.context = daemon,
                                        .now_ms = backend_now,
                                        .engine = backend_engine,
                                        .config = backend_config,
                                        .epoch = backend_epoch,
                                        .durable_seq = backend_durable,
                                        .submit = backend_submit,
                                        .observe = backend_observe,
                                        .linked = backend_linked,
                                        .authenticate = backend_authenticate,
                                        .find_desk = backend_find_desk,
                                        .login = backend_login,
                                        .logout = backend_logout,
                                        .route = routes_request};
    const struct api_config api_settings = {.sessions_max = config->sessions_max,
                                            .resume_bytes = config->resume_bytes,
                                            .console_batch_ms = CONSOLE_BATCH_MS,
                                            .unit_heartbeat_ms = UNIT_HEARTBEAT_MS,
                                            .console_heartbeat_ms = CONSOLE_HEARTBEAT_MS};
    const struct net_config net_settings = {
        .address = config->address,
        .port = (uint16_t)config->port,
        .certificate_path = config->certificate[0] == '\0' ? NULL : config->certificate,
        .key_path = config->key[0] == '\0' ? NULL : config->key,
        .web_root = config->web[0] == '\0' ? NULL : config->web,
        .limits = {.connections_max = config->connections_max,
                   .message_bytes_max = MESSAGE_BYTES_MAX,
                   .body_bytes_max = BODY_BYTES_MAX,
                   .queue_soft_bytes = config->queue_soft_bytes,
                   .queue_hard_bytes = config->queue_hard_bytes,
                   .queue_age_ms_max = config->queue_age_ms,
                   .request_ms_max = REQUEST_MS_MAX,
                   .ping_ms = PING_MS,
                   .silent_ms_max = SILENT_MS_MAX}};
    if (api_create(&api_settings, &backend, &daemon->api) != STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory for sessions_max and resume_bytes");
        return false;
    }
    const struct net_handlers handlers = api_handlers();
    char error[256] = "";
    if (net_server_create(&daemon->loop, &net_settings, &handlers, daemon->api, &daemon->server,
                          error) != STATUS_OK) {
        log_write(LOG_ERROR, "%s", error);
        return false;
    }
    api_attach(daemon->api, daemon->server);
    return true;
}

/* The configured policy holds from the first start on, and whenever the configuration has changed;
 * in between, what an administrator has put. */
void daemon_start_policy(struct daemon *daemon)
{
    uint32_t version = 0;
    uint64_t origin = 0;
    const struct policy *configured = &daemon->config->policy_data;
    const uint64_t digest = policy_digest(configured);
    (void)engine_policy(daemon->engine, &version, &origin);
    if (origin == digest) {
        return;
    }
    struct command command = {.kind = COMMAND_POLICY_PUT,
                              .actor = {.id = "configuration", .source = SOURCE_SYSTEM},
                              .policy = {.policy = configured, .origin = digest}};
    if (!dispatch_submit(daemon->dispatch, &command, 0, 0, daemon_now(daemon))) {
        log_write(LOG_WARNING, "the configured policy %s could not be put: the queue is full",
                  configured->name);
    }
}

void daemon_start_greet(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    const char *scheme = config->certificate[0] == '\0' ? "http" : "https";
    char url[CONFIG_PATH_SIZE + 64];
    if (config->public_url[0] != '\0') {
        snprintf(url, sizeof url, "%s", config->public_url);
    } else {
        const bool is_v6 = strchr(config->address, ':') != NULL; /* RFC 3986: in brackets */
        snprintf(url, sizeof url, "%s://%s%s%s:%u", scheme, is_v6 ? "[" : "", config->address,
                 is_v6 ? "]" : "", net_server_port(daemon->server));
    }
    uint32_t version = 0;
    uint64_t origin = 0;
    const struct policy *policy = engine_policy(daemon->engine, &version, &origin);
    log_write(LOG_INFO,
              "listening on %s: %u units, %u circles, mode %s, policy %s version %u, map %s", url,
              engine_unit_count(daemon->engine), engine_circle_count(daemon->engine), config->mode,
              policy->name, version, daemon->map == NULL ? "none" : config->map);
    write_note(daemon, "url", url);
    char token[64];
    if (!identities_setup_token(daemon->identities, token, sizeof token)) {
        write_note(daemon, "setup-link", NULL);
        return;
    }
    char link[CONFIG_PATH_SIZE + 160];
    snprintf(link, sizeof link, "%s/setup#%s", url, token);
    write_note(daemon, "setup-link", link);
    log_write(LOG_INFO, "there is no administrator yet; this link makes the first one, once: %s",
              link);
}

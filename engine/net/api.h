#ifndef ENGINE_NET_API_H
#define ENGINE_NET_API_H

#include "engine/core/engine.h"
#include "engine/net/access.h"
#include "engine/net/net_server.h"
#include "proto/proto_buffer.h"
#include "proto/proto_decode.h"

/* The wire's side of the engine: sessions, rights, translation, fan-out, the HTTP routes that need
 * only the live state. It owns the net_server's handlers. What it needs of the house it gets
 * through struct api_backend; what the house has to say it hears through the api_* calls below. One
 * thread. */

struct login_request {
    bool is_device;
    char name[ACTOR_SIZE]; /* user name, or the unit's code */
    char password[136];    /* or the device's secret; wiped by the callee */
    char peer[64];
};

enum login_result { LOGIN_OK, LOGIN_FAILED, LOGIN_TOO_MANY, LOGIN_BUSY };

/* A ticket names who waits for an answer; never 0, never reused. */
struct api_answer {
    enum { API_DONE, API_REFUSED, API_KEY_REUSED, API_KEY_EXPIRED, API_BUSY } outcome;
    enum reason refusal;
    uint32_t incident_id, report_id, assignment_id, generation;
    bool merged;
    uint64_t seq;
    char by[ACTOR_SIZE]; /* refused because another one was first: who, "" */
    int64_t by_ms;       /* and when */
};

struct api_backend {
    void *context;
    int64_t (*now_ms)(void *context);
    /* Live state; it may be ahead of the disk: words may not (a snapshot waits for its seq). */
    const struct engine *(*engine)(void *context);
    const struct engine_config *(*config)(void *context);
    const char *(*epoch)(void *context);
    uint64_t (*durable_seq)(void *context);

    /* Queue a command; at_ms is set by the callee. False: the queue is full (answer `busy`).
     * `ticket` 0: nobody waits. Later: api_answered(), when it is durable. */
    bool (*submit)(void *context, struct command *command, uint64_t fingerprint, uint64_t ticket);
    void (*observe)(void *context, const struct observation *observation);
    /* The unit's first session has opened, its last one has closed. */
    void (*linked)(void *context, uint32_t unit_id, bool is_up);

    bool (*authenticate)(void *context, const char *token, struct identity *identity);
    /* Whether a dispatcher or a supervisor of this name has a login, and for which districts. */
    bool (*find_desk)(void *context, const char *name, uint64_t *scope);
    /* Later: api_logged_in(). */
    void (*login)(void *context, struct login_request *request, uint64_t ticket);
    void (*logout)(void *context, uint64_t token_id);

    /* A route that is not the api's own: the host answers request->id with net_server_reply(), now
     * or later. `identity` is NULL for the public ones (/healthz, /v1/setup). False: there is no
     * such route. */
    bool (*route)(void *context, const struct net_request *request,
                  const struct identity *identity);
};

struct api_config {
    uint32_t sessions_max;
    uint32_t resume_bytes;     /* ring of recent frames for `since` */
    uint32_t console_batch_ms; /* consoles get one frame in this time, 50 */
    uint32_t unit_heartbeat_ms, console_heartbeat_ms;
};

struct api;
MUST_CHECK enum status api_create(const struct api_config *config,
                                  const struct api_backend *backend, struct api **out);
void api_destroy(struct api *api);
/* For net_server_create(): handlers with `context` = api. Then tell the api its server. */
struct net_handlers api_handlers(void);
void api_attach(struct api *api, struct net_server *server);

/* The command's outcome is on the disk (or was refused without one). */
void api_answered(struct api *api, uint64_t number, const struct api_answer *answer);
void api_logged_in(struct api *api, uint64_t number, enum login_result result, const char *token,
                   const struct identity *identity, uint32_t retry_after_s);
/* These events are on the disk: addressed units first, consoles within console_batch_ms. */
void api_published(struct api *api, const struct event_list *events);
/* Heartbeats, the keyed unit stream, time-outs, batches due; call at api_deadline_ms(). */
void api_tick(struct api *api, int64_t now_ms);
int64_t api_deadline_ms(const struct api *api);
/* Tokens were revoked or rights changed: sessions of this user end (4503) or come back (4010). */
void api_ended(struct api *api, const char *user, bool revoked);

/* A command that came by a route of the host's, with a file: it is checked, queued and answered
 * (`request_id`) like one of /v1/commands. `identity` and `command` are borrowed for the call. */
void api_submit(struct api *api, uint64_t request_id, const struct identity *identity,
                const struct proto_command *command);

/* Replies for the host's own routes. */
void api_reply_json(struct api *api, uint64_t request_id, int status, const char *json,
                    size_t size);
void api_reply_problem(struct api *api, uint64_t request_id, const char *code, const char *detail,
                       const char *pointer);
/* A body that was written piece by piece, and is finished here; `busy` if it found no memory. */
void api_reply_body(struct api *api, uint64_t request_id, int status, struct proto_buffer *body);

struct api_counters {
    uint64_t sessions, consoles, units, commands, refused, malformed, frames_encoded, snapshots,
        resumed;
};
const struct api_counters *api_counters(const struct api *api);

#endif

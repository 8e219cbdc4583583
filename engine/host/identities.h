#ifndef ENGINE_HOST_IDENTITIES_H
#define ENGINE_HOST_IDENTITIES_H

#include <uv.h>

#include "engine/net/api.h"

/* Who may come in: users, devices, tokens. The table of valid tokens is in memory, so a check is a
 * hash away; passwords (argon2id: 74 ms and 64 MiB) and the identity file are a worker's. */
struct identities;

#define IDENTITY_WAITING_MAX 64u /* logins and changes on their way; more are answered `busy` */
#define LOGIN_FAILURES_NAME  5u  /* a minute, for one name */
#define LOGIN_FAILURES_PEER  20u /* a minute, from one address */

struct identities_events {
    void (*logged_in)(void *context, uint64_t ticket, enum login_result result, const char *token,
                      const struct identity *identity, uint32_t retry_after_s);
    /* A change that an administrator asked for is done; `json` is the answer's body. */
    void (*changed)(void *context, uint64_t request_id, int status, const char *json, size_t size);
    void (*refused)(void *context, uint64_t request_id, const char *code, const char *detail,
                    const char *pointer);
    void (*ended)(void *context, const char *user); /* their sessions are over */
    void (*setup_done)(void *context);              /* the one-time link has been used */
    void (*audit)(void *context, const char *actor, const char *text);
    uint32_t (*find_unit)(void *context, const char *code); /* UNIT_NONE */
    uint64_t (*find_scope)(void *context, const char *const codes[],
                           uint32_t count);                                      /* 0: unknown */
    void (*district_codes)(void *context, char codes[DISTRICTS_MAX][CODE_SIZE]); /* "": none */
    int64_t (*now_ms)(void *context);
};

struct identities_config {
    const char *path; /* identity.db */
    uint32_t session_hours;
};

MUST_CHECK enum status identities_create(uv_loop_t *loop, const struct identities_config *config,
                                         const struct identities_events *events, void *context,
                                         struct identities **out, char error[256]);
void identities_stop(struct identities *identities); /* accepts NULL */
void identities_destroy(struct identities *identities);

bool identities_authenticate(struct identities *identities, const char *token,
                             struct identity *identity);
/* Whether a dispatcher or a supervisor of this name has a valid login, and the scope of it. */
bool identities_find_desk(const struct identities *identities, const char *name, uint64_t *scope);
void identities_login(struct identities *identities, struct login_request *request,
                      uint64_t ticket);
void identities_logout(struct identities *identities, uint64_t token_id);

/* Forget tokens that have ended, a part of the table at a time; once a minute. */
void identities_forget_expired(struct identities *identities);

/* Copy the file to `path`, on the thread of identities; false: too many wait. `error` is a
 * sentence, valid for the call. */
bool identities_backup(struct identities *identities, const char *path,
                       void (*copied)(void *context, enum status status, const char *error),
                       void *context);

/* True while there is no user: then `token` (at least 64 bytes) is the set-up token of this start.
 */
bool identities_setup_token(struct identities *identities, char *token, size_t size);

/* /v1/setup, /v1/users…, /v1/devices: answered by `changed` or `refused`, now or later. */
void identities_admin_request(struct identities *identities, const struct net_request *request,
                              const struct identity *by);

struct identities_figures {
    uint64_t logins, failures, limited;
    uint32_t tokens, waiting;
};
struct identities_figures identities_figures(const struct identities *identities);

#endif

#include "engine/host/identities.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/identities_private.h"
#include "engine/host/log.h"
#include "engine/store/store_file.h"

/* ---- The table of valid tokens, on the loop ---- */

static uint32_t bucket_of(const uint8_t hash[IDENTITY_HASH_SIZE])
{
    uint32_t value;
    memcpy(&value, hash, sizeof value); /* a hash is as random as a bucket wants it */
    return value % TOKEN_BUCKETS;
}

void identities_add_token(struct identities *identities, const struct identity_token *token,
                          const struct identity *identity)
{
    struct token_entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL) {
        log_write(LOG_ERROR, "out of memory: a login is lost");
        return;
    }
    memcpy(entry->hash, token->hash, sizeof entry->hash);
    entry->identity = *identity;
    struct token_entry **bucket = &identities->buckets[bucket_of(token->hash)];
    entry->next = *bucket;
    *bucket = entry;
    identities->figures.tokens++;
}

/* Takes out every token for which `ends` says so. */
void identities_drop_tokens(struct identities *identities, uint64_t token_id, const char *name)
{
    for (uint32_t i = 0; i < TOKEN_BUCKETS; i++) {
        struct token_entry **link = &identities->buckets[i];
        while (*link != NULL) {
            struct token_entry *entry = *link;
            const bool same_name = name != NULL && strcmp(entry->identity.name, name) == 0;
            if (!same_name && (token_id == 0 || entry->identity.token_id != token_id)) {
                link = &entry->next;
                continue;
            }
            *link = entry->next;
            free(entry);
            identities->figures.tokens--;
        }
    }
}

void identities_forget_expired(struct identities *identities)
{
    const int64_t now_ms = identities->events.now_ms(identities->context);
    for (uint32_t i = 0; i < TOKEN_SWEEP; i++) {
        struct token_entry **link = &identities->buckets[identities->swept];
        while (*link != NULL) {
            struct token_entry *entry = *link;
            if (entry->identity.expires_ms > now_ms) {
                link = &entry->next;
                continue;
            }
            *link = entry->next;
            free(entry);
            identities->figures.tokens--;
        }
        identities->swept = (identities->swept + 1) % TOKEN_BUCKETS;
    }
}

bool identities_authenticate(struct identities *identities, const char *token,
                             struct identity *identity)
{
    uint8_t hash[IDENTITY_HASH_SIZE];
    identity_store_fingerprint(token, hash);
    for (const struct token_entry *entry = identities->buckets[bucket_of(hash)]; entry != NULL;
         entry = entry->next) {
        if (sodium_memcmp(entry->hash, hash, sizeof hash) == 0) {
            *identity = entry->identity;
            return identity->expires_ms > identities->events.now_ms(identities->context);
        }
    }
    return false;
}

bool identities_find_desk(const struct identities *identities, const char *name, uint64_t *scope)
{
    const int64_t now_ms = identities->events.now_ms(identities->context);
    for (uint32_t i = 0; i < TOKEN_BUCKETS; i++) {
        for (const struct token_entry *entry = identities->buckets[i]; entry != NULL;
             entry = entry->next) {
            const struct identity *identity = &entry->identity;
            const bool is_desk =
                identity->role == ROLE_DISPATCHER || identity->role == ROLE_SUPERVISOR;
            if (is_desk && identity->expires_ms > now_ms && strcmp(identity->name, name) == 0) {
                *scope = identity->scope;
                return true;
            }
        }
    }
    return false;
}

/* ---- Attempts: a small table per minute; the oldest entry gives way ---- */

static struct attempt *find_attempt(struct identities *identities, const char *key, int64_t now_ms)
{
    struct attempt *oldest = &identities->attempts[0];
    for (uint32_t i = 0; i < ATTEMPTS_KEPT; i++) {
        struct attempt *attempt = &identities->attempts[i];
        if (strcmp(attempt->key, key) == 0) {
            if (now_ms - attempt->since_ms >= ATTEMPT_WINDOW_MS) {
                attempt->failures = 0;
                attempt->since_ms = now_ms;
            }
            return attempt;
        }
        if (attempt->since_ms < oldest->since_ms) {
            oldest = attempt;
        }
    }
    *oldest = (struct attempt){.since_ms = now_ms};
    snprintf(oldest->key, sizeof oldest->key, "%s", key);
    return oldest;
}

static void attempt_keys(const char *name, const char *peer, char by_name[80], char by_peer[80])
{
    snprintf(by_name, 80, "n:%.70s", name);
    snprintf(by_peer, 80, "p:%.70s", peer);
}

/* Seconds to wait, 0: go on. */
static uint32_t limit_attempt(struct identities *identities, const char *name, const char *peer)
{
    char by_name[80];
    char by_peer[80];
    attempt_keys(name, peer, by_name, by_peer);
    const int64_t now_ms = identities->events.now_ms(identities->context);
    const struct attempt *of_name = find_attempt(identities, by_name, now_ms);
    const struct attempt *of_peer = find_attempt(identities, by_peer, now_ms);
    const struct attempt *over = of_name->failures >= LOGIN_FAILURES_NAME   ? of_name
                                 : of_peer->failures >= LOGIN_FAILURES_PEER ? of_peer
                                                                            : NULL;
    if (over == NULL) {
        return 0;
    }
    return (uint32_t)((ATTEMPT_WINDOW_MS - (now_ms - over->since_ms)) / 1000 + 1);
}

void identities_count_failure(struct identities *identities, const char *name, const char *peer)
{
    char by_name[80];
    char by_peer[80];
    attempt_keys(name, peer, by_name, by_peer);
    const int64_t now_ms = identities->events.now_ms(identities->context);
    find_attempt(identities, by_name, now_ms)->failures++;
    find_attempt(identities, by_peer, now_ms)->failures++;
    identities->figures.failures++;
}

/* ---- Logging in ---- */

struct login_job {
    struct worker_job job; /* first */
    struct identities *identities;
    struct login_request request;
    uint64_t ticket;
    int64_t now_ms;
    bool right;
    enum status status;
    char token[IDENTITY_TOKEN_SIZE];
    struct identity_token issued;
    struct identity_user user;
};

static void check_person(struct login_job *job)
{
    struct identity_store *store = job->identities->store;
    char passhash[IDENTITY_PASSHASH_SIZE] = "";
    const enum status found = identity_store_login(store, job->request.name, &job->user, passhash);
    const bool has_hash = found == STATUS_OK && passhash[0] != '\0';
    job->right =
        identity_store_match(job->request.password, has_hash ? passhash : identity_store_decoy()) &&
        has_hash;
}

static void check_device(struct login_job *job)
{
    job->right = identity_store_device_check(job->identities->store, job->request.name,
                                             job->request.password) == STATUS_OK;
    job->user = (struct identity_user){.role = IDENTITY_UNIT, .scope = SCOPE_CITY};
    snprintf(job->user.name, sizeof job->user.name, "unit:%.15s", job->request.name);
    snprintf(job->user.unit_code, sizeof job->user.unit_code, "%.15s", job->request.name);
    memcpy(job->user.display_name, job->user.unit_code, sizeof job->user.unit_code);
}

static void run_login(struct worker_job *base)
{
    struct login_job *job = (struct login_job *)base;
    struct identity_store *store = job->identities->store;
    char error[256] = "";
    if (job->request.is_device) {
        check_device(job);
    } else {
        check_person(job);
    }
    sodium_memzero(job->request.password, sizeof job->request.password);
    if (!job->right) {
        return;
    }
    const int64_t expires_ms = job->now_ms + (int64_t)job->identities->session_hours * 3600 * 1000;
    job->status = job->request.is_device
                      ? identity_store_token_device(store, job->request.name, job->now_ms,
                                                    expires_ms, job->token, &job->issued, error)
                      : identity_store_token_issue(store, job->user.user_id, job->now_ms,
                                                   expires_ms, job->token, &job->issued, error);
    if (job->status != STATUS_OK) {
        log_write(LOG_ERROR, "login: %s", error);
    }
}

bool identities_make(struct identities *identities, const struct identity_user *user,
                     const struct identity_token *token, struct identity *identity)
{
    *identity = (struct identity){.role = (enum role)user->role,
                                  .scope = user->scope,
                                  .unit_id = UNIT_NONE,
                                  .expires_ms = token->expires_ms,
                                  .token_id = token->token_id};
    snprintf(identity->name, sizeof identity->name, "%s", user->name);
    snprintf(identity->display, sizeof identity->display, "%s", user->display_name);
    if (user->role != IDENTITY_UNIT) {
        return true;
    }
    identity->unit_id = identities->events.find_unit(identities->context, user->unit_code);
    return identity->unit_id != UNIT_NONE;
}

static void say_login(struct identities *identities, uint64_t ticket, enum login_result result,
                      uint32_t retry_after_s)
{
    identities->events.logged_in(identities->context, ticket, result, NULL, NULL, retry_after_s);
}

static void done_login(struct worker_job *base)
{
    struct login_job *job = (struct login_job *)base;
    struct identities *identities = job->identities;
    struct identity identity;
    if (!job->right) {
        identities_count_failure(identities, job->request.name, job->request.peer);
        say_login(identities, job->ticket, LOGIN_FAILED, 0);
    } else if (job->status != STATUS_OK) {
        say_login(identities, job->ticket, LOGIN_BUSY, 1);
    } else if (!identities_make(identities, &job->user, &job->issued, &identity)) {
        say_login(identities, job->ticket, LOGIN_FAILED, 0); /* its unit is not in the roster */
    } else {
        identities->figures.logins++;
        identities_add_token(identities, &job->issued, &identity);
        identities->events.logged_in(identities->context, job->ticket, LOGIN_OK, job->token,
                                     &identity, 0);
    }
    sodium_memzero(job, sizeof *job);
    free(job);
}

/* Once submitted the job is the worker's, and done_login frees it. */
static bool submit_login(struct identities *identities, const struct login_request *request,
                         uint64_t ticket)
{
    struct login_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return false;
    }
    job->job = (struct worker_job){.run = run_login, .done = done_login};
    job->identities = identities;
    job->request = *request;
    job->ticket = ticket;
    job->now_ms = identities->events.now_ms(identities->context);
    const bool submitted = worker_submit(identities->worker, &job->job);
    if (!submitted) {
        sodium_memzero(job, sizeof *job);
        free(job);
    }
    return submitted; /* NOLINT(clang-analyzer-unix.Malloc) */
}

void identities_login(struct identities *identities, struct login_request *request, uint64_t ticket)
{
    const uint32_t wait_s = limit_attempt(identities, request->name, request->peer);
    if (wait_s > 0) {
        identities->figures.limited++;
        say_login(identities, ticket, LOGIN_TOO_MANY, wait_s);
    } else if (!submit_login(identities, request, ticket)) {
        say_login(identities, ticket, LOGIN_BUSY, 1);
    }
    sodium_memzero(request->password, sizeof request->password);
}

/* ---- Logging out ---- */

struct logout_job {
    struct worker_job job; /* first */
    struct identities *identities;
    uint64_t token_id;
    int64_t now_ms;
};

static void run_logout(struct worker_job *base)
{
    struct logout_job *job = (struct logout_job *)base;
    char error[256] = "";
    if (identity_store_token_revoke(job->identities->store, job->token_id, "self", job->now_ms,
                                    error) != STATUS_OK) {
        log_write(LOG_WARNING, "logout: %s", error);
    }
}

void identities_logout(struct identities *identities, uint64_t token_id)
{
    identities_drop_tokens(identities, token_id, NULL);
    struct logout_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return; /* out in memory already; the file forgets it at its expiry */
    }
    job->job = (struct worker_job){.run = run_logout};
    job->identities = identities;
    job->token_id = token_id;
    job->now_ms = identities->events.now_ms(identities->context);
    if (!worker_submit(identities->worker, &job->job)) {
        free(job);
    }
}

/* ---- Backup ---- */

struct copy_job {
    struct worker_job job; /* first */
    struct identities *identities;
    void (*copied)(void *context, enum status status, const char *error);
    void *context;
    enum status status;
    char error[256];
    char path[STORE_PATH_SIZE];
};

static void run_copy(struct worker_job *base)
{
    struct copy_job *job = (struct copy_job *)base;
    job->status = identity_store_backup(job->identities->store, job->path, job->error);
}

static void done_copy(struct worker_job *base)
{
    struct copy_job *job = (struct copy_job *)base;
    job->copied(job->context, job->status, job->error);
    free(job);
}

bool identities_backup(struct identities *identities, const char *path,
                       void (*copied)(void *context, enum status status, const char *error),
                       void *context)
{
    struct copy_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return false;
    }
    job->job = (struct worker_job){.run = run_copy, .done = done_copy};
    job->identities = identities;
    job->copied = copied;
    job->context = context;
    snprintf(job->path, sizeof job->path, "%s", path);
    const bool submitted = worker_submit(identities->worker, &job->job);
    if (!submitted) {
        free(job);
    }
    return submitted; /* NOLINT(clang-analyzer-unix.Malloc) */
}

/* ---- Life cycle ---- */

struct loading {
    struct identities *identities;
    bool failed;
};

/* A user's or a device's token from the file into the table. */
static bool load_token(void *context, const struct identity_token *token)
{
    struct identities *identities = ((struct loading *)context)->identities;
    struct identity_user user = {.role = IDENTITY_UNIT, .scope = SCOPE_CITY};
    if (token->user_id == 0) {
        snprintf(user.name, sizeof user.name, "unit:%s", token->unit_code);
        snprintf(user.unit_code, sizeof user.unit_code, "%s", token->unit_code);
        memcpy(user.display_name, user.unit_code, sizeof user.unit_code);
    } else if (identity_store_user(identities->store, token->user_id, &user) != STATUS_OK) {
        return true; /* a token without a user opens nothing */
    }
    struct identity identity;
    if (!user.disabled && identities_make(identities, &user, token, &identity)) {
        identities_add_token(identities, token, &identity);
    }
    return true;
}

static enum status prepare_setup(struct identities *identities, char error[256])
{
    bool has = false;
    enum status status = identity_store_has_administrator(identities->store, &has);
    if (status != STATUS_OK || has) {
        return status;
    }
    const int64_t now_ms = identities->events.now_ms(identities->context);
    status = identity_store_setup_create(identities->store, now_ms, now_ms + SETUP_VALID_MS,
                                         identities->setup_token, error);
    return status;
}

enum status identities_create(uv_loop_t *loop, const struct identities_config *config,
                              const struct identities_events *events, void *context,
                              struct identities **out, char error[256])
{
    *out = NULL;
    struct identities *identities = calloc(1, sizeof *identities);
    if (identities == NULL) {
        snprintf(error, 256, "out of memory");
        return STATUS_NO_MEMORY;
    }
    identities->events = *events;
    identities->context = context;
    identities->session_hours = config->session_hours;
    *out = identities; /* also when half made: stop and destroy take it */
    enum status status = identity_store_open(config->path, &identities->store, error);
    if (status == STATUS_OK) {
        struct loading loading = {.identities = identities};
        status =
            identity_store_tokens(identities->store, events->now_ms(context), load_token, &loading);
    }
    if (status == STATUS_OK) {
        status = prepare_setup(identities, error);
    }
    return status == STATUS_OK ? worker_create(loop, IDENTITY_WAITING_MAX, WORKER_SOMEBODY_WAITS,
                                               &identities->worker)
                               : status;
}

bool identities_setup_token(struct identities *identities, char *token, size_t size)
{
    snprintf(token, size, "%s", identities->setup_token);
    return identities->setup_token[0] != '\0';
}

struct identities_figures identities_figures(const struct identities *identities)
{
    struct identities_figures figures = identities->figures;
    figures.waiting = worker_waiting(identities->worker);
    return figures;
}

void identities_stop(struct identities *identities)
{
    if (identities != NULL) {
        worker_stop(identities->worker);
    }
}

void identities_destroy(struct identities *identities)
{
    if (identities == NULL) {
        return;
    }
    worker_destroy(identities->worker);
    identity_store_close(identities->store);
    for (uint32_t i = 0; i < TOKEN_BUCKETS; i++) {
        while (identities->buckets[i] != NULL) {
            struct token_entry *entry = identities->buckets[i];
            identities->buckets[i] = entry->next;
            free(entry);
        }
    }
    sodium_memzero(identities->setup_token, sizeof identities->setup_token);
    free(identities);
}

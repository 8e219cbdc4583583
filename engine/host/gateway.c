#include "engine/host/gateway.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/log.h"
#include "proto/proto_json.h"

#define OWED_MAX     4096u /* more are found again in the engine when there is room */
#define PAUSE_MS     1000  /* after the first failed try; twice as long after each */
#define PAUSE_MS_MAX 60000
#define TOO_MANY     429
#define TIMED_OUT    408
#define TOO_EARLY    425

struct owed {
    uint32_t assignment_id;
    uint32_t attempts;
    int64_t due_ms;
    bool on_way;
    bool has_result; /* `result` is to be journaled; the queue was full */
    enum receipt result;
};

struct gateway {
    struct gateway_config config;
    struct gateway_client *client;
    struct owed owed[OWED_MAX];
    uint32_t owed_count, on_way_count;
    bool missed; /* somebody found no room: look at the engine again */
    struct gateway_figures figures;
    struct event event; /* decoded; too large for a stack */
};

static bool is_owed(const struct engine *engine, uint32_t assignment_id)
{
    static const uint32_t answers = 1u << LADDER_SECOND_TAKEN | 1u << LADDER_SECOND_DELIVERED |
                                    1u << LADDER_SECOND_FAILED | 1u << LADDER_SECOND_ANSWERED;
    struct assignment_view view;
    return engine_assignment(engine, assignment_id, &view) && view.state == ASSIGNMENT_SENT &&
           (view.steps >> LADDER_SECOND & 1u) != 0 && (view.steps & answers) == 0;
}

static struct owed *find(struct gateway *gateway, uint32_t assignment_id)
{
    for (uint32_t i = 0; i < gateway->owed_count; i++) {
        if (gateway->owed[i].assignment_id == assignment_id) {
            return &gateway->owed[i];
        }
    }
    return NULL;
}

static void add(struct gateway *gateway, uint32_t assignment_id, int64_t now_ms)
{
    if (find(gateway, assignment_id) != NULL) {
        return;
    }
    if (gateway->owed_count == OWED_MAX) {
        gateway->missed = true;
        return;
    }
    gateway->owed[gateway->owed_count++] =
        (struct owed){.assignment_id = assignment_id, .due_ms = now_ms};
}

/* All that the engine's state says is owed: after a start, and when the list was full. */
static void look(struct gateway *gateway, int64_t now_ms)
{
    const struct engine *engine = gateway->config.engine(gateway->config.context);
    struct incident_view incident = {.incident_id = 0};
    gateway->missed = false;
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        struct assignment_view assignment = {.next = incident.assignment_first};
        while (assignment.next != 0 && engine_assignment(engine, assignment.next, &assignment)) {
            if (is_owed(engine, assignment.assignment_id)) {
                add(gateway, assignment.assignment_id, now_ms);
            }
        }
    }
}

void gateway_published(struct gateway *gateway, const struct event_list *events)
{
    struct event *event = &gateway->event;
    for (uint32_t i = 0; i < events->count; i++) {
        if (events->records[i].kind != EVENT_ASSIGNMENT_STEP) {
            continue;
        }
        event_list_get(events, i, event);
        if (event->step.step == LADDER_SECOND) {
            add(gateway, event->step.assignment_id,
                gateway->config.now_ms(gateway->config.context));
        }
    }
}

/* ---- One order ---- */

static int64_t pause_ms(uint32_t attempts)
{
    int64_t pause = PAUSE_MS;
    for (uint32_t i = 1; i < attempts && pause < PAUSE_MS_MAX; i++) {
        pause *= 2;
    }
    return pause < PAUSE_MS_MAX ? pause : PAUSE_MS_MAX;
}

static void conclude(struct gateway *gateway, struct owed *owed, int64_t now_ms)
{
    assert(owed->has_result);
    /* Taken off the list when the journal has it; until then it is asked again. */
    owed->due_ms = now_ms + PAUSE_MS;
    (void)gateway->config.receipt(gateway->config.context, owed->assignment_id, owed->result);
}

static bool hand_over(struct gateway *gateway, struct owed *owed, int64_t now_ms)
{
    const struct engine *engine = gateway->config.engine(gateway->config.context);
    struct gateway_message *message = calloc(1, sizeof *message);
    struct proto_buffer buffer = {0};
    if (message == NULL) {
        return false;
    }
    message->assignment_id = owed->assignment_id;
    snprintf(message->key, sizeof message->key, "%.40s-%u", gateway->config.epoch,
             owed->assignment_id);
    if (!gateway_text(engine, owed->assignment_id, message->key, &buffer)) {
        proto_buffer_finish(&buffer);
        free(message);
        return false;
    }
    message->size = buffer.size;
    message->body = malloc(buffer.size);
    if (message->body == NULL) {
        proto_buffer_finish(&buffer);
        free(message);
        return false;
    }
    memcpy(message->body, buffer.bytes, buffer.size);
    proto_buffer_finish(&buffer);
    gateway_sign(gateway->config.secret, now_ms, message->body, message->size, message->signature);
    gateway_client_send(gateway->client, message);
    return true;
}

static void try_one(struct gateway *gateway, struct owed *owed, int64_t now_ms)
{
    if (owed->has_result) {
        conclude(gateway, owed, now_ms);
        return;
    }
    if (gateway->on_way_count == GATEWAY_PARALLEL_MAX) {
        return; /* an answer makes room, and wakes the loop */
    }
    if (!hand_over(gateway, owed, now_ms)) {
        owed->due_ms = now_ms + PAUSE_MS;
        return;
    }
    owed->attempts++;
    owed->on_way = true;
    gateway->on_way_count++;
    gateway->figures.sent++;
}

/* An answer that another try would not change. */
static bool is_final(int status)
{
    return status >= 400 && status < 500 && status != TOO_MANY && status != TIMED_OUT &&
           status != TOO_EARLY;
}

static void answered(void *context, const struct gateway_message *message)
{
    struct gateway *gateway = context;
    const int64_t now_ms = gateway->config.now_ms(gateway->config.context);
    struct owed *owed = find(gateway, message->assignment_id);
    assert(owed != NULL); /* what is on its way stays on the list */
    assert(gateway->on_way_count > 0);
    gateway->on_way_count--;
    owed->on_way = false;
    if (message->status >= 200 && message->status < 300) {
        gateway->figures.taken++;
        owed->has_result = true;
        owed->result = RECEIPT_TAKEN;
        conclude(gateway, owed, now_ms);
        return;
    }
    gateway->figures.failed++;
    if (is_final(message->status) || owed->attempts >= gateway->config.attempts_max) {
        log_write(LOG_WARNING, "the gateway did not take order %u in %u tries: %s %d",
                  owed->assignment_id, owed->attempts, message->error, message->status);
        gateway->figures.given_up++;
        owed->has_result = true;
        owed->result = RECEIPT_FAILED;
        conclude(gateway, owed, now_ms);
        return;
    }
    owed->due_ms = now_ms + pause_ms(owed->attempts);
}

/* ---- All of them ---- */

void gateway_tick(struct gateway *gateway, int64_t now_ms)
{
    const struct engine *engine = gateway->config.engine(gateway->config.context);
    for (uint32_t i = 0; i < gateway->owed_count;) {
        struct owed *owed = &gateway->owed[i];
        if (!owed->on_way && !is_owed(engine, owed->assignment_id)) {
            *owed = gateway->owed[--gateway->owed_count]; /* heard, over, or said */
            continue;
        }
        if (!owed->on_way && owed->due_ms <= now_ms) {
            try_one(gateway, owed, now_ms);
        }
        i++;
    }
    if (gateway->missed && gateway->owed_count < OWED_MAX / 2) {
        look(gateway, now_ms);
    }
}

int64_t gateway_deadline_ms(const struct gateway *gateway)
{
    int64_t due_ms = INT64_MAX;
    const bool is_full = gateway->on_way_count == GATEWAY_PARALLEL_MAX;
    for (uint32_t i = 0; i < gateway->owed_count; i++) {
        const struct owed *owed = &gateway->owed[i];
        if (!owed->on_way && (!is_full || owed->has_result) && owed->due_ms < due_ms) {
            due_ms = owed->due_ms;
        }
    }
    return due_ms;
}

struct gateway_figures gateway_figures(const struct gateway *gateway)
{
    struct gateway_figures figures = gateway->figures;
    figures.waiting = gateway->owed_count;
    return figures;
}

enum status gateway_create(uv_loop_t *loop, const struct gateway_config *config,
                           struct gateway **out)
{
    *out = NULL;
    struct gateway *gateway = calloc(1, sizeof *gateway);
    if (gateway == NULL) {
        return STATUS_NO_MEMORY;
    }
    gateway->config = *config;
    *out = gateway;
    const struct gateway_client_config client = {.url = config->url,
                                                 .ca_path = config->ca_path,
                                                 .timeout_ms = config->timeout_ms,
                                                 .answered = answered,
                                                 .context = gateway};
    const enum status status = gateway_client_create(loop, &client, &gateway->client);
    if (status == STATUS_OK) {
        look(gateway, config->now_ms(config->context));
    }
    return status;
}

void gateway_stop(struct gateway *gateway)
{
    if (gateway != NULL) {
        gateway_client_stop(gateway->client);
    }
}

void gateway_destroy(struct gateway *gateway)
{
    if (gateway != NULL) {
        gateway_client_destroy(gateway->client);
        free(gateway);
    }
}

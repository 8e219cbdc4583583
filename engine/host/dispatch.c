#include "engine/host/dispatch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct dispatch {
    struct dispatch_config config;
    struct batch batches[2];
    struct batch *gathering;
    bool on_its_way;     /* the other batch is the committer's */
    bool way_is_durable; /* and said already; it is still applied to the shadow */
    bool disk_full;
    uint64_t given_seq; /* newest seq handed to the committer */
    uint64_t durable_seq;
    struct dispatch_figures figures;
};

enum status dispatch_create(const struct dispatch_config *config, struct dispatch **out)
{
    *out = NULL;
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (dispatch == NULL) {
        return STATUS_NO_MEMORY;
    }
    dispatch->config = *config;
    dispatch->gathering = &dispatch->batches[0];
    dispatch->durable_seq = config->durable_seq;
    dispatch->given_seq = config->durable_seq;
    if (batch_init(&dispatch->batches[0]) != STATUS_OK ||
        batch_init(&dispatch->batches[1]) != STATUS_OK) {
        dispatch_destroy(dispatch);
        return STATUS_NO_MEMORY;
    }
    *out = dispatch;
    return STATUS_OK;
}

void dispatch_destroy(struct dispatch *dispatch)
{
    if (dispatch == NULL) {
        return;
    }
    batch_finish(&dispatch->batches[0]);
    batch_finish(&dispatch->batches[1]);
    free(dispatch);
}

void dispatch_attach(struct dispatch *dispatch, struct committer *committer)
{
    dispatch->config.committer = committer;
}

static struct api_answer answer_of(const struct command_answer *kept)
{
    struct api_answer answer = {
        .outcome = kept->refusal == REASON_NONE ? API_DONE : API_REFUSED,
        .refusal = kept->refusal,
        .incident_id = kept->incident_id,
        .report_id = kept->report_id,
        .assignment_id = kept->assignment_id,
        .generation = kept->generation,
        .merged = kept->merged,
        .seq = kept->seq,
        .by_ms = kept->by_ms,
    };
    memcpy(answer.by, kept->by, sizeof answer.by);
    return answer;
}

static void add_ticket(struct batch *batch, uint64_t ticket, const struct command_answer *answer)
{
    if (ticket == 0) {
        return;
    }
    assert(batch->ticket_count < batch->tickets_max);
    batch->tickets[batch->ticket_count++] =
        (struct batch_ticket){.ticket = ticket, .answer = *answer};
}

static bool has_id(const struct command *command)
{
    static const uint8_t none[COMMAND_ID_SIZE];
    return memcmp(command->id, none, sizeof none) != 0;
}

static struct batch *other_batch(struct dispatch *dispatch)
{
    return dispatch->gathering == &dispatch->batches[0] ? &dispatch->batches[1]
                                                        : &dispatch->batches[0];
}

static bool has_answer(const struct batch *batch, const uint8_t id[COMMAND_ID_SIZE])
{
    for (uint32_t i = batch->answer_count; i-- > 0;) {
        if (memcmp(batch->answers[i].id, id, COMMAND_ID_SIZE) == 0) {
            return true;
        }
    }
    return false;
}

/* Its seq alone does not tell: a command that made no event has an old one, and an answer that is
 * not on the disk yet could come out otherwise after a crash. */
static bool is_durable(struct dispatch *dispatch, const struct command_answer *known)
{
    if (known->seq > dispatch->durable_seq || has_answer(dispatch->gathering, known->id)) {
        return false;
    }
    return !dispatch->on_its_way || dispatch->way_is_durable ||
           !has_answer(other_batch(dispatch), known->id);
}

/* A known id: the first answer again, once it is durable; another request under it is refused.
 * False: it has to wait for the disk, and there is no room to wait in. */
static bool repeat(struct dispatch *dispatch, const struct command_answer *known,
                   uint64_t fingerprint, uint64_t ticket)
{
    if (known->fingerprint != fingerprint) {
        const struct api_answer reused = {.outcome = API_KEY_REUSED};
        dispatch->config.answered(dispatch->config.context, ticket, &reused);
    } else if (is_durable(dispatch, known)) {
        const struct api_answer first = answer_of(known);
        dispatch->config.answered(dispatch->config.context, ticket, &first);
    } else if (batch_full(dispatch->gathering)) {
        return false;
    } else {
        add_ticket(dispatch->gathering, ticket, known); /* the gathering batch is the later one */
    }
    dispatch->figures.repeated++;
    return true;
}

static void step(struct dispatch *dispatch, const struct command *command, uint64_t fingerprint,
                 uint64_t ticket)
{
    struct batch *batch = dispatch->gathering;
    const struct step_result result = engine_step(dispatch->config.engine, command, &batch->events);
    struct command_answer answer = {
        .fingerprint = fingerprint,
        .at_ms = command->at_ms,
        .refusal = result.refusal,
        .incident_id = result.incident_id,
        .report_id = result.report_id,
        .assignment_id = result.assignment_id,
        .generation = result.generation,
        .merged = result.merged,
        .seq = engine_seq(dispatch->config.engine),
        .by_ms = result.by_ms,
    };
    memcpy(answer.by, result.by, sizeof answer.by);
    memcpy(answer.id, command->id, sizeof answer.id);
    if (result.refusal != REASON_NONE) {
        dispatch->figures.refused++;
    }
    if (has_id(command)) {
        command_memory_add(dispatch->config.memory, &answer);
        batch->answers[batch->answer_count++] = answer;
    }
    add_ticket(batch, ticket, &answer);
}

/* Who asks belongs to what is asked: another login's key is not one's own (FNV-1a). */
static uint64_t with_actor(uint64_t fingerprint, const struct actor *actor)
{
    for (const char *at = actor->id; *at != '\0'; at++) {
        fingerprint = (fingerprint ^ (uint8_t)*at) * 0x100000001b3u;
    }
    return fingerprint;
}

bool dispatch_submit(struct dispatch *dispatch, struct command *command, uint64_t fingerprint,
                     uint64_t ticket, int64_t now_ms)
{
    fingerprint = with_actor(fingerprint, &command->actor);
    command->at_ms = now_ms;
    if (has_id(command)) {
        const struct command_answer *known =
            command_memory_find(dispatch->config.memory, command->id);
        if (known != NULL) {
            const bool done = repeat(dispatch, known, fingerprint, ticket);
            dispatch->figures.busy += done ? 0 : 1;
            return done;
        }
        if (command_memory_expired(dispatch->config.memory, command->id)) {
            const struct api_answer expired = {.outcome = API_KEY_EXPIRED};
            dispatch->config.answered(dispatch->config.context, ticket, &expired);
            return true;
        }
    }
    if (dispatch->disk_full || batch_full(dispatch->gathering)) {
        dispatch->figures.busy++;
        return false;
    }
    dispatch->figures.commands++;
    step(dispatch, command, fingerprint, ticket);
    return true;
}

void dispatch_tick(struct dispatch *dispatch, int64_t now_ms)
{
    if (engine_deadline_ms(dispatch->config.engine) > now_ms || dispatch->disk_full ||
        batch_full(dispatch->gathering)) {
        return;
    }
    const struct command tick = {
        .kind = COMMAND_TICK, .at_ms = now_ms, .actor = {.id = "system", .source = SOURCE_SYSTEM}};
    engine_step(dispatch->config.engine, &tick, &dispatch->gathering->events);
    dispatch->figures.ticks++;
}

void dispatch_flush(struct dispatch *dispatch)
{
    struct batch *batch = dispatch->gathering;
    if (dispatch->on_its_way || batch_empty(batch) || !committer_idle(dispatch->config.committer)) {
        return;
    }
    if (committer_wants_digest(dispatch->config.committer)) {
        batch->wants_digest = true;
        batch->digest = engine_digest(dispatch->config.engine);
    }
    dispatch->on_its_way = true;
    dispatch->way_is_durable = false;
    dispatch->gathering = other_batch(dispatch);
    committer_give(dispatch->config.committer, batch, dispatch->given_seq);
    dispatch->given_seq = engine_seq(dispatch->config.engine);
}

/* NULL: the writer has applied the last batch and is free again. */
void dispatch_durable(struct dispatch *dispatch, struct batch *batch)
{
    if (batch == NULL) {
        if (dispatch->on_its_way) {
            batch_clear(other_batch(dispatch));
            dispatch->on_its_way = false;
        }
        dispatch_flush(dispatch);
        return;
    }
    dispatch->way_is_durable = true;
    if (batch->events.count > 0) {
        dispatch->durable_seq = batch->events.records[batch->events.count - 1].seq;
        dispatch->config.published(dispatch->config.context, &batch->events);
    }
    for (uint32_t i = 0; i < batch->ticket_count; i++) {
        const struct api_answer answer = answer_of(&batch->tickets[i].answer);
        dispatch->config.answered(dispatch->config.context, batch->tickets[i].ticket, &answer);
    }
}

void dispatch_full(struct dispatch *dispatch, bool full)
{
    dispatch->disk_full = full;
}

uint64_t dispatch_durable_seq(const struct dispatch *dispatch)
{
    return dispatch->durable_seq;
}

bool dispatch_quiet(const struct dispatch *dispatch)
{
    return !dispatch->on_its_way && batch_empty(dispatch->gathering);
}

struct dispatch_figures dispatch_figures(const struct dispatch *dispatch)
{
    return dispatch->figures;
}

#include "engine/core/step.h"

#include <assert.h>
#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/event_codec.h"
#include "engine/core/refusal.h"

const struct actor step_system_actor = {.id = "system", .source = SOURCE_SYSTEM};

bool step_has_room(const struct step *step, uint32_t records, size_t bytes)
{
    return step->out->records_max - step->out->count >= records &&
           step->out->size_max - step->out->size >= bytes;
}

struct event *step_event(const struct step *step, enum event_kind kind)
{
    struct event *event = &step->engine->scratch->event;
    event->kind = kind;
    return event;
}

static void emit_as(struct step *step, const struct actor *actor, const uint8_t *command_id)
{
    struct event_list *out = step->out;
    struct event *event = &step->engine->scratch->event;
    assert(out->count < out->records_max);
    event->seq = step->engine->seq + 1;
    event->at_ms = step->at_ms;
    event->actor = *actor;
    memcpy(event->command_id, command_id, COMMAND_ID_SIZE);
    const size_t size =
        event_codec_encode_into(event, &out->bytes[out->size], out->size_max - out->size);
    struct event_record *record = &out->records[out->count];
    *record = (struct event_record){.kind = event->kind,
                                    .seq = event->seq,
                                    .at_ms = event->at_ms,
                                    .actor = *actor,
                                    .body_size = (uint32_t)size,
                                    .body_offset = out->size};
    memcpy(record->command_id, command_id, COMMAND_ID_SIZE);
    out->size += size;
    out->count++;
    const enum status status = apply_event(step->emits_to, event);
    assert(status == STATUS_OK); /* a handler that emits nonsense is a bug */
}

void step_emit(struct step *step)
{
    emit_as(step, step->actor, step->command_id);
}

#define REFUSED_BYTES 128u

static const uint8_t no_command[COMMAND_ID_SIZE];

/* A refusal counts for as many as were folded into it. */
static void emit_refused(struct step *step, const struct refusal *refusal, uint32_t count,
                         const uint8_t *command_id)
{
    if (!step_has_room(step, 1, REFUSED_BYTES)) {
        return; /* the result still says it */
    }
    struct event *event = step_event(step, EVENT_COMMAND_REFUSED);
    event->refused.command = refusal->command;
    event->refused.reason = refusal->reason;
    event->refused.incident_id = refusal->incident_id;
    event->refused.assignment_id = refusal->assignment_id;
    event->refused.unit_id = refusal->unit_id;
    event->refused.generation = refusal->generation;
    event->refused.count = count;
    memcpy(event->refused.by, refusal->by, ACTOR_SIZE);
    event->refused.by_ms = refusal->by_ms;
    emit_as(step, &refusal->actor, command_id);
}

void step_refuse(struct step *step, enum reason reason, struct step_about about)
{
    assert(reason != REASON_NONE);
    step->result.refusal = reason;
    step->result.incident_id = about.incident_id;
    step->result.assignment_id = about.assignment_id;
    step->result.by_ms = about.by == NULL ? TIME_NEVER : about.by_ms;
    memset(step->result.by, 0, ACTOR_SIZE);
    struct refusal refusal = {.actor = *step->actor,
                              .command = step->command->kind,
                              .reason = reason,
                              .incident_id = about.incident_id,
                              .assignment_id = about.assignment_id,
                              .unit_id = about.unit_id,
                              .generation = about.generation,
                              .by_ms = step->result.by_ms};
    if (about.by != NULL) {
        memcpy(step->result.by, about.by, strlen(about.by));
        memcpy(refusal.by, step->result.by, ACTOR_SIZE);
    }
    struct refusal pushed_out;
    const uint32_t late = refusal_make_room(step->engine->refusals, &refusal, &pushed_out);
    if (late > 0) {
        emit_refused(step, &pushed_out, late, no_command);
    }
    const uint32_t count = refusal_admit(step->engine->refusals, &refusal, step->at_ms);
    if (count > 0) {
        emit_refused(step, &refusal, count, step->command_id);
    }
}

void step_flush_refusals(struct step *step)
{
    struct refusal refusal;
    while (step_has_room(step, 1, REFUSED_BYTES)) {
        const uint32_t count = refusal_take_due(step->engine->refusals, step->at_ms, &refusal);
        if (count == 0) {
            return;
        }
        emit_refused(step, &refusal, count, no_command);
    }
}

void step_free_unit(struct step *step, uint32_t unit_id)
{
    if (step->freed_count < STEP_FREED_MAX) {
        step->freed[step->freed_count] = unit_id;
        step->freed_count++;
    }
}

#ifndef ENGINE_CORE_STEP_H
#define ENGINE_CORE_STEP_H

#include "engine/core/scratch.h"
#include "engine/core/state.h"

/* One command on its way through the engine. Handlers read the state through `engine` and change it
 * by emitting events only: each is encoded into the caller's list and applied at once, so the next
 * line of a handler sees its effect. */

/* Room for the events of one decision on one incident with all that follows from it: three
 * decisions of 1.2 KB, 24 orders of 60 B, and the small change; a report adds its texts. */
#define STEP_ROOM_RECORDS 64u
#define STEP_ROOM_BYTES   16384u

#define STEP_FREED_MAX 16u /* units looked after at once; the others by the next retry */

struct step {
    const struct engine *engine;
    struct engine *emits_to; /* the same; for step_emit() only */
    const struct command *command;
    const struct actor *actor;
    const uint8_t *command_id;
    int64_t at_ms;
    struct event_list *out;
    struct step_result result;
    uint32_t freed[STEP_FREED_MAX]; /* units that became available in this step */
    uint32_t freed_count;
};

extern const struct actor step_system_actor;

bool step_has_room(const struct step *step, uint32_t records, size_t bytes);

/* The event to fill in; its body holds leftovers. */
struct event *step_event(const struct step *step, enum event_kind kind);
/* Encode, append, apply what step_event() handed out. The caller made sure of the room. */
void step_emit(struct step *step);

/* What the refusal is about; zeros and UNIT_NONE where there is none. */
struct step_about {
    uint32_t incident_id, assignment_id, unit_id, generation;
    const char *by; /* who was first, NULL */
    int64_t by_ms;
};
void step_refuse(struct step *step, enum reason reason, struct step_about about);
/* Refusals alike that were folded into one and are due to be said. */
void step_flush_refusals(struct step *step);

void step_free_unit(struct step *step, uint32_t unit_id);

#endif

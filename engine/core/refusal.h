#ifndef ENGINE_CORE_REFUSAL_H
#define ENGINE_CORE_REFUSAL_H

#include "engine/core/command.h"
#include "engine/core/status.h"

/* Refusals are facts, but a client that hammers must not fill the journal: of the same actor,
 * command and reason one a second is written, and how many alike were folded into it. Volatile. */
#define REFUSAL_ENTRIES_MAX 256u
#define REFUSAL_WINDOW_MS   1000

struct refusal {
    struct actor actor;
    enum command_kind command;
    enum reason reason;
    uint32_t incident_id, assignment_id, unit_id, generation;
    char by[ACTOR_SIZE]; /* who was first, "" */
    int64_t by_ms;
};

struct refusal_table;
MUST_CHECK enum status refusal_create(struct refusal_table **out);
void refusal_destroy(struct refusal_table *table);

/* Before admit: if the table is full of others, the oldest leaves. Answers how many were still
 * folded in it, to be said now. */
uint32_t refusal_make_room(struct refusal_table *table, const struct refusal *refusal,
                           struct refusal *pushed_out);
/* How many to say now, this one included; 0: it was folded. */
uint32_t refusal_admit(struct refusal_table *table, const struct refusal *refusal, int64_t at_ms);
/* Folded ones whose window is over; 0: none. */
uint32_t refusal_take_due(struct refusal_table *table, int64_t at_ms, struct refusal *refusal);
int64_t refusal_deadline_ms(const struct refusal_table *table);

#endif

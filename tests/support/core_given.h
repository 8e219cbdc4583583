#ifndef TESTS_SUPPORT_CORE_GIVEN_H
#define TESTS_SUPPORT_CORE_GIVEN_H

#include "engine/core/engine.h"

/* A small city for tests of the core: an engine, a shadow that replays every event, a clock.
 *
 * After every step the shadow applies the encoded events, and world_finish() compares: live,
 * replayed and read back from a snapshot must have one digest. So every test of a rule is one of
 * determinism, too. No map: cars and motorcycles make 6.38 m/s by straight line, walkers 1.08. */
#define WORLD_EVENTS_MAX 8192u

struct world {
    struct engine_config config;
    struct engine *engine, *shadow;
    struct event_list out; /* of the last step */
    int64_t now_ms;
    struct actor actor;
    uint32_t kinds[EVENT_KIND_COUNT]; /* events seen so far, by kind */
    uint32_t code_next;
};

/* mutual-aid, auto; change world->config and call world_begin(). */
void world_init(struct world *world);
void world_begin(struct world *world);
void world_finish(struct world *world); /* compares the three */
void world_destroy(struct world *world);

struct geo_point world_at(int32_t east_m, int32_t north_m);

struct step_result world_step(struct world *world, struct command *command);
/* Ticks at every deadline up to then. */
void world_pass(struct world *world, int64_t ms);

/* On duty at that place; a post is at home there, others have just sent a fix. */
uint32_t world_unit(struct world *world, enum unit_kind kind, int32_t east_m, int32_t north_m);
uint32_t world_unit_off_duty(struct world *world, enum unit_kind kind, int32_t east_m,
                             int32_t north_m, uint32_t capabilities);
/* A circle around the place. */
void world_circle(struct world *world, int32_t east_m, int32_t north_m, uint32_t radius_m);
struct step_result world_duty(struct world *world, uint32_t unit_id, enum duty duty);
void world_fix(struct world *world, uint32_t unit_id, int32_t east_m, int32_t north_m);

struct step_result world_report(struct world *world, enum incident_type type, uint32_t priority,
                                int32_t east_m, int32_t north_m);
struct step_result world_says(struct world *world, uint32_t assignment_id,
                              enum assignment_state state);
struct step_result world_on_behalf(struct world *world, uint32_t assignment_id,
                                   enum assignment_state state);
struct step_result world_recall(struct world *world, uint32_t assignment_id);
struct step_result world_order(struct world *world, uint32_t incident_id, uint32_t generation,
                               uint32_t unit_id, enum tier tier);
struct step_result world_close(struct world *world, uint32_t incident_id, bool clear_all);
struct step_result world_cancel(struct world *world, uint32_t incident_id);
struct step_result world_recommend(struct world *world, uint32_t incident_id);

/* Events of a kind in the last step. */
uint32_t world_count(const struct world *world, enum event_kind kind);
/* The i-th of them; the event lives until the next call. */
const struct event *world_event(const struct world *world, enum event_kind kind, uint32_t i);

struct incident_view world_incident(const struct world *world, uint32_t incident_id);
struct assignment_view world_assignment(const struct world *world, uint32_t assignment_id);
/* The unit's active assignment, 0. */
uint32_t world_active(const struct world *world, uint32_t unit_id);
bool world_has_alarm(const struct world *world, enum alarm_kind kind, uint32_t incident_id);

#endif

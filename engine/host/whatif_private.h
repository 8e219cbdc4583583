#ifndef ENGINE_HOST_WHATIF_PRIVATE_H
#define ENGINE_HOST_WHATIF_PRIVATE_H

#include "engine/host/whatif.h"

/* What the modules of the what-if share. */

/* ---- whatif_count: verdicts and responses of the incidents of the period, from events ---- */

struct whatif_counted {
    uint32_t incident_id;
    bool asked[TIER_COUNT];
    enum tier_verdict verdicts[TIER_COUNT];
    int64_t clocks_ms[TIER_COUNT];
    int64_t arrivals_ms[TIER_COUNT]; /* first on scene, TIME_NEVER */
};
struct whatif_count {
    int64_t from_ms, to_ms; /* of the creation */
    struct whatif_counted *items;
    uint32_t count, max;
    uint32_t *slots; /* hash of incident id to item + 1 */
    uint32_t slot_count;
    uint32_t orders;
    bool no_memory;
};
MUST_CHECK enum status whatif_count_init(struct whatif_count *count, int64_t from_ms,
                                         int64_t to_ms);
void whatif_count_finish(struct whatif_count *count);
void whatif_count_event(struct whatif_count *count, const struct event *event);
/* NULL: not of the period. */
const struct whatif_counted *whatif_count_find(const struct whatif_count *count,
                                               uint32_t incident_id);
void whatif_count_reckon(struct whatif_count *count, struct whatif_side *side);
struct whatif;
void whatif_count_compare(const struct whatif *whatif, struct whatif_result *result);

/* ---- whatif_course: how units behaved then ---- */

/* What became of one order: how long after it was sent; TIME_NEVER: it did not come to that. */
struct whatif_course {
    uint32_t incident_id, unit_id, assignment_id;
    int64_t sent_ms;
    int64_t spans_ms[ASSIGNMENT_STATE_COUNT];
    uint32_t travel_ms; /* as reckoned at the order */
    enum reason reason; /* of a decline */
};
struct whatif_courses {
    struct whatif_course *items;
    uint32_t count, max;
    uint32_t *slots; /* hash of incident and unit to item + 1 */
    uint32_t slot_count;
    int64_t ack_ms[UNIT_KIND_COUNT], turnout_ms[UNIT_KIND_COUNT]; /* medians */
    int64_t travel_permille[UNIT_KIND_COUNT];                     /* taken by reckoned */
};
MUST_CHECK enum status whatif_course_learn(struct whatif *whatif);
/* NULL: the unit was not ordered to it. */
const struct whatif_course *whatif_course_find(const struct whatif_courses *courses,
                                               uint32_t incident_id, uint32_t unit_id);
void whatif_course_finish(struct whatif_courses *courses);

/* ---- whatif_input, whatif_action: what is done to the engine ---- */

struct whatif_action {
    int64_t due_ms;
    uint64_t number; /* equal times: in the order of planning */
    uint32_t assignment_id, unit_id;
    enum assignment_state state;
    enum reason reason;
};

struct whatif {
    struct engine_config config;
    struct engine *engine;
    int64_t from_ms, to_ms, now_ms;
    struct event_list input, output;
    struct whatif_count then, now;
    struct whatif_courses courses;
    struct whatif_action *actions; /* a heap, soonest first */
    uint32_t action_count, action_max;
    uint64_t action_number;
    struct whatif_pair {
        uint32_t then, now;
    } * incidents; /* who is who, rising in both */
    uint32_t incident_count, incident_max;
    uint32_t incoming; /* whose report is being given, as it was called then; 0 */
    uint32_t assumed, known;
    enum status status;
    struct event event; /* 17 KiB, one for all */
};

struct step_result whatif_step(struct whatif *whatif, struct command *command);
void whatif_input_do(struct whatif *whatif, uint32_t index);
/* What the inputs from `index` on know of this very moment: before anything else happens in it. */
void whatif_input_observe(struct whatif *whatif, uint32_t index);
MUST_CHECK enum status whatif_action_plan(struct whatif *whatif, const struct event *sent);
void whatif_action_do(struct whatif *whatif);

/* 0: has none. */
uint32_t whatif_input_now(const struct whatif *whatif, uint32_t incident_then);
uint32_t whatif_input_then(const struct whatif *whatif, uint32_t incident_now);

#endif

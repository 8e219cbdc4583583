#include "engine/core/together.h"

#include <assert.h>

#include "engine/core/assign.h"
#include "engine/core/deadline.h"
#include "engine/core/decide.h"

/* One row a unit that is wanted, one column a unit that may come, and nobody for each row. A missed
 * tier weighs more than all travel, and one of a higher priority more than all of lower ones; that
 * nobody comes is worse than that somebody comes late. Where a tier asks the own area first, a
 * stranger weighs more than all travel of a row; where the plan of the circle names somebody,
 * whoever it does not name weighs more than both. */
#define TRAVEL_MAX   (INT64_C(1) << 26) /* ms; nobody counts as farther than anybody */
#define STRANGER     TRAVEL_MAX
#define UNNAMED      (TRAVEL_MAX * 2)
#define NOBODY       2                 /* misses that nobody at all counts for */
#define MISSED_LEAST (TRAVEL_MAX * 64) /* above 16 rows of travel by unnamed strangers */
#define FORBIDDEN    MATCH_COST_MAX

struct demand {
    const struct incident *incident;
    enum tier tier;
    uint32_t wanted;
};

struct batch {
    struct demand demands[MATCH_ROWS_MAX];
    uint32_t demand_count;
    uint32_t demand_of[MATCH_ROWS_MAX]; /* by row */
    uint32_t rows;
    uint32_t units[MATCH_COLUMNS_MAX]; /* by column */
    uint32_t unit_count;
    uint32_t column_of[MATCH_ROWS_MAX];
};

static int64_t missed_weight(uint32_t priority)
{
    int64_t weight = MISSED_LEAST;
    for (uint32_t p = PRIORITY_MAX; p > priority; p--) {
        weight *= NOBODY * MATCH_ROWS_MAX + 1;
    }
    return weight;
}

static void add_demands(const struct step *step, struct batch *batch,
                        const struct incident *incident, uint32_t rows_max)
{
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const enum tier tier = (enum tier)i;
        if (!deadline_tier_wants(step->engine, incident, tier, step->at_ms) ||
            !decide_has_free(step->engine, incident, tier)) {
            continue;
        }
        const uint32_t wanted = assign_still_wanted(step, incident, tier);
        const uint32_t room = rows_max - batch->rows;
        const uint32_t taken = wanted < room ? wanted : room;
        for (uint32_t k = 0; k < taken; k++) {
            batch->demand_of[batch->rows++] = batch->demand_count;
        }
        if (taken > 0) {
            batch->demands[batch->demand_count++] =
                (struct demand){.incident = incident, .tier = tier, .wanted = taken};
        }
    }
}

/* A row needs no more than its `rows` nearest: the others can take at most all but one of them. */
static void decide_demands(const struct step *step, const struct batch *batch)
{
    const struct incident *last = NULL;
    for (uint32_t i = 0; i < batch->demand_count; i++) {
        const struct demand *demand = &batch->demands[i];
        const struct decide_request request = {.incident = demand->incident,
                                               .tier = demand->tier,
                                               .wanted = demand->wanted,
                                               .automatic = true,
                                               .quiet = true,
                                               .listed = batch->rows};
        if (demand->incident != last) {
            decide_begin(step);
            last = demand->incident;
        }
        decide_tier(step, &request, &step->engine->scratch->batch[i]);
    }
}

static uint32_t column_of_unit(struct batch *batch, uint32_t unit_id)
{
    uint32_t column = 0;
    while (column < batch->unit_count && batch->units[column] != unit_id) {
        column++;
    }
    if (column == batch->unit_count) {
        assert(column < MATCH_COLUMNS_MAX - MATCH_ROWS_MAX);
        batch->units[column] = unit_id;
        batch->unit_count++;
    }
    return column;
}

static void fill_columns(const struct step *step, struct batch *batch)
{
    for (uint32_t i = 0; i < batch->demand_count; i++) {
        const struct decision_made *made = &step->engine->scratch->batch[i];
        for (uint32_t k = 0; k < made->candidate_count; k++) {
            (void)column_of_unit(batch, made->candidates[k].unit_id);
        }
    }
}

static void solve(const struct step *step, struct batch *batch)
{
    int64_t *cost = step->engine->scratch->cost;
    const uint32_t columns = batch->unit_count + batch->rows;
    for (uint32_t row = 0; row < batch->rows; row++) {
        const uint32_t i = batch->demand_of[row];
        const struct decision_made *made = &step->engine->scratch->batch[i];
        const int64_t missed = missed_weight(batch->demands[i].incident->priority);
        for (uint32_t column = 0; column < columns; column++) {
            cost[row * columns + column] =
                column < batch->unit_count ? FORBIDDEN : NOBODY * missed + TRAVEL_MAX;
        }
        for (uint32_t k = 0; k < made->candidate_count; k++) {
            const struct candidate *candidate = &made->candidates[k];
            const uint32_t column = column_of_unit(batch, candidate->unit_id);
            const bool is_first = candidate->own_area && candidate->in_reach;
            const bool is_named = candidate->by_plan && candidate->in_reach;
            cost[row * columns + column] =
                (candidate->in_reach ? 0 : missed) +
                (made->area_first && !is_first ? STRANGER : 0) +
                (made->plan != PLAN_NONE && !is_named ? UNNAMED : 0) +
                (candidate->travel_ms < TRAVEL_MAX ? candidate->travel_ms : TRAVEL_MAX - 1);
        }
    }
    match_solve(cost, batch->rows, columns, batch->column_of);
}

/* The incident that the unit of the column goes to; 0: to none of them. */
static uint32_t goes_to(const struct batch *batch, uint32_t unit_id, bool *is_here, uint32_t demand)
{
    for (uint32_t row = 0; row < batch->rows; row++) {
        const uint32_t column = batch->column_of[row];
        if (column < batch->unit_count && batch->units[column] == unit_id) {
            *is_here = batch->demand_of[row] == demand;
            return batch->demands[batch->demand_of[row]].incident->id;
        }
    }
    *is_here = false;
    return 0;
}

/* Mark who goes, and of those who were nearer where they went instead. */
static void explain(const struct step *step, const struct batch *batch, uint32_t i,
                    uint32_t together)
{
    struct decision_made *made = &step->engine->scratch->batch[i];
    const struct decide_outdone alone = decide_outdone(made);
    const uint32_t before = decide_chosen_count(made) + alone.by_area + alone.by_plan;
    uint32_t chosen = 0;
    uint32_t given = 0;
    made->together = together;
    for (uint32_t k = 0; k < made->candidate_count; k++) {
        struct candidate *candidate = &made->candidates[k];
        bool is_here = false;
        const uint32_t incident_id = goes_to(batch, candidate->unit_id, &is_here, i);
        candidate->chosen = is_here;
        candidate->given_to = is_here ? 0 : incident_id;
        chosen += is_here ? 1 : 0;
        given += candidate->given_to != 0 ? 1 : 0;
    }
    if (made->candidate_count > 0) { /* else nothing was counted */
        const struct decide_outdone outdone = decide_outdone(made);
        made->passed_by_reason[REASON_ENOUGH] += before;
        made->passed_by_reason[REASON_ENOUGH] -= chosen + given + outdone.by_area + outdone.by_plan;
        made->passed_by_reason[REASON_GIVEN] += given;
        made->passed_by_reason[REASON_OTHER_AREA] = outdone.by_area;
        made->passed_by_reason[REASON_PLAN_FIRST] = outdone.by_plan;
    }
}

static void send(struct step *step, const struct batch *batch, const struct incident *incident)
{
    bool is_wanted[TIER_COUNT];
    bool found[TIER_COUNT] = {false};
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        is_wanted[i] = deadline_tier_wants(step->engine, incident, (enum tier)i, step->at_ms);
    }
    for (uint32_t i = 0; i < batch->demand_count; i++) {
        const struct demand *demand = &batch->demands[i];
        const struct decision_made *made = &step->engine->scratch->batch[i];
        if (demand->incident == incident && decide_chosen_count(made) > 0) {
            step->engine->scratch->decisions[demand->tier] = *made;
            found[demand->tier] = true;
        }
    }
    assign_decided(step, incident, is_wanted, found);
}

void together_serve(struct step *step, const struct incident *const incidents[], uint32_t count)
{
    const struct id_pool *pool = &step->engine->assignment_ids;
    const uint32_t room = pool->max - pool->count;
    const uint32_t rows_max = room < MATCH_ROWS_MAX ? room : MATCH_ROWS_MAX;
    struct batch batch = {.rows = 0};
    assert(count <= TOGETHER_INCIDENTS_MAX);
    for (uint32_t i = 0; i < count; i++) {
        add_demands(step, &batch, incidents[i], rows_max);
    }
    decide_demands(step, &batch);
    fill_columns(step, &batch);
    if (batch.rows > 0) {
        solve(step, &batch);
    }
    for (uint32_t i = 0; i < batch.demand_count; i++) {
        explain(step, &batch, i, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        send(step, &batch, incidents[i]);
    }
}

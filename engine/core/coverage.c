#include "engine/core/coverage.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/alarm.h"
#include "engine/core/decide.h"
#include "engine/core/presence.h"

#define SLICE_CIRCLES  16u    /* at a time: a millisecond or two of searching */
#define SLICES_MAX     100u   /* in a round; with more circles than 1,600 a slice has more */
#define ROUND_MS       900    /* of looking, so that a round and its wait are within a second */
#define MOVES_MAX      16u    /* units that are tried to close a gap, nearest first */
#define TRAVEL_STEP_MS 10000u /* who is a little nearer is no news */

/* What is known of one circle and tier. */
struct cell {
    bool known;
    struct geo_point at; /* of the circle when it was reckoned */
    uint64_t version;    /* of the presence then */
    uint32_t traffic;    /* version of the traffic then */
    uint32_t policy;     /* version of the policy then */
    uint32_t count;
    struct coverage_unit units[COVERAGE_UNITS_MAX];
    int64_t gap_since_ms;     /* TIME_NEVER: somebody is there in time, or nothing is known */
    int64_t covered_since_ms; /* TIME_NEVER: nobody is, or nothing is known */
};

struct coverage {
    struct cell *cells; /* circle x TIER_COUNT + tier */
    uint32_t next;      /* circle whose turn it is */
    int64_t due_ms;
    int64_t alarm_ms; /* no alarm is to be raised or cleared before */
    uint64_t version; /* another one: another answer */
    uint32_t policy;  /* version of the policy in the last slice */
};

enum status coverage_create(const struct engine *engine, struct coverage **out)
{
    const uint32_t circles_max = engine->config.limits.circles_max;
    struct coverage *coverage = calloc(1, sizeof *coverage);
    if (coverage == NULL) {
        return STATUS_NO_MEMORY;
    }
    coverage->cells = calloc((size_t)circles_max * TIER_COUNT, sizeof *coverage->cells);
    if (coverage->cells == NULL) {
        coverage_destroy(coverage);
        return STATUS_NO_MEMORY;
    }
    *out = coverage;
    return STATUS_OK;
}

void coverage_destroy(struct coverage *coverage)
{
    if (coverage != NULL) {
        free(coverage->cells);
        free(coverage);
    }
}

void coverage_clear(struct engine *engine)
{
    struct coverage *coverage = engine->coverage;
    if (coverage != NULL) {
        const uint32_t circles_max = engine->config.limits.circles_max;
        memset(coverage->cells, 0, (size_t)circles_max * TIER_COUNT * sizeof *coverage->cells);
        coverage->next = 0;
        coverage->version++;
        coverage->due_ms = INT64_MIN;
        coverage->alarm_ms = INT64_MAX;
    }
}

static const struct tier_policy *policy_of(const struct engine *engine, enum tier tier)
{
    return &state_policy(engine)->tiers[tier];
}

/* Who may decline is not counted on. */
static uint32_t kinds_of(const struct engine *engine, enum tier tier)
{
    return policy_kinds(state_policy(engine), tier);
}

static bool is_asked(const struct engine *engine, enum tier tier)
{
    return kinds_of(engine, tier) != 0 && policy_reach_ms(policy_of(engine, tier)) > 0;
}

static void insert(struct coverage_unit units[], uint32_t *count, uint32_t max,
                   struct coverage_unit unit)
{
    uint32_t slot = *count;
    while (slot > 0 && (units[slot - 1].travel_ms > unit.travel_ms ||
                        (units[slot - 1].travel_ms == unit.travel_ms &&
                         units[slot - 1].unit_id > unit.unit_id))) {
        if (slot < max) {
            units[slot] = units[slot - 1];
        }
        slot--;
    }
    if (slot < max) {
        units[slot] = unit;
        *count += *count < max ? 1 : 0;
    }
}

/* The nearest free units of the kinds, of all profiles. */
static uint32_t nearest(const struct engine *engine, struct geo_point at, uint32_t kinds,
                        uint32_t limit_ms, struct coverage_unit units[], uint32_t max)
{
    uint32_t count = 0;
    assert(max <= MOVES_MAX);
    for (uint32_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        uint32_t flags = 0;
        uint32_t free_count = 0;
        for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
            if ((kinds >> kind & 1u) != 0 &&
                policy_profile(engine->config.emergency_kinds, (enum unit_kind)kind) ==
                    (enum geo_profile)profile) {
                flags |= PRESENCE_KIND_FLAG(kind);
                free_count += engine->presence->counts[kind][AVAILABILITY_FREE];
            }
        }
        if (free_count == 0) {
            continue;
        }
        const struct geo_nearest_query query = {.at = at,
                                                .profile = (enum geo_profile)profile,
                                                .flags_any = flags,
                                                .limit_ms = limit_ms,
                                                .hits_max = free_count < max ? free_count : max};
        struct geo_nearest_hit hits[MOVES_MAX + GEO_NEAREST_HITS_MAX];
        bool estimated = false;
        uint32_t found = geo_nearest(engine->search, engine->config.map, engine->presence->fleet,
                                     &query, hits, &estimated);
        if (profile == GEO_PROFILE_FOOT && engine->config.map != NULL) {
            found =
                decide_come_straight(engine, &query, hits, found, MOVES_MAX + GEO_NEAREST_HITS_MAX);
        }
        for (uint32_t i = 0; i < found; i++) {
            insert(units, &count, max,
                   (struct coverage_unit){hits[i].unit_id, hits[i].travel_ms, hits[i].estimated});
        }
    }
    return count;
}

static const struct alarm *alarm_of(const struct engine *engine, struct coverage_place place)
{
    return state_alarm_at(engine,
                          engine->gap_alarms[place.circle * TIER_COUNT + (uint32_t)place.tier]);
}

static bool is_watched(const struct engine *engine, enum tier tier)
{
    return engine->config.gap_ms > 0 && is_asked(engine, tier);
}

/* When the alarm of a gap is to be raised or cleared; INT64_MAX: as things are, never. Both want to
 * last, so that a unit which passes by, or is gone for a moment, changes nothing. What nobody is
 * asked for any more is cleared at once. */
static int64_t raise_ms(const struct engine *engine, struct coverage_place place)
{
    const struct cell *cell =
        &engine->coverage->cells[place.circle * TIER_COUNT + (uint32_t)place.tier];
    const bool is_due =
        is_watched(engine, place.tier) && cell->known && cell->gap_since_ms != TIME_NEVER;
    return is_due ? cell->gap_since_ms + (int64_t)engine->config.gap_ms : INT64_MAX;
}

static int64_t clear_ms(const struct engine *engine, struct coverage_place place)
{
    const struct cell *cell =
        &engine->coverage->cells[place.circle * TIER_COUNT + (uint32_t)place.tier];
    if (!is_watched(engine, place.tier)) {
        return INT64_MIN;
    }
    return cell->known && cell->covered_since_ms != TIME_NEVER
               ? cell->covered_since_ms + COVERAGE_CLEAR_MS
               : INT64_MAX;
}

static int64_t alarm_due_ms(const struct engine *engine, struct coverage_place place)
{
    const struct alarm *alarm = alarm_of(engine, place);
    if (alarm == NULL) {
        return raise_ms(engine, place);
    }
    const int64_t due_ms = clear_ms(engine, place);
    return alarm->shelved_ms != TIME_NEVER && alarm->shelved_ms < due_ms ? alarm->shelved_ms
                                                                         : due_ms;
}

/* Who could close a gap depends on units anywhere. */
static bool is_news(const struct cell *before, const struct cell *after)
{
    const bool is_gap = after->gap_since_ms != TIME_NEVER;
    bool news = (is_gap && before->version != after->version) || before->known != after->known ||
                before->count != after->count || before->gap_since_ms != after->gap_since_ms;
    for (uint32_t i = 0; i < after->count && !news; i++) {
        news = before->units[i].unit_id != after->units[i].unit_id ||
               before->units[i].travel_ms / TRAVEL_STEP_MS !=
                   after->units[i].travel_ms / TRAVEL_STEP_MS;
    }
    return news;
}

static void reckon(const struct engine *engine, uint32_t circle, enum tier tier, int64_t now_ms)
{
    struct cell *cell = &engine->coverage->cells[circle * TIER_COUNT + (uint32_t)tier];
    const struct cell before = *cell;
    const struct tier_policy *policy = policy_of(engine, tier);
    const struct geo_point at = engine->circles[circle].at;
    const bool same_place =
        cell->known && cell->at.lat_e7 == at.lat_e7 && cell->at.lon_e7 == at.lon_e7;
    const bool settled = now_ms >= engine->settle_until_ms;
    const uint32_t traffic = engine_traffic_version(engine);
    const uint32_t policy_version = engine->policies[engine->policy_now].version;
    if (!same_place || cell->version != engine->presence->version || cell->traffic != traffic ||
        cell->policy != policy_version) {
        cell->count = nearest(engine, at, kinds_of(engine, tier), policy_reach_ms(policy),
                              cell->units, COVERAGE_UNITS_MAX);
    }
    if (!same_place || cell->count > 0 || !settled) {
        cell->gap_since_ms = TIME_NEVER;
    }
    if (!same_place || cell->count == 0) {
        cell->covered_since_ms = TIME_NEVER;
    }
    if (cell->count > 0 && cell->covered_since_ms == TIME_NEVER) {
        cell->covered_since_ms = now_ms;
    }
    if (cell->count == 0 && settled && cell->gap_since_ms == TIME_NEVER) {
        cell->gap_since_ms = now_ms;
    }
    cell->known = true;
    cell->at = at;
    cell->version = engine->presence->version;
    cell->traffic = traffic;
    cell->policy = policy_version;
    engine->coverage->version += is_news(&before, cell) ? 1u : 0u;
}

static uint32_t slice_circles(const struct engine *engine)
{
    const uint32_t needed = (engine->circle_count + SLICES_MAX - 1u) / SLICES_MAX;
    return needed > SLICE_CIRCLES ? needed : SLICE_CIRCLES;
}

void coverage_refresh(const struct engine *engine, int64_t now_ms)
{
    struct coverage *coverage = engine->coverage;
    if (now_ms < coverage->due_ms || engine->circle_count == 0) {
        return;
    }
    presence_sweep(engine, now_ms);
    const uint32_t policy = engine->policies[engine->policy_now].version;
    coverage->version += policy != coverage->policy ? 1u : 0u; /* it may ask fewer tiers */
    coverage->policy = policy;
    const uint32_t slice = slice_circles(engine);
    const uint32_t first = coverage->next < engine->circle_count ? coverage->next : 0;
    const uint32_t end =
        first + slice < engine->circle_count ? first + slice : engine->circle_count;
    for (uint32_t circle = first; circle < end; circle++) {
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            if (is_asked(engine, (enum tier)tier)) {
                reckon(engine, circle, (enum tier)tier, now_ms);
            }
            const int64_t alarm_ms =
                alarm_due_ms(engine, (struct coverage_place){circle, (enum tier)tier});
            coverage->alarm_ms = alarm_ms < coverage->alarm_ms ? alarm_ms : coverage->alarm_ms;
        }
    }
    coverage->next = end;
    coverage->due_ms = now_ms + ROUND_MS / (int64_t)((engine->circle_count + slice - 1u) / slice);
}

int64_t coverage_alarm_ms(const struct engine *engine)
{
    return engine->coverage == NULL ? INT64_MAX : engine->coverage->alarm_ms;
}

void coverage_alarms_changed(struct engine *engine)
{
    if (engine->coverage != NULL) {
        engine->coverage->alarm_ms = INT64_MIN;
    }
}

#define ALARM_BYTES    64u  /* one event of an alarm */
#define ALARM_RETRY_MS 1000 /* what found no room is tried again then */

/* Gaps share a half with overdue checkpoints; incidents have the other half of the alarms to
 * themselves: a night without staff must not take the room that they need. */
static bool has_room(const struct step *step, bool raises)
{
    const struct engine *engine = step->engine;
    const uint32_t alarms_max = engine->config.limits.alarms_max;
    return step_has_room(step, STEP_ROOM_RECORDS + 1, STEP_ROOM_BYTES + ALARM_BYTES) &&
           (!raises ||
            (engine->alarm_ids.count < alarms_max &&
             engine->gap_alarm_count + engine->overdue_alarm_count < (alarms_max + 1) / 2));
}

static void settle_alarm(struct step *step, struct coverage_place place)
{
    const struct engine *engine = step->engine;
    if (alarm_of(engine, place) == NULL) {
        alarm_raise_gap(step, place.circle, place.tier);
    } else if (clear_ms(engine, place) <= step->at_ms) {
        alarm_clear_gap(step, place.circle, place.tier);
    } else {
        alarm_return_gap(step, place.circle, place.tier);
    }
}

void coverage_alarms_run(struct step *step)
{
    const struct engine *engine = step->engine;
    int64_t next_ms = INT64_MAX;
    if (coverage_alarm_ms(engine) > step->at_ms) {
        return;
    }
    for (uint32_t i = 0; i < engine->circle_count * TIER_COUNT; i++) {
        const struct coverage_place place = {i / TIER_COUNT, (enum tier)(i % TIER_COUNT)};
        int64_t due_ms = alarm_due_ms(engine, place);
        if (due_ms <= step->at_ms && !has_room(step, alarm_of(engine, place) == NULL)) {
            due_ms = step->at_ms + ALARM_RETRY_MS;
        } else if (due_ms <= step->at_ms) {
            settle_alarm(step, place);
            due_ms = INT64_MAX; /* it is looked at again within a second */
        }
        next_ms = due_ms < next_ms ? due_ms : next_ms;
    }
    engine->coverage->alarm_ms = next_ms;
}

uint64_t coverage_version(const struct engine *engine)
{
    return engine->coverage == NULL ? 0 : engine->coverage->version;
}

int64_t coverage_deadline_ms(const struct engine *engine)
{
    return engine->circle_count == 0 ? INT64_MAX : engine->coverage->due_ms;
}

bool coverage_view(const struct engine *engine, uint32_t circle, enum tier tier,
                   struct coverage_view *view)
{
    assert(circle < engine->circle_count);
    const struct cell *cell = &engine->coverage->cells[circle * TIER_COUNT + (uint32_t)tier];
    const struct tier_policy *policy = policy_of(engine, tier);
    if (!is_asked(engine, tier) || !cell->known) {
        return false;
    }
    *view = (struct coverage_view){.reach_ms = policy_reach_ms(policy),
                                   .gap_since_ms = cell->gap_since_ms,
                                   .count = cell->count};
    memcpy(view->units, cell->units, cell->count * sizeof cell->units[0]);
    return true;
}

static bool is_among(uint32_t unit_id, const uint32_t unit_ids[], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (unit_ids[i] == unit_id) {
            return true;
        }
    }
    return false;
}

/* Would these leave the circle to nobody? A full list may have others behind it: then not. */
static bool is_lost(const struct cell *cell, const uint32_t unit_ids[], uint32_t count)
{
    if (!cell->known || cell->count == 0 || cell->count == COVERAGE_UNITS_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < cell->count; i++) {
        if (!is_among(cell->units[i].unit_id, unit_ids, count)) {
            return false;
        }
    }
    return true;
}

uint32_t coverage_lost(const struct engine *engine, const uint32_t unit_ids[], uint32_t unit_count,
                       struct coverage_place lost[], uint32_t lost_max)
{
    uint32_t count = 0;
    assert(unit_count < COVERAGE_UNITS_MAX); /* or a full list could be lost unseen */
    for (uint32_t i = 0; i < engine->circle_count * TIER_COUNT && count < lost_max; i++) {
        if (is_lost(&engine->coverage->cells[i], unit_ids, unit_count)) {
            lost[count++] = (struct coverage_place){i / TIER_COUNT, (enum tier)(i % TIER_COUNT)};
        }
    }
    return count;
}

bool coverage_move(const struct engine *engine, struct coverage_place gap,
                   struct coverage_unit *move)
{
    assert(gap.circle < engine->circle_count);
    uint32_t kinds = kinds_of(engine, gap.tier);
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        if (state_policy(engine)->fix_age_ms[kind] == 0) { /* it stands where it is */
            kinds &= ~(1u << kind);
        }
    }
    struct coverage_unit units[MOVES_MAX];
    const uint32_t count = nearest(engine, engine->circles[gap.circle].at, kinds,
                                   state_policy(engine)->search_ms, units, MOVES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct coverage_place lost;
        if (coverage_lost(engine, &units[i].unit_id, 1, &lost, 1) == 0) {
            *move = units[i];
            return true;
        }
    }
    return false;
}

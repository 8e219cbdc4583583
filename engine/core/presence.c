#include "engine/core/presence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/duty.h"

#define TRACK_MS          15000     /* fixes farther apart are no track: the unit may be anywhere */
#define ROUND_THE_EARTH_M 20100000u /* half way: nobody is farther away */
#define HEADING_SPEED_KMH 8u

enum status presence_create(const struct engine *engine, struct presence **out)
{
    const uint32_t units_max = engine->config.limits.units_max;
    struct presence *presence = calloc(1, sizeof *presence);
    if (presence == NULL) {
        return STATUS_NO_MEMORY;
    }
    presence->fixes = calloc(units_max, sizeof *presence->fixes);
    presence->availability = calloc(units_max, sizeof *presence->availability);
    presence->kinds = calloc(units_max, sizeof *presence->kinds);
    presence->capabilities = calloc(units_max, sizeof *presence->capabilities);
    presence->areas = calloc(units_max, sizeof *presence->areas);
    if (presence->fixes == NULL || presence->availability == NULL || presence->kinds == NULL ||
        presence->capabilities == NULL || presence->areas == NULL ||
        timer_heap_init(&presence->expiry, units_max) != STATUS_OK) {
        presence_destroy(presence);
        return STATUS_NO_MEMORY;
    }
    if (engine->config.searches &&
        geo_fleet_create(engine->config.map, units_max, &presence->fleet) != GEO_OK) {
        presence_destroy(presence);
        return STATUS_NO_MEMORY;
    }
    *out = presence;
    return STATUS_OK;
}

void presence_destroy(struct presence *presence)
{
    if (presence == NULL) {
        return;
    }
    geo_fleet_destroy(presence->fleet);
    timer_heap_finish(&presence->expiry);
    free(presence->fixes);
    free(presence->availability);
    free(presence->kinds);
    free(presence->capabilities);
    free(presence->areas);
    free(presence);
}

void presence_clear(struct engine *engine)
{
    struct presence *presence = engine->presence;
    const uint32_t units_max = engine->config.limits.units_max;
    memset(presence->fixes, 0, units_max * sizeof *presence->fixes);
    memset(presence->availability, AVAILABILITY_COUNT, units_max);
    memset(presence->counts, 0, sizeof presence->counts);
    memset(presence->capable, 0, sizeof presence->capable);
    memset(presence->free_capable, 0, sizeof presence->free_capable);
    timer_heap_clear(&presence->expiry);
    for (uint32_t id = 0; presence->fleet != NULL && id < units_max; id++) {
        geo_fleet_link(presence->fleet, id, false);
        geo_fleet_forget(presence->fleet, id);
    }
}

/* Posts and stations stand still: their home is where they are until they say otherwise. */
static bool stands_still(const struct engine *engine, const struct unit *unit)
{
    return state_policy(engine)->fix_age_ms[unit->definition.kind] == 0;
}

static bool is_at_home(const struct engine *engine, uint32_t unit_id)
{
    const struct unit *unit = &engine->units[unit_id];
    return !engine->presence->fixes[unit_id].seen && unit->definition.has_home &&
           stands_still(engine, unit);
}

static enum availability availability_of(const struct engine *engine, uint32_t unit_id)
{
    const struct unit *unit = &engine->units[unit_id];
    const struct fix *fix = &engine->presence->fixes[unit_id];
    if (unit->duty == DUTY_OFF) {
        return AVAILABILITY_OFF_DUTY;
    }
    if (unit->duty == DUTY_OUT_OF_SERVICE) {
        return AVAILABILITY_OUT_OF_SERVICE;
    }
    if (unit->assignment != SLOT_NONE || unit->panic_incident != 0) { /* it needs help itself */
        return AVAILABILITY_ASSIGNED;
    }
    if (is_at_home(engine, unit_id)) {
        return AVAILABILITY_FREE;
    }
    if (!fix->seen) {
        return AVAILABILITY_NO_FIX;
    }
    return fix->is_stale && !stands_still(engine, unit) ? AVAILABILITY_STALE : AVAILABILITY_FREE;
}

static void count_bits(uint32_t counts[32], uint32_t bits, bool in)
{
    for (; bits != 0; bits &= bits - 1u) {
        const uint32_t bit = (uint32_t)__builtin_ctz(bits);
        assert(in || counts[bit] > 0);
        counts[bit] = in ? counts[bit] + 1 : counts[bit] - 1;
    }
}

/* What the unit is able to, into or out of the counts of its kind. */
static void count_capabilities(struct presence *presence, uint32_t unit_id, bool in)
{
    const uint32_t kind = presence->kinds[unit_id];
    const uint32_t bits = presence->capabilities[unit_id];
    count_bits(presence->capable[kind], bits, in);
    if (presence->availability[unit_id] == AVAILABILITY_FREE) {
        count_bits(presence->free_capable[kind], bits, in);
    }
}

void presence_refresh(const struct engine *engine, uint32_t unit_id)
{
    struct presence *presence = engine->presence;
    const enum availability now = availability_of(engine, unit_id);
    const uint8_t before = presence->availability[unit_id];
    const uint8_t kind = presence->kinds[unit_id];
    if (before == now) {
        return;
    }
    if (before != AVAILABILITY_COUNT) {
        assert(presence->counts[kind][before] > 0);
        presence->counts[kind][before]--;
    }
    if (before == AVAILABILITY_FREE || now == AVAILABILITY_FREE) {
        count_bits(presence->free_capable[kind], presence->capabilities[unit_id],
                   now == AVAILABILITY_FREE);
    }
    presence->version++;
    presence->counts[kind][now]++;
    presence->availability[unit_id] = (uint8_t)now;
    if (presence->fleet != NULL) {
        geo_fleet_link(presence->fleet, unit_id, now == AVAILABILITY_FREE);
    }
}

static uint32_t capabilities_of(const struct unit *unit)
{
    return unit->definition.capabilities | duty_capabilities(unit->sign_on.equipment);
}

static void define_flags(const struct engine *engine, uint32_t unit_id, uint32_t mark)
{
    const struct presence *presence = engine->presence;
    const enum unit_kind kind = (enum unit_kind)presence->kinds[unit_id];
    geo_fleet_define(presence->fleet, unit_id, policy_profile(engine->config.emergency_kinds, kind),
                     PRESENCE_KIND_FLAG(kind) | mark |
                         PRESENCE_CAPABILITY_FLAGS(presence->capabilities[unit_id]));
}

void presence_define(const struct engine *engine, uint32_t unit_id)
{
    struct presence *presence = engine->presence;
    const struct unit_definition *definition = &engine->units[unit_id].definition;
    const uint8_t before = presence->availability[unit_id];
    if (before != AVAILABILITY_COUNT) {
        presence->counts[presence->kinds[unit_id]][before]--;
        count_capabilities(presence, unit_id, false);
        presence->availability[unit_id] = AVAILABILITY_COUNT;
    }
    presence->version++;
    presence->kinds[unit_id] = (uint8_t)definition->kind;
    presence->capabilities[unit_id] = capabilities_of(&engine->units[unit_id]);
    presence->areas[unit_id] = definition->area;
    count_capabilities(presence, unit_id, true);
    if (presence->fleet != NULL) {
        geo_fleet_link(presence->fleet, unit_id, false);
        define_flags(engine, unit_id, 0);
        if (is_at_home(engine, unit_id)) {
            geo_fleet_move(presence->fleet, unit_id, definition->home);
        } else if (!presence->fixes[unit_id].seen) { /* or it is where it was seen */
            geo_fleet_forget(presence->fleet, unit_id);
        }
    }
    if (presence->fixes[unit_id].seen) { /* another kind trusts it for another time */
        presence->fixes[unit_id].is_stale = false;
        timer_heap_set(&presence->expiry, unit_id, unit_id, presence->fixes[unit_id].fix_ms);
    }
    presence_refresh(engine, unit_id);
}

void presence_sign_on(const struct engine *engine, uint32_t unit_id)
{
    struct presence *presence = engine->presence;
    const uint32_t capabilities = capabilities_of(&engine->units[unit_id]);
    if (presence->capabilities[unit_id] != capabilities) {
        count_capabilities(presence, unit_id, false);
        presence->capabilities[unit_id] = capabilities;
        count_capabilities(presence, unit_id, true);
        presence->version++;
        if (presence->fleet != NULL) {
            define_flags(engine, unit_id, 0);
        }
    }
    presence_refresh(engine, unit_id);
}

static int64_t expiry_ms(const struct engine *engine, uint32_t unit_id)
{
    const uint32_t age_ms = state_policy(engine)->fix_age_ms[engine->presence->kinds[unit_id]];
    return age_ms == 0 ? TIMER_OFF : engine->presence->fixes[unit_id].fix_ms + (int64_t)age_ms + 1;
}

/* Who stands has no heading, whatever the receiver goes on saying. */
static uint32_t heading_of(const struct observation *observation)
{
    const bool drives = observation->speed_kmh >= HEADING_SPEED_KMH &&
                        observation->speed_kmh != UINT16_MAX && observation->heading_deg < 360;
    return drives ? observation->heading_deg : GEO_HEADING_NONE;
}

enum status presence_observe(const struct engine *engine, const struct observation *observation)
{
    struct presence *presence = engine->presence;
    const uint32_t unit_id = observation->unit_id;
    if (unit_id >= engine->unit_count) {
        return STATUS_NOT_FOUND;
    }
    assert(geo_point_valid(observation->at));
    struct fix *fix = &presence->fixes[unit_id];
    /* A clock that runs ahead of ours must not make its fixes live longer. */
    const int64_t fix_ms =
        observation->fix_ms < observation->at_ms ? observation->fix_ms : observation->at_ms;
    if (fix->seen && fix_ms < fix->fix_ms) {
        return STATUS_STALE;
    }
    const bool follows = fix->seen && fix_ms - fix->fix_ms <= TRACK_MS;
    *fix = (struct fix){.seen = true,
                        .at = observation->at,
                        .fix_ms = fix_ms,
                        .heading_deg = observation->heading_deg,
                        .speed_kmh = observation->speed_kmh,
                        .accuracy_m = observation->accuracy_m};
    const int64_t expiry = expiry_ms(engine, unit_id);
    fix->is_stale = expiry <= observation->at_ms;
    /* An entry that is there is left as it is: the sweep looks again when it comes up. */
    if (!fix->is_stale && presence->expiry.positions[unit_id] == UINT32_MAX) {
        timer_heap_set(&presence->expiry, unit_id, unit_id, expiry);
    }
    if (presence->fleet != NULL) {
        const struct geo_fix track_fix = {observation->at, heading_of(observation)};
        geo_fleet_drive(presence->fleet, unit_id, &track_fix, follows);
        presence->version++;
    }
    presence_refresh(engine, unit_id);
    return STATUS_OK;
}

void presence_sweep(const struct engine *engine, int64_t now_ms)
{
    struct presence *presence = engine->presence;
    const struct timer_entry *top = timer_heap_top(&presence->expiry);
    while (top != NULL && top->due_ms <= now_ms) {
        const uint32_t unit_id = top->object;
        const int64_t expiry = expiry_ms(engine, unit_id);
        const bool is_over = expiry <= now_ms;
        timer_heap_set(&presence->expiry, unit_id, unit_id, is_over ? TIMER_OFF : expiry);
        if (is_over) {
            presence->fixes[unit_id].is_stale = true;
            presence_refresh(engine, unit_id);
        }
        top = timer_heap_top(&presence->expiry);
    }
}

void presence_hide(const struct engine *engine, uint32_t unit_id)
{
    geo_fleet_link(engine->presence->fleet, unit_id, false);
}

void presence_show(const struct engine *engine, uint32_t unit_id)
{
    geo_fleet_link(engine->presence->fleet, unit_id,
                   engine->presence->availability[unit_id] == AVAILABILITY_FREE);
}

bool presence_is_of(const struct engine *engine, uint32_t unit_id,
                    const uint32_t areas[AREA_KIND_COUNT])
{
    const uint32_t area = engine->presence->areas[unit_id];
    bool is_of = false;
    for (uint32_t i = 0; area != AREA_NONE && i < AREA_KIND_COUNT; i++) {
        is_of = is_of || areas[i] == area;
    }
    return is_of;
}

static uint32_t set_marks(const struct engine *engine, const uint32_t areas[AREA_KIND_COUNT],
                          uint32_t mark)
{
    const struct presence *presence = engine->presence;
    uint32_t count = 0;
    for (uint32_t id = 0; id < engine->unit_count; id++) {
        if (presence->areas[id] != AREA_NONE && presence_is_of(engine, id, areas) &&
            presence->availability[id] == AVAILABILITY_FREE) {
            define_flags(engine, id, mark);
            count++;
        }
    }
    return count;
}

uint32_t presence_mark(const struct engine *engine, const uint32_t areas[AREA_KIND_COUNT])
{
    return set_marks(engine, areas, PRESENCE_MARK_FLAG);
}

void presence_unmark(const struct engine *engine, const uint32_t areas[AREA_KIND_COUNT])
{
    (void)set_marks(engine, areas, 0);
}

static uint32_t set_named(const struct engine *engine, const uint32_t unit_ids[],
                          uint32_t unit_count, uint32_t mark)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < unit_count; i++) {
        if (engine->presence->availability[unit_ids[i]] == AVAILABILITY_FREE) {
            define_flags(engine, unit_ids[i], mark);
            count++;
        }
    }
    return count;
}

uint32_t presence_mark_named(const struct engine *engine, const uint32_t unit_ids[],
                             uint32_t unit_count)
{
    return set_named(engine, unit_ids, unit_count, PRESENCE_MARK_FLAG);
}

void presence_unmark_named(const struct engine *engine, const uint32_t unit_ids[],
                           uint32_t unit_count)
{
    (void)set_named(engine, unit_ids, unit_count, 0);
}

bool presence_position(const struct engine *engine, uint32_t unit_id, int64_t now_ms,
                       struct geo_point *at, uint32_t *fix_age_ms)
{
    const struct fix *fix = &engine->presence->fixes[unit_id];
    if (is_at_home(engine, unit_id)) {
        *at = engine->units[unit_id].definition.home;
        *fix_age_ms = 0;
        return true;
    }
    if (!fix->seen) {
        *at = (struct geo_point){0, 0};
        *fix_age_ms = FIX_AGE_NEVER;
        return false;
    }
    const int64_t age_ms = now_ms - fix->fix_ms;
    *at = fix->at;
    *fix_age_ms = age_ms <= 0 ? 0 : age_ms < FIX_AGE_NEVER ? (uint32_t)age_ms : FIX_AGE_NEVER - 1;
    return true;
}

uint32_t presence_bound_m(const struct engine *engine, enum unit_kind kind, uint32_t limit_ms)
{
    static const uint32_t speeds_mps[] = {[GEO_PROFILE_CAR] = 45,
                                          [GEO_PROFILE_MOTORCYCLE] = 45,
                                          [GEO_PROFILE_FOOT] = 4,
                                          [GEO_PROFILE_EMERGENCY] = 45};
    _Static_assert(sizeof speeds_mps / sizeof speeds_mps[0] == GEO_PROFILE_COUNT,
                   "every profile has its bound");
    const uint32_t speed_mps = speeds_mps[policy_profile(engine->config.emergency_kinds, kind)];
    const uint64_t bound_m = 100 + (uint64_t)limit_ms * speed_mps / 1000;
    return bound_m < ROUND_THE_EARTH_M ? (uint32_t)bound_m : ROUND_THE_EARTH_M;
}

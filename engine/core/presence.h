#ifndef ENGINE_CORE_PRESENCE_H
#define ENGINE_CORE_PRESENCE_H

#include "engine/core/state.h"

/* Where the units are and who of them can be sent right now.
 *
 * Positions are volatile: outside the digest, never journaled. A unit is linked in the fleet, and
 * so found by a road search, exactly while it is FREE. Counts by kind are kept as they change. */
enum availability {
    AVAILABILITY_FREE,
    AVAILABILITY_OFF_DUTY,
    AVAILABILITY_OUT_OF_SERVICE,
    AVAILABILITY_ASSIGNED,
    AVAILABILITY_NO_FIX,
    AVAILABILITY_STALE,
    AVAILABILITY_COUNT
};

#define FIX_AGE_NEVER UINT32_MAX

struct fix {
    bool seen;
    bool is_stale;
    struct geo_point at;
    int64_t fix_ms;
    uint16_t heading_deg, speed_kmh, accuracy_m;
};

struct presence {
    struct geo_fleet *fleet; /* NULL: a shadow */
    struct fix *fixes;
    uint8_t *availability;  /* AVAILABILITY_COUNT: not counted yet */
    uint8_t *kinds;         /* as counted */
    uint32_t *capabilities; /* of the roster, and of what it signed on with */
    uint32_t *areas;
    uint32_t counts[UNIT_KIND_COUNT][AVAILABILITY_COUNT];
    uint32_t capable[UNIT_KIND_COUNT][32];      /* how many of the kind have the bit, free or not */
    uint32_t free_capable[UNIT_KIND_COUNT][32]; /* and who of them is FREE */
    struct timer_heap expiry;                   /* of fixes, by unit */
    uint64_t version; /* +1 whenever somebody moves, or can be sent or not */
};

MUST_CHECK enum status presence_create(const struct engine *engine, struct presence **out);
void presence_destroy(struct presence *presence);
void presence_clear(struct engine *engine);

MUST_CHECK enum status presence_observe(const struct engine *engine,
                                        const struct observation *observation);

/* What the unit is has changed. */
void presence_define(const struct engine *engine, uint32_t unit_id);
/* Its duty, and with it perhaps what it is fit for, has changed. */
void presence_sign_on(const struct engine *engine, uint32_t unit_id);
/* Its duty or its assignment has changed. */
void presence_refresh(const struct engine *engine, uint32_t unit_id);
/* Fixes that are too old by now are trusted no longer. */
void presence_sweep(const struct engine *engine, int64_t now_ms);

/* Out of the road search and back, while one decision is made. */
void presence_hide(const struct engine *engine, uint32_t unit_id);
void presence_show(const struct engine *engine, uint32_t unit_id);

/* Mark the free units that belong to one of the areas for a road search that asks for the mark, and
 * take it away again, while one decision is made. Answers how many there are. */
uint32_t presence_mark(const struct engine *engine, const uint32_t areas[AREA_KIND_COUNT]);
void presence_unmark(const struct engine *engine, const uint32_t areas[AREA_KIND_COUNT]);
bool presence_is_of(const struct engine *engine, uint32_t unit_id,
                    const uint32_t areas[AREA_KIND_COUNT]);

/* The same of those that are named: who of them is free. */
uint32_t presence_mark_named(const struct engine *engine, const uint32_t unit_ids[],
                             uint32_t unit_count);
void presence_unmark_named(const struct engine *engine, const uint32_t unit_ids[],
                           uint32_t unit_count);

/* The last fix, or the home of what stands still. False: nobody knows. */
bool presence_position(const struct engine *engine, uint32_t unit_id, int64_t now_ms,
                       struct geo_point *at, uint32_t *fix_age_ms);

/* How far somebody of the kind gets in that time: a straight line at a speed that nobody exceeds. A
 * bound, not an estimate. */
uint32_t presence_bound_m(const struct engine *engine, enum unit_kind kind, uint32_t limit_ms);

/* The bits of the fleet by which a road search asks. */
#define PRESENCE_KIND_FLAG(kind)        (1u << (kind))
#define PRESENCE_MARK_FLAG              (1u << 7)
#define PRESENCE_CAPABILITY_FLAGS(bits) ((bits) << 8) /* 24 capabilities */
_Static_assert(UNIT_KIND_COUNT <= 7, "kinds and the mark take the low byte of the flags");

#endif

#include "engine/core/stay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* Half a minute of arc would do; this is 556 m of latitude, and as much or more of longitude. A
 * place with its edge is at most 1,050 m wide, so it touches three cells each way at most. */
#define CELL_E7      50000
#define CELLS_OF_MAX 9u
_Static_assert((STAY_RADIUS_MAX_M + STAY_EDGE_M) * 2u <= 2u * 555u, "three cells hold a place");

#define E7_PER_M 90 /* of latitude, rounded up */

struct stay {
    uint32_t place; /* NONE: the slot is free */
    int64_t arrived_ms, seen_ms;
    int64_t told_ms; /* TIME_NEVER: it has not been long enough yet */
};

struct entry {
    int32_t row, column;
    uint32_t place, next;
};

struct stay_watch {
    struct stay_place *places;
    uint32_t places_max, place_count;
    struct stay *stays; /* unit x STAYS_MAX */
    uint32_t units_max;
    struct entry *entries; /* places_max x CELLS_OF_MAX */
    uint32_t entry_count;
    uint32_t *heads; /* by hash of the cell: first entry, NONE */
    uint32_t heads_mask;
    bool is_stale; /* a place is new, or another */
};

enum status stay_create(uint32_t units_max, uint32_t places_max, struct stay_watch **out)
{
    assert(units_max > 0);
    assert(places_max > 0);
    struct stay_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL) {
        return STATUS_NO_MEMORY;
    }
    uint32_t heads = 16;
    while (heads < places_max * 2) {
        heads *= 2;
    }
    watch->units_max = units_max;
    watch->places_max = places_max;
    watch->heads_mask = heads - 1;
    watch->places = calloc(places_max, sizeof *watch->places);
    watch->stays = calloc((size_t)units_max * STAYS_MAX, sizeof *watch->stays);
    watch->entries = calloc((size_t)places_max * CELLS_OF_MAX, sizeof *watch->entries);
    watch->heads = calloc(heads, sizeof *watch->heads);
    if (watch->places == NULL || watch->stays == NULL || watch->entries == NULL ||
        watch->heads == NULL) {
        stay_destroy(watch);
        return STATUS_NO_MEMORY;
    }
    stay_clear(watch);
    *out = watch;
    return STATUS_OK;
}

void stay_destroy(struct stay_watch *watch)
{
    if (watch != NULL) {
        free(watch->places);
        free(watch->stays);
        free(watch->entries);
        free(watch->heads);
        free(watch);
    }
}

void stay_clear(struct stay_watch *watch)
{
    watch->place_count = 0;
    for (uint32_t i = 0; i < watch->units_max; i++) {
        stay_forget(watch, i);
    }
}

void stay_put(struct stay_watch *watch, uint32_t place, const struct stay_place *shape)
{
    assert(place <= watch->place_count);
    assert(place < watch->places_max);
    assert(geo_point_valid(shape->at));
    assert(shape->radius_m <= STAY_RADIUS_MAX_M);
    watch->places[place] = *shape;
    watch->place_count += place == watch->place_count ? 1 : 0;
    watch->is_stale = true;
}

void stay_forget(struct stay_watch *watch, uint32_t unit_id)
{
    assert(unit_id < watch->units_max);
    for (uint32_t i = 0; i < STAYS_MAX; i++) {
        watch->stays[unit_id * STAYS_MAX + i].place = NONE;
    }
}

/* ---- Cells ---- */

/* Counted from the south pole and the antimeridian; what lies a little beyond is in the first. */
#define POLE_E7 INT64_C(900000000)

static int32_t row_of(int64_t lat_e7)
{
    return (int32_t)((lat_e7 + POLE_E7) / CELL_E7);
}

static int32_t column_of(int64_t lon_e7, int64_t width)
{
    return (int32_t)((lon_e7 + 2 * POLE_E7) / width);
}

/* How wide a row's cells are, in ten-millionths of a degree: as many metres as they are high, where
 * the row is narrowest. Close to a pole one cell goes round the earth. */
static int64_t width_of(int32_t row)
{
    const int64_t south = (int64_t)row * CELL_E7 - POLE_E7;
    const int64_t far = south >= 0 ? south + CELL_E7 : south;
    const int32_t lat_e7 = (int32_t)(far < POLE_E7 ? far : POLE_E7);
    const double cosine = geo_origin_of((struct geo_point){lat_e7, 0}).cos_lat;
    return cosine < 1e-4 ? 3600000001 : (int64_t)(CELL_E7 / cosine) + 1;
}

static uint32_t head_of(const struct stay_watch *watch, int32_t row, int32_t column)
{
    const uint64_t key = (uint64_t)(uint32_t)row << 32 | (uint32_t)column;
    return (uint32_t)(key * 0x9E3779B97F4A7C15u >> 40) & watch->heads_mask;
}

static void enter(struct stay_watch *watch, uint32_t place, int32_t row, int32_t column)
{
    assert(watch->entry_count < watch->places_max * CELLS_OF_MAX);
    const uint32_t head = head_of(watch, row, column);
    watch->entries[watch->entry_count] = (struct entry){row, column, place, watch->heads[head]};
    watch->heads[head] = watch->entry_count;
    watch->entry_count++;
}

static void enter_place(struct stay_watch *watch, uint32_t place)
{
    const struct stay_place *shape = &watch->places[place];
    if (shape->radius_m == 0) {
        return;
    }
    const int64_t half = ((int64_t)shape->radius_m + STAY_EDGE_M) * E7_PER_M;
    const int32_t last_row = row_of(shape->at.lat_e7 + half);
    for (int32_t row = row_of(shape->at.lat_e7 - half); row <= last_row; row++) {
        const int64_t width = width_of(row);
        const int64_t reach = half * width / CELL_E7 + 1;
        const int32_t last = column_of(shape->at.lon_e7 + reach, width);
        for (int32_t column = column_of(shape->at.lon_e7 - reach, width); column <= last;
             column++) {
            enter(watch, place, row, column);
        }
    }
}

static void lay_out(struct stay_watch *watch)
{
    memset(watch->heads, 0xFF, ((size_t)watch->heads_mask + 1) * sizeof *watch->heads);
    watch->entry_count = 0;
    for (uint32_t i = watch->place_count; i > 0; i--) { /* chains are read from their last */
        enter_place(watch, i - 1);
    }
    watch->is_stale = false;
}

/* ---- Stays ---- */

/* Who is inside stays on; who left, or was silent for too long, is out. */
static void go_on(struct stay_watch *watch, struct stay *stay, struct geo_point at, int64_t fix_ms)
{
    const struct stay_place *place = &watch->places[stay->place];
    const uint32_t distance_m = geo_distance_m(at, place->at);
    if (fix_ms - stay->seen_ms > STAY_SILENCE_MS || distance_m > place->radius_m + STAY_EDGE_M) {
        stay->place = NONE;
    } else if (distance_m <= place->radius_m) {
        stay->seen_ms = fix_ms;
    }
}

/* NULL: it stays in as many as are counted, or here already. */
static struct stay *slot_for(struct stay *stays, uint32_t place)
{
    struct stay *slot = NULL;
    for (uint32_t i = STAYS_MAX; i > 0; i--) {
        if (stays[i - 1].place == place) {
            return NULL;
        }
        slot = stays[i - 1].place == NONE ? &stays[i - 1] : slot;
    }
    return slot;
}

static void arrive(struct stay_watch *watch, struct stay *stays, struct geo_point at,
                   int64_t fix_ms)
{
    const int32_t row = row_of(at.lat_e7);
    const int32_t column = column_of(at.lon_e7, width_of(row));
    uint32_t i = watch->heads[head_of(watch, row, column)];
    for (; i != NONE; i = watch->entries[i].next) {
        const struct entry *entry = &watch->entries[i];
        const bool is_here = entry->row == row && entry->column == column;
        if (!is_here || geo_distance_m(at, watch->places[entry->place].at) >
                            watch->places[entry->place].radius_m) {
            continue;
        }
        struct stay *slot = slot_for(stays, entry->place);
        if (slot != NULL) {
            *slot = (struct stay){.place = entry->place,
                                  .arrived_ms = fix_ms,
                                  .seen_ms = fix_ms,
                                  .told_ms = TIME_NEVER};
        }
    }
}

static bool is_due(const struct stay_watch *watch, const struct stay *stay)
{
    const struct stay_place *place = &watch->places[stay->place];
    if (stay->told_ms == TIME_NEVER) {
        return stay->seen_ms - stay->arrived_ms >= (int64_t)place->stay_ms;
    }
    return place->again_ms > 0 && stay->seen_ms - stay->told_ms >= (int64_t)place->again_ms;
}

uint32_t stay_see(struct stay_watch *watch, uint32_t unit_id, struct geo_point at, int64_t fix_ms,
                  struct stay_visit visits[], uint32_t visits_max)
{
    assert(unit_id < watch->units_max);
    assert(geo_point_valid(at));
    if (watch->place_count == 0) {
        return 0;
    }
    if (watch->is_stale) {
        lay_out(watch);
    }
    struct stay *stays = &watch->stays[(size_t)unit_id * STAYS_MAX];
    for (uint32_t i = 0; i < STAYS_MAX; i++) {
        if (stays[i].place != NONE) {
            go_on(watch, &stays[i], at, fix_ms);
        }
    }
    arrive(watch, stays, at, fix_ms);
    uint32_t count = 0;
    for (uint32_t i = 0; i < STAYS_MAX && count < visits_max; i++) {
        if (stays[i].place != NONE && is_due(watch, &stays[i])) {
            visits[count++] = (struct stay_visit){.place = stays[i].place,
                                                  .unit_id = unit_id,
                                                  .arrived_ms = stays[i].arrived_ms,
                                                  .seen_ms = stays[i].seen_ms};
            stays[i].told_ms = stays[i].seen_ms;
        }
    }
    return count;
}

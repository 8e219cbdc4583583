#include "geo/geo_learn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_between.h"

#define PERCENTS (GEO_LEARN_PERCENT_MAX + 1u)

/* Where a unit was last, and what it has driven since its last stretch was whole. */
struct drive {
    bool known;
    uint8_t kind;       /* enum geo_learn_drive */
    uint8_t road_class; /* of what was driven; valid while length_cm > 0 */
    uint8_t hour;       /* when that began */
    uint32_t length_cm, map_ms, driven_ms;
    uint32_t stood_ms;
    int64_t fix_ms;
    struct geo_place place;
};

struct geo_learn {
    const struct geo_map *map;
    uint32_t units_max;
    struct drive *drives;
    uint32_t *totals; /* a cell */
    uint16_t *counts; /* a cell's percents */
};

#define CELLS (GEO_LEARN_COUNTS / PERCENTS)

enum geo_status geo_learn_create(const struct geo_map *map, uint32_t units_max,
                                 struct geo_learn **out)
{
    assert(map != NULL);
    assert(out != NULL);

    *out = NULL;
    struct geo_learn *learn = calloc(1, sizeof *learn);
    if (learn == NULL) {
        return GEO_NO_MEMORY;
    }
    learn->map = map;
    learn->units_max = units_max;
    learn->drives = calloc((size_t)units_max + 1u, sizeof *learn->drives);
    learn->totals = calloc(CELLS, sizeof *learn->totals);
    learn->counts = calloc((size_t)GEO_LEARN_COUNTS, sizeof *learn->counts);
    if (learn->drives == NULL || learn->totals == NULL || learn->counts == NULL) {
        geo_learn_destroy(learn);
        return GEO_NO_MEMORY;
    }
    *out = learn;
    return GEO_OK;
}

void geo_learn_destroy(struct geo_learn *learn)
{
    if (learn == NULL) {
        return;
    }
    free(learn->drives);
    free(learn->totals);
    free(learn->counts);
    free(learn);
}

static uint32_t cell_index(const struct geo_learn_cell *cell)
{
    assert(cell->vehicle < GEO_LEARN_VEHICLE_COUNT);
    assert(cell->drive < GEO_LEARN_DRIVE_COUNT);
    assert(cell->road_class < GEO_LEARN_CLASS_COUNT);
    assert(cell->hour < GEO_LEARN_HOURS);
    const uint32_t kind = (uint32_t)cell->vehicle * GEO_LEARN_DRIVE_COUNT + (uint32_t)cell->drive;
    return (kind * GEO_LEARN_CLASS_COUNT + cell->road_class) * GEO_LEARN_HOURS + cell->hour;
}

static void fade(struct geo_learn *learn, uint32_t cell)
{
    uint16_t *counts = &learn->counts[(size_t)cell * PERCENTS];
    learn->totals[cell] = 0;
    for (uint32_t i = 0; i < PERCENTS; i++) {
        counts[i] /= 2;
        learn->totals[cell] += counts[i];
    }
}

static void count_stretch(struct geo_learn *learn, enum geo_learn_vehicle vehicle,
                          const struct drive *drive)
{
    const struct geo_learn_cell cell = {.vehicle = vehicle,
                                        .drive = (enum geo_learn_drive)drive->kind,
                                        .road_class = drive->road_class,
                                        .hour = drive->hour};
    const uint32_t index = cell_index(&cell);
    const uint64_t percent =
        ((uint64_t)drive->map_ms * 100u + drive->driven_ms / 2u) / drive->driven_ms;
    const uint32_t bounded =
        percent < GEO_LEARN_PERCENT_MAX ? (uint32_t)percent : GEO_LEARN_PERCENT_MAX;
    if (learn->totals[index] >= GEO_LEARN_CELL_MAX) {
        fade(learn, index);
    }
    learn->counts[index * PERCENTS + bounded]++;
    learn->totals[index]++;
}

/* From here on nothing is driven yet. */
static void start(struct drive *drive, const struct geo_learn_fix *fix)
{
    *drive = (struct drive){.known = true,
                            .kind = (uint8_t)fix->drive,
                            .hour = (uint8_t)fix->hour,
                            .fix_ms = fix->fix_ms,
                            .place = fix->place};
}

/* What was driven from the last fix to this one is one piece more of the stretch. */
static void drive_on(struct geo_learn *learn, struct drive *drive, const struct geo_learn_fix *fix,
                     enum geo_learn_vehicle vehicle)
{
    const uint32_t driven_ms = (uint32_t)(fix->fix_ms - drive->fix_ms);
    struct geo_between between;
    if (geo_between_find(learn->map, fix->profile, drive->place, fix->place, &between) != GEO_OK ||
        between.road_class >= GEO_LEARN_CLASS_COUNT ||
        (drive->length_cm > 0 && between.road_class != drive->road_class)) {
        start(drive, fix);
        return;
    }
    drive->stood_ms = between.length_cm < GEO_LEARN_STAND_CM ? drive->stood_ms + driven_ms : 0;
    if (drive->stood_ms > GEO_LEARN_STAND_MS) {
        start(drive, fix);
        drive->stood_ms = GEO_LEARN_STAND_MS; /* goes on standing */
        return;
    }
    drive->length_cm += between.length_cm;
    drive->map_ms += between.travel_ms;
    drive->driven_ms += driven_ms;
    drive->road_class = (uint8_t)between.road_class;
    drive->fix_ms = fix->fix_ms;
    drive->place = fix->place;
    if (drive->length_cm >= GEO_LEARN_STRETCH_CM) {
        count_stretch(learn, vehicle, drive);
        start(drive, fix);
    }
}

void geo_learn_see(struct geo_learn *learn, const struct geo_learn_fix *fix)
{
    assert(learn != NULL);
    assert(fix->unit_id < learn->units_max);
    assert(fix->hour < GEO_LEARN_HOURS);

    struct drive *drive = &learn->drives[fix->unit_id];
    if (fix->drive == GEO_LEARN_DRIVE_COUNT || fix->place.edge == UINT32_MAX ||
        fix->profile == GEO_PROFILE_FOOT) {
        drive->known = false;
    } else if (!drive->known || drive->kind != fix->drive || fix->fix_ms < drive->fix_ms ||
               fix->fix_ms - drive->fix_ms > GEO_LEARN_GAP_MS) {
        start(drive, fix);
    } else if (fix->fix_ms > drive->fix_ms) {
        drive_on(learn, drive, fix,
                 fix->profile == GEO_PROFILE_MOTORCYCLE ? GEO_LEARN_MOTORCYCLE : GEO_LEARN_CAR);
    }
}

uint32_t geo_learn_count(const struct geo_learn *learn, const struct geo_learn_cell *cell)
{
    return learn->totals[cell_index(cell)];
}

uint32_t geo_learn_percent(const struct geo_learn *learn, const struct geo_learn_cell *cell,
                           uint32_t per_mille)
{
    assert(per_mille <= 1000);
    const uint32_t index = cell_index(cell);
    const uint16_t *counts = &learn->counts[(size_t)index * PERCENTS];
    const uint64_t wanted = ((uint64_t)learn->totals[index] * per_mille + 999u) / 1000u;
    uint64_t seen = 0;
    for (uint32_t percent = 0; percent < PERCENTS; percent++) {
        seen += counts[percent];
        if (seen > 0 && seen >= wanted) {
            return percent;
        }
    }
    return 0;
}

const uint16_t *geo_learn_counts(const struct geo_learn *learn)
{
    return learn->counts;
}

void geo_learn_put_counts(struct geo_learn *learn, const uint16_t counts[])
{
    memcpy(learn->counts, counts, (size_t)GEO_LEARN_COUNTS * sizeof counts[0]);
    for (uint32_t cell = 0; cell < CELLS; cell++) {
        learn->totals[cell] = 0;
        for (uint32_t i = 0; i < PERCENTS; i++) {
            learn->totals[cell] += learn->counts[cell * PERCENTS + i];
        }
        while (learn->totals[cell] > GEO_LEARN_CELL_MAX) {
            fade(learn, cell);
        }
    }
}

uint32_t geo_learn_map_kmh(const struct geo_map *map, enum geo_learn_vehicle vehicle,
                           uint32_t road_class)
{
    const enum geo_profile profile =
        vehicle == GEO_LEARN_MOTORCYCLE ? GEO_PROFILE_MOTORCYCLE : GEO_PROFILE_CAR;
    uint64_t length_cm = 0;
    uint64_t travel_ms = 0;
    for (uint32_t i = 0; i < map->edge_count; i++) {
        const struct geo_edge *edge = &map->edges[i];
        const uint32_t times[2] = {edge->forward_ms[profile], edge->backward_ms[profile]};
        for (uint32_t way = 0; way < 2 && edge->road_class == road_class; way++) {
            if (times[way] != GEO_TRAVEL_NEVER) {
                length_cm += edge->length_cm;
                travel_ms += times[way];
            }
        }
    }
    return travel_ms == 0 ? 0 : (uint32_t)((length_cm * 36u + travel_ms / 2u) / travel_ms);
}

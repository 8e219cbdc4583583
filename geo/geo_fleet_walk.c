/* Straight-line questions to a fleet: the grid in rings around a place. */
#include <assert.h>
#include <math.h>

#include "geo/geo_fleet_inside.h"
#include "geo/geo_plane.h"

static const double rad_per_e7 = 1.7453292519943295e-9;
static const double half_pi = 1.5707963267948966;
static const double earth_radius_cm = 637100880.0;
static const double safety = 0.999999; /* a bound may be short, never long */

#define FLAT_GAP_E7 500000 /* 0.05 degrees: a sine is its angle to within 1.3e-7 */

struct geo_fleet_walk geo_fleet_walk_start(const struct geo_fleet *fleet, struct geo_point at)
{
    assert(fleet != NULL);
    assert(geo_point_valid(at));

    struct geo_fleet_walk walk;
    walk.fleet = fleet;
    walk.at = at;
    walk.cos_lat = 1.0;
    walk.row = walk.column = 0;
    walk.cell_row = walk.cell_column = 0;
    walk.ring = walk.ring_max = 0;
    walk.gap_cm = UINT64_MAX;
    walk.ahead_index = walk.ahead_count = 0;
    walk.block = GEO_FLEET_NONE;
    if (fleet->seen_count == 0) {
        return walk;
    }
    const int64_t lat = at.lat_e7 < 0 ? -(int64_t)at.lat_e7 : at.lat_e7;
    walk.cos_lat = geo_sin(half_pi - (double)lat * rad_per_e7);
    const int64_t row_last = (int64_t)fleet->rows - 1;
    const int64_t column_last = (int64_t)fleet->columns - 1;
    int64_t row = ((int64_t)at.lat_e7 - fleet->corner.lat_e7) >> fleet->lat_shift;
    int64_t column = ((int64_t)at.lon_e7 - fleet->corner.lon_e7) >> fleet->lon_shift;
    row = row < 0 ? 0 : row > row_last ? row_last : row;
    column = column < 0 ? 0 : column > column_last ? column_last : column;
    const int64_t row_max = row > row_last - row ? row : row_last - row;
    const int64_t column_max = column > column_last - column ? column : column_last - column;
    walk.row = row;
    walk.column = column;
    walk.ring_max = row_max > column_max ? row_max : column_max;
    walk.ring_max = walk.ring_max < 1 ? 1 : walk.ring_max;
    return walk;
}

/* At least how far it is to a parallel `gap_e7` away; nothing is nearer than along the meridian. */
static uint64_t lat_gap_cm(int64_t gap_e7)
{
    if (gap_e7 <= 0) {
        return 0;
    }
    return (uint64_t)((double)gap_e7 * rad_per_e7 * earth_radius_cm * safety);
}

/* At least how far it is to a meridian `gap_e7` away, the shorter way round the earth. */
static uint64_t lon_gap_cm(double cos_lat, int64_t gap_e7)
{
    if (gap_e7 <= 0) {
        return 0;
    }
    if (gap_e7 <= FLAT_GAP_E7) {
        return (uint64_t)((double)gap_e7 * rad_per_e7 * cos_lat * earth_radius_cm * safety);
    }
    const double angle = gap_e7 > 900000000 ? half_pi : (double)gap_e7 * rad_per_e7;
    const double sine = cos_lat * geo_sin(angle) * safety;
    return (uint64_t)(geo_asin(sine < 0.0 ? 0.0 : sine) * earth_radius_cm * safety);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* At least how far it is to whatever lies past the walked square. */
static uint64_t past_square_cm(const struct geo_fleet_walk *walk)
{
    const struct geo_fleet *fleet = walk->fleet;
    const int64_t lat = (int64_t)walk->at.lat_e7 - fleet->corner.lat_e7;
    const int64_t lon = (int64_t)walk->at.lon_e7 - fleet->corner.lon_e7;
    const int64_t lat_cell = INT64_C(1) << fleet->lat_shift;
    const int64_t lon_cell = INT64_C(1) << fleet->lon_shift;
    uint64_t gap_cm = UINT64_MAX;
    if (walk->row - walk->ring > 0) {
        gap_cm = smaller(gap_cm, lat_gap_cm(lat - (walk->row - walk->ring) * lat_cell));
    }
    if (walk->row + walk->ring < (int64_t)fleet->rows - 1) {
        gap_cm = smaller(gap_cm, lat_gap_cm((walk->row + walk->ring + 1) * lat_cell - lat));
    }
    /* A unit past one side may be nearer across the antimeridian than it looks. */
    const int64_t round_west = INT64_C(1800000000) - walk->at.lon_e7;
    const int64_t round_east = INT64_C(1800000000) + walk->at.lon_e7;
    if (walk->column - walk->ring > 0) {
        const int64_t gap = lon - (walk->column - walk->ring) * lon_cell;
        gap_cm = smaller(gap_cm, lon_gap_cm(walk->cos_lat, gap < round_west ? gap : round_west));
    }
    if (walk->column + walk->ring < (int64_t)fleet->columns - 1) {
        const int64_t gap = (walk->column + walk->ring + 1) * lon_cell - lon;
        gap_cm = smaller(gap_cm, lon_gap_cm(walk->cos_lat, gap < round_east ? gap : round_east));
    }
    return gap_cm;
}

bool geo_fleet_walk_next(struct geo_fleet_walk *walk)
{
    if (walk->ring >= walk->ring_max) {
        return false;
    }
    walk->ring++;
    walk->gap_cm = past_square_cm(walk);
    walk->cell_row = walk->row - walk->ring;
    walk->cell_column = walk->column - walk->ring;
    assert(walk->block == GEO_FLEET_NONE); /* the ring before was read to its end */
    return true;
}

/* The first block of the cell where the walk is, and on to the next cell of the ring: whole rows
 * at the top and the bottom, both ends of those between. The first ring is a whole square. */
static uint32_t take_cell(struct geo_fleet_walk *walk)
{
    const struct geo_fleet *fleet = walk->fleet;
    const int64_t row = walk->cell_row;
    const int64_t column = walk->cell_column;
    const bool whole_row =
        walk->ring == 1 || row == walk->row - walk->ring || row == walk->row + walk->ring;
    walk->cell_column += whole_row ? 1 : 2 * walk->ring;
    if (walk->cell_column > walk->column + walk->ring) {
        walk->cell_column = walk->column - walk->ring;
        walk->cell_row++;
    }
    if (row < 0 || row >= fleet->rows || column < 0 || column >= fleet->columns) {
        return GEO_FLEET_NONE;
    }
    return fleet->cell_first[row * fleet->columns + column];
}

static void look_ahead(struct geo_fleet_walk *walk)
{
    walk->ahead_index = 0;
    walk->ahead_count = 0;
    while (walk->ahead_count < GEO_FLEET_WALK_AHEAD && walk->cell_row <= walk->row + walk->ring) {
        const uint32_t block = take_cell(walk);
        if (block != GEO_FLEET_NONE) {
            __builtin_prefetch(&walk->fleet->blocks[block]);
            walk->ahead[walk->ahead_count++] = block;
        }
    }
}

const struct geo_fleet_block *geo_fleet_walk_block(struct geo_fleet_walk *walk)
{
    uint32_t block = walk->block;
    if (block == GEO_FLEET_NONE) {
        if (walk->ahead_index == walk->ahead_count) {
            look_ahead(walk);
        }
        if (walk->ahead_count == 0) {
            return NULL;
        }
        block = walk->ahead[walk->ahead_index++];
    }
    walk->block = walk->fleet->blocks[block].next;
    return &walk->fleet->blocks[block];
}

/* Keep the hits sorted by (distance, id), hits_max of them. */
static uint32_t keep_hit(struct geo_fleet_hit hits[], uint32_t count, uint32_t hits_max,
                         struct geo_fleet_hit hit)
{
    uint32_t slot = count;
    while (slot > 0 && (hits[slot - 1].distance_m > hit.distance_m ||
                        (hits[slot - 1].distance_m == hit.distance_m &&
                         hits[slot - 1].unit_id > hit.unit_id))) {
        if (slot < hits_max) {
            hits[slot] = hits[slot - 1];
        }
        slot--;
    }
    if (slot == hits_max) {
        return count;
    }
    hits[slot] = hit;
    return count < hits_max ? count + 1 : count;
}

/* On the sphere, unit by unit: anywhere on earth, any number of hits. */
static uint32_t around_on_sphere(const struct geo_fleet *fleet, struct geo_point at,
                                 struct geo_fleet_hit hits[], uint32_t hits_max)
{
    uint32_t count = 0;
    const struct geo_origin origin = geo_origin_of(at);
    struct geo_fleet_walk walk = geo_fleet_walk_start(fleet, at);
    while (geo_fleet_walk_next(&walk)) {
        const struct geo_fleet_block *block = geo_fleet_walk_block(&walk);
        for (; block != NULL; block = geo_fleet_walk_block(&walk)) {
            for (uint32_t i = 0; i < block->count; i++) {
                const struct geo_point seen = {block->lat_e7[i], block->lon_e7[i]};
                const struct geo_fleet_hit hit = {block->unit_ids[i],
                                                  geo_origin_distance_m(&origin, seen)};
                count = keep_hit(hits, count, hits_max, hit);
            }
        }
        /* Rounded to metres, what comes later is at least gap_cm / 100. */
        if (count == hits_max && walk.gap_cm / 100u > hits[count - 1].distance_m) {
            break;
        }
    }
    return count;
}

/* Within a city the earth is flat to within FLAT_ERROR, so who may be among the nearest is found
 * with four multiplications a unit, and only those few are measured on the sphere. In units of
 * 1e-7 degree of latitude. */
#define FLAT_HITS_MAX   96u
#define FLAT_UNITS_MAX  192u
#define FLAT_REACH      2200000.0f /* 24 km: the cosine of the latitude differs by 0.66 % at 60 */
#define FLAT_ERROR      0.004f     /* half of that, the cosine being under a root, and rounding */
#define FLAT_METRE      90.0f      /* a unit is 1.112 cm; distances are rounded to metres */
#define FLAT_UNITS_A_CM 0.8993f    /* rounded down */

struct flat_search {
    struct geo_point at;
    float cos_lat;
    uint32_t hits_max;
    uint32_t best_count;
    float best[FLAT_HITS_MAX]; /* squares of the nearest, sorted */
    float limit;               /* square: past it nobody is among the hits */
    uint32_t count;
    struct flat_unit {
        float square;
        uint32_t unit_id;
        struct geo_point seen;
    } units[FLAT_UNITS_MAX];
};

/* Nobody whose distance, rounded, is at most that of the last of the best is past this. */
static float flat_limit(const struct flat_search *search)
{
    if (search->best_count < search->hits_max) {
        return INFINITY;
    }
    const float worst = sqrtf(search->best[search->best_count - 1]) * (1.0f + FLAT_ERROR);
    const float limit = (worst + FLAT_METRE) / (1.0f - FLAT_ERROR);
    return limit * limit;
}

/* False: there is no room, since too many are about as far. */
static bool flat_keep(struct flat_search *search, struct flat_unit unit)
{
    if (search->count == FLAT_UNITS_MAX) {
        search->count = 0;
        for (uint32_t i = 0; i < FLAT_UNITS_MAX; i++) {
            if (search->units[i].square <= search->limit) {
                search->units[search->count++] = search->units[i];
            }
        }
        if (search->count == FLAT_UNITS_MAX) {
            return false;
        }
    }
    search->units[search->count++] = unit;

    uint32_t slot = search->best_count;
    for (; slot > 0 && search->best[slot - 1] > unit.square; slot--) {
        if (slot < search->hits_max) {
            search->best[slot] = search->best[slot - 1];
        }
    }
    if (slot < search->hits_max) {
        search->best[slot] = unit.square;
        search->best_count += search->best_count < search->hits_max ? 1 : 0;
        search->limit = flat_limit(search);
    }
    return true;
}

/* Four at a time, for the machine's vector unit; what lies in unused places is not looked at. */
static bool flat_keep_block(struct flat_search *search, const struct geo_fleet_block *block)
{
    float squares[GEO_FLEET_BLOCK_UNITS];
    const uint32_t lat = (uint32_t)search->at.lat_e7;
    const uint32_t lon = (uint32_t)search->at.lon_e7;
    for (uint32_t i = 0; i < GEO_FLEET_BLOCK_UNITS; i++) {
        const float y = (float)(int32_t)((uint32_t)block->lat_e7[i] - lat);
        const float x = (float)(int32_t)((uint32_t)block->lon_e7[i] - lon) * search->cos_lat;
        squares[i] = y * y + x * x;
    }
    bool kept = true;
    for (uint32_t i = 0; i < block->count && kept; i++) {
        if (squares[i] <= search->limit) {
            kept = flat_keep(search, (struct flat_unit){squares[i],
                                                        block->unit_ids[i],
                                                        {block->lat_e7[i], block->lon_e7[i]}});
        }
    }
    return kept;
}

/* False: flat arithmetic cannot answer this, as too few are near or too many at one distance. */
static bool flat_walk(struct flat_search *search, const struct geo_fleet *fleet)
{
    struct geo_fleet_walk walk = geo_fleet_walk_start(fleet, search->at);
    search->cos_lat = (float)walk.cos_lat;
    while (geo_fleet_walk_next(&walk)) {
        const struct geo_fleet_block *block = geo_fleet_walk_block(&walk);
        for (; block != NULL; block = geo_fleet_walk_block(&walk)) {
            if (!flat_keep_block(search, block)) {
                return false;
            }
        }
        const float gap = (float)walk.gap_cm * FLAT_UNITS_A_CM;
        if (gap * gap > search->limit) {
            return search->limit < FLAT_REACH * FLAT_REACH;
        }
        if (gap > FLAT_REACH) {
            return false;
        }
    }
    return search->limit < FLAT_REACH * FLAT_REACH;
}

uint32_t geo_fleet_around(const struct geo_fleet *fleet, struct geo_point at,
                          struct geo_fleet_hit hits[], uint32_t hits_max)
{
    assert(fleet != NULL);
    assert(geo_point_valid(at));

    if (hits_max == 0 || fleet->seen_count == 0) {
        return 0;
    }
    struct flat_search search;
    search.at = at;
    search.hits_max = hits_max;
    search.best_count = 0;
    search.limit = INFINITY;
    search.count = 0;
    const bool flat =
        !fleet->spread && hits_max <= FLAT_HITS_MAX && geo_fleet_grid_is_near(fleet, at);
    if (!flat || !flat_walk(&search, fleet)) {
        return around_on_sphere(fleet, at, hits, hits_max);
    }
    uint32_t count = 0;
    const struct geo_origin origin = geo_origin_of(at);
    for (uint32_t i = 0; i < search.count; i++) {
        if (search.units[i].square <= search.limit) {
            const struct geo_fleet_hit hit = {search.units[i].unit_id,
                                              geo_origin_distance_m(&origin, search.units[i].seen)};
            count = keep_hit(hits, count, hits_max, hit);
        }
    }
    assert(count == hits_max);
    return count;
}

#define WITHIN_E7_A_METRE                                                                          \
    90 /* of latitude, rounded up: whoever is farther north is farther away                        \
        */

struct within {
    struct geo_origin origin;
    int32_t lat_e7, gap_e7;
    uint32_t distance_m; /* of the last hit, once there are hits_max */
    struct geo_fleet_filter filter;
    struct geo_fleet_hit *hits;
    uint32_t count, hits_max;
};

static void within_keep_block(struct within *within, const struct geo_fleet_block *block)
{
    for (uint32_t i = 0; i < block->count; i++) {
        const int64_t north_e7 = (int64_t)block->lat_e7[i] - within->lat_e7;
        if (north_e7 > within->gap_e7 || -north_e7 > within->gap_e7) {
            continue;
        }
        const struct geo_point seen = {block->lat_e7[i], block->lon_e7[i]};
        const struct geo_fleet_hit hit = {block->unit_ids[i],
                                          geo_origin_distance_m(&within->origin, seen)};
        const struct geo_fleet_filter *filter = &within->filter;
        if (hit.distance_m > within->distance_m ||
            (filter->wants != NULL && !filter->wants(filter->context, hit.unit_id))) {
            continue;
        }
        within->count = keep_hit(within->hits, within->count, within->hits_max, hit);
        if (within->count == within->hits_max) {
            within->distance_m = within->hits[within->count - 1].distance_m;
        }
    }
}

uint32_t geo_fleet_within(const struct geo_fleet *fleet, struct geo_point at, uint32_t distance_m,
                          struct geo_fleet_filter filter, struct geo_fleet_hit hits[],
                          uint32_t hits_max)
{
    assert(fleet != NULL);
    assert(geo_point_valid(at));
    assert(hits_max > 0);
    assert(distance_m < 23000000u); /* half way round is 20,015 km, and int32_t holds this in e7 */

    struct within within = {.origin = geo_origin_of(at),
                            .lat_e7 = at.lat_e7,
                            .gap_e7 = ((int32_t)distance_m + 1) * WITHIN_E7_A_METRE,
                            .distance_m = distance_m,
                            .filter = filter,
                            .hits = hits,
                            .hits_max = hits_max};
    struct geo_fleet_walk walk = geo_fleet_walk_start(fleet, at);
    while (geo_fleet_walk_next(&walk)) {
        const struct geo_fleet_block *block = geo_fleet_walk_block(&walk);
        for (; block != NULL; block = geo_fleet_walk_block(&walk)) {
            within_keep_block(&within, block);
        }
        if (walk.gap_cm / 100u > within.distance_m) {
            break;
        }
    }
    return within.count;
}

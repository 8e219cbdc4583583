/* Snap: from a position to the nearest piece of road, and back to a position. */
#include <assert.h>

#include "geo/geo_map.h"
#include "geo/geo_plane.h"

#define WHOLE_E6       1000000u
#define RING_MAX       64                  /* 300 m at the smallest cell a map may have is 28 */
#define LINE_UNITS_MAX (UINT64_C(1) << 40) /* 12,000 km: times WHOLE_E6 still fits */

/* What speaks against a road, in units of distance (90 to the metre). Carriageways lie 8 to 30 m
 * apart and a fix is 5 to 10 m off, so a road against the heading must be worth some 60 m, one that
 * does not follow from the last some 30 m. */
#define AGAINST_UNITS 5400  /* against the heading; across it half, 20 degrees off it 3 % */
#define APART_UNITS   2700  /* no way there from the last road */
#define LEVEL_UNITS   1350  /* and on another level; or, with no track, in a tunnel */
#define LINK_MS       4000u /* roads between the last and this one: those of a crossing */
#define LINK_HOPS     3u
#define LINK_NODES    48u /* looked at to find them */
#define SLACK_UNITS   4u
#define HEADING_Q14   16384 /* one, as the length of a heading */

/* The best so far: the least cost, then the nearest, then by edge and piece. */
struct nearest_piece {
    uint64_t cost;   /* distance in units, and what speaks against it */
    uint64_t square; /* of the distance in units */
    uint32_t edge;
    uint32_t index;
    int64_t along_q30; /* on the piece, of 2^30 */
};

/* Point `index` of the edge's line: 0 is its `from`, shape_count + 1 its `to`. */
static struct geo_point line_point(const struct geo_map *map, const struct geo_edge *edge,
                                   uint32_t index)
{
    if (index == 0) {
        return map->nodes[edge->from];
    }
    if (index > edge->shape_count) {
        return map->nodes[edge->to];
    }
    return map->shape[edge->shape_first + index - 1];
}

static bool within_span(struct geo_vector vector)
{
    return vector.x <= GEO_PLANE_SPAN_MAX && vector.x >= -GEO_PLANE_SPAN_MAX &&
           vector.y <= GEO_PLANE_SPAN_MAX && vector.y >= -GEO_PLANE_SPAN_MAX;
}

/* Where on the line from 0 to `piece` the point at `to` is nearest, of 2^30. */
static int64_t project(struct geo_vector piece, struct geo_vector to)
{
    int64_t dot = piece.x * to.x + piece.y * to.y;
    int64_t square = piece.x * piece.x + piece.y * piece.y;
    if (dot <= 0 || square == 0) {
        return 0;
    }
    if (dot >= square) {
        return INT64_C(1) << 30;
    }
    while (square >= INT64_C(1) << 33) {
        square >>= 1;
        dot >>= 1;
    }
    return (int64_t)((((uint64_t)dot << 30) + (uint64_t)square / 2u) / (uint64_t)square);
}

struct ring_search {
    const struct geo_map *map;
    enum geo_profile profile;
    struct geo_point at;
    int64_t cos_q20;
    int64_t row, column;
    uint64_t radius_square;
    uint64_t limit_square; /* a piece farther than this cannot be the best */
    /* following a track */
    const struct geo_track *track; /* NULL: the nearest road and nothing else */
    bool has_heading;
    struct geo_vector heading; /* HEADING_Q14 long */
    uint64_t fit;              /* least cost without regard to the last road */
};

static bool is_open(const struct geo_edge *edge, enum geo_profile profile)
{
    return (edge->forward_ms[profile] != GEO_TRAVEL_NEVER ||
            edge->backward_ms[profile] != GEO_TRAVEL_NEVER) &&
           (edge->component >> profile & 1u) != 0;
}

/* 0 along the heading, AGAINST_UNITS against it; a road open both ways is never against it. */
static uint64_t heading_cost(const struct ring_search *search, const struct geo_edge *edge,
                             struct geo_vector line)
{
    const int64_t length = (int64_t)geo_vector_length(line);
    if (length == 0) {
        return 0;
    }
    int64_t cosine = (search->heading.x * line.x + search->heading.y * line.y) / length;
    const bool forward = edge->forward_ms[search->profile] != GEO_TRAVEL_NEVER;
    const bool backward = edge->backward_ms[search->profile] != GEO_TRAVEL_NEVER;
    if (!forward || (backward && cosine < 0)) {
        cosine = -cosine;
    }
    cosine = cosine > HEADING_Q14 ? HEADING_Q14 : cosine < -HEADING_Q14 ? -HEADING_Q14 : cosine;
    return (uint64_t)((HEADING_Q14 - cosine) * AGAINST_UNITS / (INT64_C(2) * HEADING_Q14));
}

/* Nodes where travel along the edge begins, and where it ends: forward, then backward. */
static uint32_t edge_starts(const struct geo_edge *edge, enum geo_profile profile,
                            uint32_t nodes[2])
{
    uint32_t count = 0;
    if (edge->forward_ms[profile] != GEO_TRAVEL_NEVER) {
        nodes[count++] = edge->from;
    }
    if (edge->backward_ms[profile] != GEO_TRAVEL_NEVER) {
        nodes[count++] = edge->back_from;
    }
    return count;
}

static bool edge_ends_at(const struct geo_edge *edge, enum geo_profile profile, uint32_t node)
{
    return (edge->forward_ms[profile] != GEO_TRAVEL_NEVER && edge->to == node) ||
           (edge->backward_ms[profile] != GEO_TRAVEL_NEVER && edge->back_to == node);
}

/* Does travel on the last road lead onto this one, over no more than a crossing? Asked backwards,
 * along the arcs into its first nodes. */
static bool follows(const struct ring_search *search, const struct geo_edge *edge)
{
    const struct geo_map *map = search->map;
    const struct geo_edge *last = &map->edges[search->track->place.edge];
    uint32_t nodes[LINK_NODES];
    uint32_t spent_ms[LINK_NODES] = {0};
    uint32_t count = edge_starts(edge, search->profile, nodes);
    uint32_t next = 0;
    for (uint32_t hop = 0; hop <= LINK_HOPS; hop++) {
        const uint32_t end = count;
        for (; next < end; next++) {
            if (edge_ends_at(last, search->profile, nodes[next])) {
                return true;
            }
            const uint32_t *first = &map->in_first[search->profile][nodes[next]];
            for (uint32_t i = first[0]; i < first[1] && count < LINK_NODES; i++) {
                const struct geo_arc *arc = &map->in_arcs[i];
                if (arc->travel_ms <= LINK_MS - spent_ms[next]) {
                    spent_ms[count] = spent_ms[next] + arc->travel_ms;
                    nodes[count++] = arc->tail;
                }
            }
        }
    }
    return false;
}

/* What the last road says about this one. Doubt about the last has worn it down. */
static uint64_t track_cost(const struct ring_search *search, uint32_t edge)
{
    const struct geo_edge *now = &search->map->edges[edge];
    const uint32_t last = search->track->place.edge;
    if (last == UINT32_MAX) {
        return (now->component & GEO_EDGE_TUNNEL) != 0 ? LEVEL_UNITS : 0;
    }
    if (last == edge || follows(search, now)) {
        return 0;
    }
    const bool same_level =
        ((now->component ^ search->map->edges[last].component) & GEO_EDGE_LEVELS) == 0;
    const uint64_t cost = same_level ? APART_UNITS : APART_UNITS + LEVEL_UNITS;
    return cost > search->track->doubt ? cost - search->track->doubt : 0;
}

static bool is_better(const struct nearest_piece *one, const struct nearest_piece *other)
{
    return one->cost != other->cost       ? one->cost < other->cost
           : one->square != other->square ? one->square < other->square
           : one->edge != other->edge     ? one->edge < other->edge
                                          : one->index < other->index;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t magnitude(int64_t value)
{
    return value < 0 ? -value : value;
}

/* What is farther costs more than the best; rounding moves a distance by less than SLACK_UNITS. */
static void draw_limit(struct ring_search *search, uint64_t distance)
{
    const uint64_t limit = distance + SLACK_UNITS;
    const uint64_t square = limit * limit;
    search->limit_square = square < search->limit_square ? square : search->limit_square;
}

/* A track changes what a piece costs; the nearest road alone needs neither root nor cost. */
static void weigh(struct ring_search *search, struct geo_vector line, struct nearest_piece piece,
                  struct nearest_piece *best)
{
    const struct geo_edge *edge = &search->map->edges[piece.edge];
    piece.cost = geo_root(piece.square);
    piece.cost += search->has_heading ? heading_cost(search, edge, line) : 0;
    search->fit = piece.cost < search->fit ? piece.cost : search->fit;
    if (piece.cost > best->cost) {
        return;
    }
    piece.cost += track_cost(search, piece.edge);
    if (is_better(&piece, best)) {
        *best = piece;
        draw_limit(search, piece.cost);
    }
}

/* The box around a piece, seen from the place: no nearer than that is the piece. */
static bool is_past_limit(const struct ring_search *search, struct geo_vector line,
                          struct geo_vector to)
{
    const struct geo_vector to_end = {.x = to.x - line.x, .y = to.y - line.y};
    const bool between_x = (to.x < 0) != (to_end.x < 0);
    const bool between_y = (to.y < 0) != (to_end.y < 0);
    const int64_t x = between_x ? 0 : smaller(magnitude(to.x), magnitude(to_end.x));
    const int64_t y = between_y ? 0 : smaller(magnitude(to.y), magnitude(to_end.y));
    return (uint64_t)(x * x) + (uint64_t)(y * y) > search->limit_square;
}

static void try_piece(struct ring_search *search, const struct geo_piece *piece,
                      struct nearest_piece *best)
{
    const struct geo_map *map = search->map;
    const struct geo_edge *edge = &map->edges[piece->edge];
    if (!is_open(edge, search->profile)) {
        return;
    }
    const struct geo_point start = line_point(map, edge, piece->index);
    const struct geo_point end = line_point(map, edge, piece->index + 1);
    const struct geo_vector line = geo_vector_between(start, end, search->cos_q20);
    const struct geo_vector to = geo_vector_between(start, search->at, search->cos_q20);
    if (!within_span(line) || !within_span(to)) {
        return;
    }
    if (is_past_limit(search, line, to)) {
        return;
    }
    const int64_t along_q30 = project(line, to);
    const struct geo_vector gap = {.x = to.x - line.x * along_q30 / (INT64_C(1) << 30),
                                   .y = to.y - line.y * along_q30 / (INT64_C(1) << 30)};
    if (!within_span(gap)) {
        return;
    }
    const uint64_t square = (uint64_t)(gap.x * gap.x) + (uint64_t)(gap.y * gap.y);
    const struct nearest_piece found = {0, square, piece->edge, piece->index, along_q30};
    if (square > search->radius_square) {
        return;
    }
    if (search->track != NULL) {
        weigh(search, line, found, best);
    } else if (is_better(&found, best)) {
        *best = found;
        draw_limit(search, geo_root(square));
    }
}

/* The cell of a coordinate, which may lie outside of the grid. */
static int64_t cell_of(int32_t e7, int32_t origin_e7, uint32_t cell_e7)
{
    const int64_t gap = (int64_t)e7 - origin_e7;
    const int64_t cell = gap / (int64_t)cell_e7;
    return gap < 0 && gap % (int64_t)cell_e7 != 0 ? cell - 1 : cell;
}

/* How far a coordinate lies outside of a cell. */
static int64_t cell_gap(int64_t from_origin_e7, int64_t cell, int64_t cell_e7)
{
    const int64_t before = cell * cell_e7 - from_origin_e7;
    const int64_t past = from_origin_e7 - (cell + 1) * cell_e7;
    return before > 0 ? before : past > 0 ? past : 0;
}

static bool is_cell_past_limit(const struct ring_search *search, int64_t row, int64_t column)
{
    const struct geo_snap_grid *grid = search->map->snap_grid;
    const int64_t lat =
        cell_gap((int64_t)search->at.lat_e7 - grid->south_e7, row, (int64_t)grid->cell_lat_e7);
    const int64_t lon =
        cell_gap((int64_t)search->at.lon_e7 - grid->west_e7, column, (int64_t)grid->cell_lon_e7);
    const int64_t y = smaller(lat, GEO_PLANE_SPAN_MAX);
    const int64_t x = smaller(lon * search->cos_q20 / (INT64_C(1) << 20), GEO_PLANE_SPAN_MAX);
    return (uint64_t)(x * x) + (uint64_t)(y * y) > search->limit_square;
}

/* Pieces of a cell lie together, their edges anywhere: all are asked of memory before the first. */
static void try_cell(struct ring_search *search, int64_t row, int64_t column,
                     struct nearest_piece *best)
{
    const struct geo_map *map = search->map;
    if (row < 0 || column < 0 || row >= map->snap_grid->rows || column >= map->snap_grid->columns ||
        is_cell_past_limit(search, row, column)) {
        return;
    }
    const size_t cell = (size_t)row * map->snap_grid->columns + (size_t)column;
    for (uint32_t i = map->snap_first[cell]; i < map->snap_first[cell + 1]; i++) {
        __builtin_prefetch(&map->edges[map->snap_pieces[i].edge]);
    }
    for (uint32_t i = map->snap_first[cell]; i < map->snap_first[cell + 1]; i++) {
        try_piece(search, &map->snap_pieces[i], best);
    }
}

static void try_ring(struct ring_search *search, int64_t ring, struct nearest_piece *best)
{
    if (ring == 0) {
        try_cell(search, search->row, search->column, best);
        return;
    }
    for (int64_t step = -ring; step <= ring; step++) {
        try_cell(search, search->row - ring, search->column + step, best);
        try_cell(search, search->row + ring, search->column + step, best);
    }
    for (int64_t step = -ring + 1; step < ring; step++) {
        try_cell(search, search->row + step, search->column - ring, best);
        try_cell(search, search->row + step, search->column + ring, best);
    }
}

/* Everything in the rings after `ring` is at least this far, in units. */
static int64_t next_ring_gap(const struct ring_search *search, int64_t ring)
{
    const struct geo_snap_grid *grid = search->map->snap_grid;
    const int64_t lat = search->at.lat_e7 - (int64_t)grid->south_e7;
    const int64_t lon = search->at.lon_e7 - (int64_t)grid->west_e7;
    const int64_t south = lat - (search->row - ring) * (int64_t)grid->cell_lat_e7;
    const int64_t north = (search->row + ring + 1) * (int64_t)grid->cell_lat_e7 - lat;
    const int64_t west = lon - (search->column - ring) * (int64_t)grid->cell_lon_e7;
    const int64_t east = (search->column + ring + 1) * (int64_t)grid->cell_lon_e7 - lon;
    const int64_t gap =
        smaller(smaller(south, north), smaller(west, east) * search->cos_q20 / (INT64_C(1) << 20));
    return smaller(gap, GEO_PLANE_SPAN_MAX);
}

/* Length of the edge's line from point `index` to the next, in units. */
static uint64_t piece_length(const struct geo_map *map, const struct geo_edge *edge, uint32_t index,
                             int64_t cos_q20)
{
    return geo_vector_length(geo_vector_between(line_point(map, edge, index),
                                                line_point(map, edge, index + 1), cos_q20));
}

static struct geo_place place_of(const struct geo_map *map, const struct nearest_piece *piece)
{
    const struct geo_edge *edge = &map->edges[piece->edge];
    const int64_t cos_q20 = geo_cos_q20(map->nodes[edge->from].lat_e7);
    uint64_t whole = 0;
    uint64_t along = 0;
    for (uint32_t i = 0; i <= edge->shape_count; i++) {
        const uint64_t length = piece_length(map, edge, i, cos_q20);
        if (i == piece->index) {
            along = whole + ((length * (uint64_t)piece->along_q30 + (1u << 29)) >> 30);
        }
        whole += length;
    }
    assert(along <= whole);
    const uint64_t scale = whole / LINE_UNITS_MAX + 1; /* 1 for any road on earth */
    const uint64_t scaled = whole / scale;
    const uint64_t fraction_e6 =
        scaled == 0 ? 0 : (along / scale * WHOLE_E6 + scaled / 2u) / scaled;
    assert(fraction_e6 <= WHOLE_E6);
    return (struct geo_place){
        .edge = piece->edge,
        .fraction_e6 = (uint32_t)fraction_e6,
        .distance_cm = (uint32_t)geo_units_to_cm(geo_root(piece->square)),
    };
}

static struct ring_search search_at(const struct geo_map *map, enum geo_profile profile,
                                    struct geo_point at)
{
    const struct geo_snap_grid *grid = map->snap_grid;
    const uint64_t radius = geo_cm_to_units((uint64_t)GEO_SNAP_RADIUS_M * 100u);
    return (struct ring_search){
        .map = map,
        .profile = profile,
        .at = at,
        .cos_q20 = geo_cos_q20(at.lat_e7),
        .row = cell_of(at.lat_e7, grid->south_e7, grid->cell_lat_e7),
        .column = cell_of(at.lon_e7, grid->west_e7, grid->cell_lon_e7),
        .radius_square = radius * radius,
        .limit_square = (radius + SLACK_UNITS) * (radius + SLACK_UNITS),
        .fit = UINT64_MAX,
    };
}

static struct nearest_piece nothing_yet(const struct ring_search *search)
{
    return (struct nearest_piece){.cost = UINT64_MAX,
                                  .square = search->radius_square,
                                  .edge = UINT32_MAX,
                                  .index = UINT32_MAX};
}

/* The last road is the next one as a rule: what it costs spares a look at most of the others. */
static void try_edge(struct ring_search *search, uint32_t edge, struct nearest_piece *best)
{
    for (uint32_t i = 0; i <= search->map->edges[edge].shape_count; i++) {
        try_piece(search, &(struct geo_piece){edge, i}, best);
    }
}

/* Ring by ring, until what comes later is farther than the best costs. */
static void search_rings(struct ring_search *search, struct nearest_piece *best)
{
    for (int64_t ring = 0; ring < RING_MAX; ring++) {
        try_ring(search, ring, best);
        const uint64_t gap = (uint64_t)next_ring_gap(search, ring);
        const bool past_best = search->track == NULL ? gap * gap > best->square : gap > best->cost;
        if (past_best || gap * gap > search->radius_square) {
            break;
        }
    }
}

enum geo_status geo_map_snap(const struct geo_map *map, enum geo_profile profile,
                             struct geo_point at, struct geo_place *place)
{
    assert(map != NULL);
    assert(profile < GEO_PROFILE_COUNT);
    assert(geo_point_valid(at));
    assert(place != NULL);

    struct ring_search search = search_at(map, profile, at);
    struct nearest_piece best = nothing_yet(&search);
    search_rings(&search, &best);
    if (best.edge == UINT32_MAX) {
        return GEO_NOT_FOUND;
    }
    *place = place_of(map, &best);
    return GEO_OK;
}

static struct geo_vector heading_vector(uint32_t heading_deg)
{
    static const double rad_per_deg = 1.7453292519943295e-2;
    const double rad = ((double)heading_deg - 180.0) * rad_per_deg; /* sine and cosine turn sign */
    const double quarter = 1.5707963267948966;
    const double cosine = geo_sin(quarter - (rad < 0.0 ? -rad : rad));
    return (struct geo_vector){.x = (int64_t)(-geo_sin(rad) * HEADING_Q14),
                               .y = (int64_t)(-cosine * HEADING_Q14)};
}

/* The last road is the best again, at this cost, which is all its own; another one has fitted
 * better by so much more, or none has. */
static uint32_t doubt_after(const struct ring_search *search, uint64_t cost)
{
    const uint32_t doubt = search->track->doubt;
    assert(search->fit <= cost);
    if (search->fit == cost) {
        return doubt / 2u;
    }
    const uint64_t sum = doubt + (cost - search->fit);
    return sum < APART_UNITS + LEVEL_UNITS ? (uint32_t)sum : APART_UNITS + LEVEL_UNITS;
}

enum geo_status geo_map_follow(const struct geo_map *map, enum geo_profile profile,
                               const struct geo_fix *fix, struct geo_track *track)
{
    assert(map != NULL);
    assert(profile < GEO_PROFILE_COUNT);
    assert(geo_point_valid(fix->at));
    assert(fix->heading_deg < 360 || fix->heading_deg == GEO_HEADING_NONE);
    assert(track->place.edge < map->edge_count || track->place.edge == UINT32_MAX);

    struct ring_search search = search_at(map, profile, fix->at);
    search.has_heading = fix->heading_deg != GEO_HEADING_NONE;
    if (search.has_heading) {
        search.heading = heading_vector(fix->heading_deg);
    }
    const bool remembers = track->place.edge != UINT32_MAX;
    search.track = remembers || search.has_heading ? track : NULL;
    struct nearest_piece best = nothing_yet(&search);
    if (remembers) {
        try_edge(&search, track->place.edge, &best);
    }
    search_rings(&search, &best);
    if (best.edge == UINT32_MAX) {
        *track = (struct geo_track){.place.edge = UINT32_MAX};
        return GEO_NOT_FOUND;
    }
    const bool stays = remembers && best.edge == track->place.edge;
    *track = (struct geo_track){place_of(map, &best), stays ? doubt_after(&search, best.cost) : 0};
    return GEO_OK;
}

struct geo_point geo_map_place_point(const struct geo_map *map, struct geo_place place)
{
    assert(map != NULL);
    assert(place.edge < map->edge_count);
    assert(place.fraction_e6 <= WHOLE_E6);

    const struct geo_edge *edge = &map->edges[place.edge];
    const int64_t cos_q20 = geo_cos_q20(map->nodes[edge->from].lat_e7);
    uint64_t whole = 0;
    for (uint32_t i = 0; i <= edge->shape_count; i++) {
        whole += piece_length(map, edge, i, cos_q20);
    }
    uint64_t left =
        whole / WHOLE_E6 * place.fraction_e6 + whole % WHOLE_E6 * place.fraction_e6 / WHOLE_E6;
    uint32_t index = 0;
    uint64_t here = 0;
    for (;; index++) {
        here = piece_length(map, edge, index, cos_q20);
        if (left <= here || index == edge->shape_count) {
            break;
        }
        left -= here;
    }
    const struct geo_point start = line_point(map, edge, index);
    const struct geo_point end = line_point(map, edge, index + 1);
    const int64_t along = here == 0 ? 0 : (int64_t)(left <= here ? left : here);
    const int64_t whole_piece = here == 0 ? 1 : (int64_t)here;
    return (struct geo_point){
        .lat_e7 =
            (int32_t)(start.lat_e7 + ((int64_t)end.lat_e7 - start.lat_e7) * along / whole_piece),
        .lon_e7 =
            (int32_t)(start.lon_e7 + ((int64_t)end.lon_e7 - start.lon_e7) * along / whole_piece),
    };
}

#include "geo/import/geo_import_cut.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXTENT GEO_IMPORT_MVT_EXTENT
#define BUFFER GEO_IMPORT_CUT_BUFFER

/* A straight piece within one tile. */
struct crossing {
    uint32_t x, y;
    uint32_t index; /* of the piece in its line */
    struct geo_import_dot from, to;
};

void geo_import_cut_init(struct geo_import_cut *cut)
{
    *cut = (struct geo_import_cut){.parts = GEO_IMPORT_LIST_OF(struct geo_import_part),
                                   .dots = GEO_IMPORT_LIST_OF(struct geo_import_dot),
                                   .crossings = GEO_IMPORT_LIST_OF(struct crossing),
                                   .ring = GEO_IMPORT_LIST_OF(struct geo_import_dot),
                                   .band = GEO_IMPORT_LIST_OF(struct geo_import_dot)};
}

void geo_import_cut_finish(struct geo_import_cut *cut)
{
    geo_import_list_finish(&cut->parts);
    geo_import_list_finish(&cut->dots);
    geo_import_list_finish(&cut->crossings);
    geo_import_list_finish(&cut->ring);
    geo_import_list_finish(&cut->band);
}

static bool same(struct geo_import_dot a, struct geo_import_dot b)
{
    return a.x == b.x && a.y == b.y;
}

/* Square of the distance from a point to the straight piece a-b. */
static double square_gap(struct geo_import_dot at, struct geo_import_dot a, struct geo_import_dot b)
{
    const double bx = (double)b.x - a.x;
    const double by = (double)b.y - a.y;
    const double px = (double)at.x - a.x;
    const double py = (double)at.y - a.y;
    const double square = bx * bx + by * by;
    const double along = square == 0.0 ? 0.0 : fmin(1.0, fmax(0.0, (px * bx + py * by) / square));
    const double dx = px - along * bx;
    const double dy = py - along * by;
    return dx * dx + dy * dy;
}

struct span {
    uint32_t first, last;
};

static uint32_t farthest(const struct geo_import_dot dots[], struct span span, double *square)
{
    uint32_t best = span.first;
    *square = 0.0;
    for (uint32_t i = span.first + 1; i < span.last; i++) {
        const double gap = square_gap(dots[i], dots[span.first], dots[span.last]);
        if (gap > *square) {
            *square = gap;
            best = i;
        }
    }
    return best;
}

/* Mark in keep[] what stays; spans still to look at lie on `stack`. */
static bool mark(const struct geo_import_dot dots[], uint32_t count, double tolerance, bool keep[],
                 struct geo_import_list *stack)
{
    struct span span = {0, count - 1};
    keep[0] = true;
    keep[count - 1] = true;
    if (geo_import_list_append(stack, &span, 1) == NULL) {
        return false;
    }
    while (stack->count > 0) {
        const struct span *spans = stack->items;
        span = spans[--stack->count];
        double square = 0.0;
        const uint32_t middle = farthest(dots, span, &square);
        if (square <= tolerance * tolerance) {
            continue;
        }
        keep[middle] = true;
        const struct span halves[2] = {{span.first, middle}, {middle, span.last}};
        if (geo_import_list_append(stack, halves, 2) == NULL) {
            return false;
        }
    }
    return true;
}

enum geo_status geo_import_cut_simplify(struct geo_import_dot dots[], uint32_t *count,
                                        uint32_t tolerance)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++) {
        if (kept == 0 || !same(dots[i], dots[kept - 1])) {
            dots[kept++] = dots[i];
        }
    }
    *count = kept;
    if (kept < 3 || tolerance == 0) {
        return GEO_OK;
    }
    bool *keep = calloc(kept, sizeof *keep);
    struct geo_import_list stack = GEO_IMPORT_LIST_OF(struct span);
    const bool good = keep != NULL && mark(dots, kept, (double)tolerance, keep, &stack);
    *count = 0;
    for (uint32_t i = 0; good && i < kept; i++) {
        if (keep[i]) {
            dots[(*count)++] = dots[i];
        }
    }
    geo_import_list_finish(&stack);
    free(keep);
    return good ? GEO_OK : GEO_NO_MEMORY;
}

/* Those of the tiles `among` that coordinates from `low` to `high` touch with their buffer; none:
 * first > last. */
static struct span tiles_of(int32_t low, int32_t high, struct span among)
{
    if (high < -BUFFER) {
        return (struct span){1, 0};
    }
    const uint32_t first = low < BUFFER ? 0 : (uint32_t)(low - BUFFER) / EXTENT;
    const uint32_t last = (uint32_t)(high + BUFFER) / EXTENT;
    return (struct span){first < among.first ? among.first : first,
                         last > among.last ? among.last : last};
}

/* Liang & Barsky 1984: the part of a-b within the tile and its buffer; false: there is none. */
static bool clip_piece(struct geo_import_dot *a, struct geo_import_dot *b)
{
    const double low = -BUFFER;
    const double high = EXTENT + BUFFER;
    const double dx = (double)b->x - a->x;
    const double dy = (double)b->y - a->y;
    const double steps[4] = {-dx, dx, -dy, dy};
    const double rooms[4] = {a->x - low, high - a->x, a->y - low, high - a->y};
    double enter = 0.0;
    double leave = 1.0;
    for (int side = 0; side < 4; side++) {
        if (steps[side] == 0.0) {
            if (rooms[side] < 0.0) {
                return false;
            }
            continue;
        }
        const double at = rooms[side] / steps[side];
        if (steps[side] < 0.0) {
            enter = fmax(enter, at);
        } else {
            leave = fmin(leave, at);
        }
    }
    if (enter > leave) {
        return false;
    }
    const struct geo_import_dot start = *a;
    if (leave < 1.0) {
        *b = (struct geo_import_dot){(int32_t)lround(start.x + leave * dx),
                                     (int32_t)lround(start.y + leave * dy)};
    }
    if (enter > 0.0) {
        *a = (struct geo_import_dot){(int32_t)lround(start.x + enter * dx),
                                     (int32_t)lround(start.y + enter * dy)};
    }
    return !same(*a, *b);
}

static struct geo_import_dot in_tile(struct geo_import_dot dot, uint32_t x, uint32_t y)
{
    return (struct geo_import_dot){dot.x - (int32_t)x * EXTENT, dot.y - (int32_t)y * EXTENT};
}

/* The rows that the part of a-b within column x touches; one unit wider than computed. */
static struct span rows_within(struct geo_import_dot a, struct geo_import_dot b, uint32_t x,
                               struct span among)
{
    const double gap = (double)b.x - a.x;
    const double west = (double)x * EXTENT - BUFFER;
    const double east = (double)(x + 1) * EXTENT + BUFFER;
    double enter = 0.0;
    double leave = 1.0;
    if (gap != 0.0) {
        enter = fmin(1.0, fmax(0.0, ((gap > 0.0 ? west : east) - a.x) / gap));
        leave = fmin(1.0, fmax(0.0, ((gap > 0.0 ? east : west) - a.x) / gap));
    }
    const double one = a.y + enter * ((double)b.y - a.y);
    const double other = a.y + leave * ((double)b.y - a.y);
    return tiles_of((int32_t)fmin(one, other) - 1, (int32_t)fmax(one, other) + 1, among);
}

static bool cross_tiles(struct geo_import_cut *cut, struct geo_import_dot a,
                        struct geo_import_dot b, uint32_t index, struct geo_import_window window)
{
    const struct span columns = tiles_of(a.x < b.x ? a.x : b.x, a.x < b.x ? b.x : a.x,
                                         (struct span){window.west, window.east});
    for (uint32_t x = columns.first; x <= columns.last; x++) {
        const struct span rows = rows_within(a, b, x, (struct span){window.north, window.south});
        for (uint32_t y = rows.first; y <= rows.last; y++) {
            struct crossing crossing = {x, y, index, in_tile(a, x, y), in_tile(b, x, y)};
            if (clip_piece(&crossing.from, &crossing.to) &&
                geo_import_list_append(&cut->crossings, &crossing, 1) == NULL) {
                return false;
            }
        }
    }
    return true;
}

static int compare_crossings(const void *a, const void *b)
{
    const struct crossing *one = a;
    const struct crossing *other = b;
    if (one->x != other->x) {
        return one->x < other->x ? -1 : 1;
    }
    if (one->y != other->y) {
        return one->y < other->y ? -1 : 1;
    }
    return (one->index > other->index) - (one->index < other->index);
}

static bool add_dot(struct geo_import_cut *cut, struct geo_import_part *part,
                    struct geo_import_dot dot)
{
    part->dot_count++;
    return geo_import_list_append(&cut->dots, &dot, 1) != NULL;
}

/* Crossings of one line, sorted by tile: those that hang together become one part. */
static bool join_crossings(struct geo_import_cut *cut, struct geo_import_part like)
{
    const struct crossing *all = cut->crossings.items;
    size_t i = 0;
    while (i < cut->crossings.count) {
        struct geo_import_part part = like;
        part.x = all[i].x;
        part.y = all[i].y;
        part.dot_first = cut->dots.count;
        part.dot_count = 0;
        bool good = add_dot(cut, &part, all[i].from) && add_dot(cut, &part, all[i].to);
        size_t next = i + 1;
        while (good && next < cut->crossings.count && all[next].x == part.x &&
               all[next].y == part.y && all[next].index == all[next - 1].index + 1 &&
               same(all[next].from, all[next - 1].to)) {
            good = add_dot(cut, &part, all[next].to);
            next++;
        }
        if (!good || geo_import_list_append(&cut->parts, &part, 1) == NULL) {
            return false;
        }
        i = next;
    }
    return true;
}

enum geo_status geo_import_cut_line(struct geo_import_cut *cut, const struct geo_import_dot dots[],
                                    uint32_t count, struct geo_import_window window,
                                    struct geo_import_part like)
{
    cut->crossings.count = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (!cross_tiles(cut, dots[i - 1], dots[i], i, window)) {
            return GEO_NO_MEMORY;
        }
    }
    if (cut->crossings.count == 0) {
        return GEO_OK;
    }
    qsort(cut->crossings.items, cut->crossings.count, sizeof(struct crossing), compare_crossings);
    return join_crossings(cut, like) ? GEO_OK : GEO_NO_MEMORY;
}

/* A half plane: x or y, at least or at most `limit`. */
struct edge {
    bool is_y, is_upper;
    int32_t limit;
};

static bool is_inside(struct geo_import_dot dot, struct edge edge)
{
    const int32_t value = edge.is_y ? dot.y : dot.x;
    return edge.is_upper ? value <= edge.limit : value >= edge.limit;
}

static struct geo_import_dot meet(struct geo_import_dot a, struct geo_import_dot b,
                                  struct edge edge)
{
    const double gap = edge.is_y ? (double)b.y - a.y : (double)b.x - a.x;
    const double along = ((double)edge.limit - (edge.is_y ? a.y : a.x)) / gap;
    if (edge.is_y) {
        return (struct geo_import_dot){(int32_t)lround(a.x + along * ((double)b.x - a.x)),
                                       edge.limit};
    }
    return (struct geo_import_dot){edge.limit, (int32_t)lround(a.y + along * ((double)b.y - a.y))};
}

/* Sutherland & Hodgman 1974, one side. `from` and `to` are rings without a repeated first point. */
static bool clip_side(const struct geo_import_dot from[], size_t count, struct edge edge,
                      struct geo_import_list *to)
{
    to->count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct geo_import_dot here = from[i];
        const struct geo_import_dot next = from[i + 1 == count ? 0 : i + 1];
        if (is_inside(here, edge) && geo_import_list_append(to, &here, 1) == NULL) {
            return false;
        }
        if (is_inside(here, edge) != is_inside(next, edge)) {
            const struct geo_import_dot dot = meet(here, next, edge);
            if (geo_import_list_append(to, &dot, 1) == NULL) {
                return false;
            }
        }
    }
    return true;
}

/* Twice the area by the shoelace formula; positive is an exterior ring where y points down. */
static int64_t area_of(const struct geo_import_dot dots[], size_t count)
{
    int64_t area = 0;
    for (size_t i = 0; i < count; i++) {
        const struct geo_import_dot a = dots[i];
        const struct geo_import_dot b = dots[i + 1 == count ? 0 : i + 1];
        area += (int64_t)a.x * b.y - (int64_t)b.x * a.y;
    }
    return area;
}

static bool add_ring(struct geo_import_cut *cut, const struct geo_import_dot dots[], size_t count,
                     struct geo_import_part part)
{
    part.dot_first = cut->dots.count;
    part.dot_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct geo_import_dot dot = in_tile(dots[i], part.x, part.y);
        const struct geo_import_dot *placed = cut->dots.items;
        if (part.dot_count > 0 && same(dot, placed[cut->dots.count - 1])) {
            continue;
        }
        if (!add_dot(cut, &part, dot)) {
            return false;
        }
    }
    struct geo_import_dot *ring = (struct geo_import_dot *)cut->dots.items + part.dot_first;
    if (part.dot_count > 1 && same(ring[0], ring[part.dot_count - 1])) {
        part.dot_count--;
    }
    const int64_t area = part.dot_count < 3 ? 0 : area_of(ring, part.dot_count);
    if (area == 0) {
        cut->dots.count = part.dot_first;
        return true;
    }
    cut->dots.count = part.dot_first + part.dot_count;
    const bool is_backwards = (area < 0) != part.is_hole;
    for (uint32_t i = 0; is_backwards && i < part.dot_count / 2; i++) {
        const struct geo_import_dot swapped = ring[i];
        ring[i] = ring[part.dot_count - 1 - i];
        ring[part.dot_count - 1 - i] = swapped;
    }
    return geo_import_list_append(&cut->parts, &part, 1) != NULL;
}

/* cut->band holds one column of the ring: cut it into rows. */
static bool cut_band(struct geo_import_cut *cut, struct span rows, struct geo_import_part like)
{
    struct geo_import_list half = GEO_IMPORT_LIST_OF(struct geo_import_dot);
    bool good = true;
    for (uint32_t y = rows.first; good && y <= rows.last; y++) {
        const struct edge north = {true, false, (int32_t)y * EXTENT - BUFFER};
        const struct edge south = {true, true, (int32_t)(y + 1) * EXTENT + BUFFER};
        like.y = y;
        good = clip_side(cut->band.items, cut->band.count, north, &half) &&
               clip_side(half.items, half.count, south, &cut->ring) &&
               (cut->ring.count < 3 || add_ring(cut, cut->ring.items, cut->ring.count, like));
    }
    geo_import_list_finish(&half);
    return good;
}

enum geo_status geo_import_cut_ring(struct geo_import_cut *cut, const struct geo_import_dot dots[],
                                    uint32_t count, struct geo_import_window window,
                                    struct geo_import_part like)
{
    if (count < 4) {
        return GEO_OK;
    }
    struct geo_import_dot low = dots[0];
    struct geo_import_dot high = dots[0];
    for (uint32_t i = 1; i < count; i++) {
        low.x = dots[i].x < low.x ? dots[i].x : low.x;
        low.y = dots[i].y < low.y ? dots[i].y : low.y;
        high.x = dots[i].x > high.x ? dots[i].x : high.x;
        high.y = dots[i].y > high.y ? dots[i].y : high.y;
    }
    const struct span columns = tiles_of(low.x, high.x, (struct span){window.west, window.east});
    const struct span rows = tiles_of(low.y, high.y, (struct span){window.north, window.south});
    if (columns.first > columns.last || rows.first > rows.last) {
        return GEO_OK;
    }
    const uint64_t width = columns.last - columns.first + 1u;
    const uint64_t height = rows.last - rows.first + 1u;
    if (width * height > GEO_IMPORT_CUT_TILES_MAX) {
        return GEO_FULL;
    }
    for (uint32_t x = columns.first; x <= columns.last; x++) {
        const struct edge west = {false, false, (int32_t)x * EXTENT - BUFFER};
        const struct edge east = {false, true, (int32_t)(x + 1) * EXTENT + BUFFER};
        like.x = x;
        if (!clip_side(dots, count - 1, west, &cut->ring) ||
            !clip_side(cut->ring.items, cut->ring.count, east, &cut->band) ||
            !cut_band(cut, rows, like)) {
            return GEO_NO_MEMORY;
        }
    }
    return GEO_OK;
}

#include "geo/import/geo_import_sea.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* By coast: what goes on where it ends, and what it goes on from. */
struct link {
    uint32_t next, before;
    bool used;
};

/* Coasts joined in their direction. */
struct chain {
    uint32_t first;      /* coast; the others follow by their links */
    uint32_t begin, end; /* indexes of its anchors, if it is open */
    bool is_closed, used;
};

/* Where an open chain meets the box. */
struct anchor {
    int64_t along; /* the box, clockwise from its north-western corner */
    uint32_t chain;
    bool is_end; /* the chain ends here; else it begins here */
    struct geo_import_dot dot;
};

struct start {
    uint32_t node, coast;
};

#define NO_COAST UINT32_MAX

void geo_import_sea_init(struct geo_import_sea *sea, struct geo_import_dot low,
                         struct geo_import_dot high)
{
    *sea = (struct geo_import_sea){.coasts = GEO_IMPORT_LIST_OF(struct geo_import_coast),
                                   .dots = GEO_IMPORT_LIST_OF(struct geo_import_dot),
                                   .waters = GEO_IMPORT_LIST_OF(struct geo_import_water),
                                   .links = GEO_IMPORT_LIST_OF(struct link),
                                   .chains = GEO_IMPORT_LIST_OF(struct chain),
                                   .anchors = GEO_IMPORT_LIST_OF(struct anchor),
                                   .low = low,
                                   .high = high};
}

void geo_import_sea_finish(struct geo_import_sea *sea)
{
    geo_import_list_finish(&sea->coasts);
    geo_import_list_finish(&sea->dots);
    geo_import_list_finish(&sea->waters);
    geo_import_list_finish(&sea->links);
    geo_import_list_finish(&sea->chains);
    geo_import_list_finish(&sea->anchors);
}

/* The box must lie around all coasts, so that a line led outwards meets it. */
static void widen(struct geo_import_sea *sea)
{
    const struct geo_import_dot *dots = sea->dots.items;
    for (size_t i = 0; i < sea->dots.count; i++) {
        sea->low.x = dots[i].x <= sea->low.x ? dots[i].x - 1 : sea->low.x;
        sea->low.y = dots[i].y <= sea->low.y ? dots[i].y - 1 : sea->low.y;
        sea->high.x = dots[i].x >= sea->high.x ? dots[i].x + 1 : sea->high.x;
        sea->high.y = dots[i].y >= sea->high.y ? dots[i].y + 1 : sea->high.y;
    }
}

static int compare_starts(const void *a, const void *b)
{
    const struct start *one = a;
    const struct start *other = b;
    if (one->node != other->node) {
        return one->node < other->node ? -1 : 1;
    }
    return (one->coast > other->coast) - (one->coast < other->coast);
}

/* The first coast beginning at the node that nothing leads to yet. */
static uint32_t find_start(const struct start starts[], uint32_t count, const struct link links[],
                           uint32_t node)
{
    uint32_t low = 0;
    uint32_t high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (starts[middle].node < node) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < count && starts[low].node == node && links[starts[low].coast].before != NO_COAST) {
        low++;
    }
    return low < count && starts[low].node == node ? starts[low].coast : NO_COAST;
}

static bool link_coasts(struct geo_import_sea *sea)
{
    const struct geo_import_coast *coasts = sea->coasts.items;
    const uint32_t count = (uint32_t)sea->coasts.count;
    struct link *links = geo_import_list_append(&sea->links, NULL, count);
    struct start *starts = malloc(count * sizeof *starts);
    if (links == NULL || starts == NULL) {
        free(starts);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        links[i] = (struct link){NO_COAST, NO_COAST, false};
        starts[i] = (struct start){coasts[i].from, i};
    }
    qsort(starts, count, sizeof *starts, compare_starts);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t next = find_start(starts, count, links, coasts[i].to);
        if (next != NO_COAST) {
            links[i].next = next;
            links[next].before = i;
        }
    }
    free(starts);
    return true;
}

static bool add_chain(struct geo_import_sea *sea, uint32_t first, bool is_closed)
{
    struct link *links = sea->links.items;
    for (uint32_t i = first; i != NO_COAST && !links[i].used; i = links[i].next) {
        links[i].used = true;
    }
    const struct chain chain = {.first = first, .is_closed = is_closed};
    return geo_import_list_append(&sea->chains, &chain, 1) != NULL;
}

/* Those with two ends first; what is left comes back to its beginning. */
static bool list_chains(struct geo_import_sea *sea)
{
    const struct link *links = sea->links.items;
    for (uint32_t i = 0; i < sea->coasts.count; i++) {
        if (links[i].before == NO_COAST && !add_chain(sea, i, false)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < sea->coasts.count; i++) {
        if (!links[i].used && !add_chain(sea, i, true)) {
            return false;
        }
    }
    return true;
}

static bool add_dot(struct geo_import_sea *sea, struct geo_import_dot dot)
{
    return geo_import_list_append(&sea->dots, &dot, 1) != NULL;
}

static bool add_coast_dots(struct geo_import_sea *sea, const struct geo_import_coast *coast,
                           bool is_first)
{
    for (uint32_t i = is_first ? 0 : 1; i < coast->dot_count; i++) {
        const struct geo_import_dot *dots = sea->dots.items;
        if (!add_dot(sea, dots[coast->dot_first + i])) {
            return false;
        }
    }
    return true;
}

/* Append the chain's points; where two coasts meet, the point once. */
static bool add_chain_dots(struct geo_import_sea *sea, const struct chain *chain)
{
    const struct geo_import_coast *coasts = sea->coasts.items;
    const struct link *links = sea->links.items;
    uint32_t coast = chain->first;
    bool good = true;
    do {
        good = add_coast_dots(sea, &coasts[coast], coast == chain->first);
        coast = links[coast].next;
    } while (good && coast != NO_COAST && coast != chain->first);
    return good;
}

static uint32_t last_coast(const struct geo_import_sea *sea, const struct chain *chain)
{
    const struct link *links = sea->links.items;
    uint32_t coast = chain->first;
    while (links[coast].next != NO_COAST) {
        coast = links[coast].next;
    }
    return coast;
}

/* Where the ray from the box's middle through a point leaves the box. */
static struct geo_import_dot lead_out(const struct geo_import_sea *sea, struct geo_import_dot from)
{
    const double middle_x = ((double)sea->low.x + sea->high.x) / 2.0;
    const double middle_y = ((double)sea->low.y + sea->high.y) / 2.0;
    const double half_width = ((double)sea->high.x - sea->low.x) / 2.0;
    const double half_height = ((double)sea->high.y - sea->low.y) / 2.0;
    const double dx = from.x - middle_x;
    const double dy = from.y - middle_y;
    struct geo_import_dot out = {dx < 0.0 ? sea->low.x : sea->high.x,
                                 dy < 0.0 ? sea->low.y : sea->high.y};
    if (fabs(dx) * half_height >= fabs(dy) * half_width) { /* through the east or the west side */
        const double y = dx == 0.0 ? middle_y : middle_y + dy * half_width / fabs(dx);
        out.y = (int32_t)fmax(sea->low.y, fmin(sea->high.y, y));
    } else {
        const double x = middle_x + dx * half_height / fabs(dy);
        out.x = (int32_t)fmax(sea->low.x, fmin(sea->high.x, x));
    }
    return out;
}

static int64_t along_box(const struct geo_import_sea *sea, struct geo_import_dot dot)
{
    const int64_t width = (int64_t)sea->high.x - sea->low.x;
    const int64_t height = (int64_t)sea->high.y - sea->low.y;
    if (dot.y == sea->low.y) {
        return (int64_t)dot.x - sea->low.x;
    }
    if (dot.x == sea->high.x) {
        return width + dot.y - sea->low.y;
    }
    if (dot.y == sea->high.y) {
        return width + height + sea->high.x - dot.x;
    }
    return width + height + width + sea->high.y - dot.y;
}

static bool add_anchor(struct geo_import_sea *sea, uint32_t chain, bool is_end,
                       struct geo_import_dot from)
{
    struct anchor anchor = {.chain = chain, .is_end = is_end, .dot = lead_out(sea, from)};
    anchor.along = along_box(sea, anchor.dot);
    return geo_import_list_append(&sea->anchors, &anchor, 1) != NULL;
}

static int compare_anchors(const void *a, const void *b)
{
    const struct anchor *one = a;
    const struct anchor *other = b;
    if (one->along != other->along) {
        return one->along < other->along ? -1 : 1;
    }
    if (one->chain != other->chain) {
        return one->chain < other->chain ? -1 : 1;
    }
    return (one->is_end > other->is_end) - (one->is_end < other->is_end);
}

static bool list_anchors(struct geo_import_sea *sea)
{
    const struct geo_import_coast *coasts = sea->coasts.items;
    const struct geo_import_dot *dots = sea->dots.items;
    const struct chain *chains = sea->chains.items;
    for (uint32_t i = 0; i < sea->chains.count; i++) {
        if (chains[i].is_closed) {
            continue;
        }
        const struct geo_import_coast *first = &coasts[chains[i].first];
        const struct geo_import_coast *last = &coasts[last_coast(sea, &chains[i])];
        if (!add_anchor(sea, i, false, dots[first->dot_first]) ||
            !add_anchor(sea, i, true, dots[last->dot_first + last->dot_count - 1])) {
            return false;
        }
    }
    return true;
}

/* Sort the anchors; false: two beginnings or two ends are neighbours, so land and sea would
 * overlap. */
static bool order_anchors(struct geo_import_sea *sea)
{
    struct anchor *anchors = sea->anchors.items;
    const uint32_t count = (uint32_t)sea->anchors.count;
    struct chain *chains = sea->chains.items;
    if (count > 0) {
        qsort(anchors, count, sizeof *anchors, compare_anchors);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (anchors[i].is_end == anchors[(i + 1) % count].is_end) {
            return false;
        }
        *(anchors[i].is_end ? &chains[anchors[i].chain].end : &chains[anchors[i].chain].begin) = i;
    }
    return true;
}

/* The corners of the box between two places on it, clockwise. */
static bool add_corners(struct geo_import_sea *sea, int64_t from, int64_t to)
{
    const struct geo_import_dot corners[4] = {{sea->low.x, sea->low.y},
                                              {sea->high.x, sea->low.y},
                                              {sea->high.x, sea->high.y},
                                              {sea->low.x, sea->high.y}};
    const int64_t width = (int64_t)sea->high.x - sea->low.x;
    const int64_t height = (int64_t)sea->high.y - sea->low.y;
    const int64_t places[4] = {0, width, width + height, 2 * width + height};
    const int64_t around = 2 * (width + height);
    const int64_t stop = to > from ? to : to + around;
    for (int i = 0; i < 8; i++) {
        const int64_t place = places[i % 4] + (i < 4 ? 0 : around);
        if (place > from && place < stop && !add_dot(sea, corners[i % 4])) {
            return false;
        }
    }
    return true;
}

static bool add_water(struct geo_import_sea *sea, size_t first)
{
    const struct geo_import_dot *dots = sea->dots.items;
    const struct geo_import_water water = {.home = (uint32_t)sea->waters.count, .dot_first = first};
    if (!add_dot(sea, dots[first])) {
        return false;
    }
    struct geo_import_water *slot = geo_import_list_append(&sea->waters, &water, 1);
    if (slot != NULL) {
        slot->dot_count = (uint32_t)(sea->dots.count - first);
    }
    return slot != NULL;
}

/* The sea is on the right of a coast, so along the box it is closed clockwise, too. */
static bool close_water(struct geo_import_sea *sea, uint32_t index)
{
    const struct anchor *anchors = sea->anchors.items;
    struct chain *chains = sea->chains.items;
    const size_t first = sea->dots.count;
    while (!chains[index].used) {
        chains[index].used = true;
        const struct anchor *begin = &anchors[chains[index].begin];
        const struct anchor *end = &anchors[chains[index].end];
        const struct anchor *next = &anchors[(chains[index].end + 1) % sea->anchors.count];
        if (!add_dot(sea, begin->dot) || !add_chain_dots(sea, &chains[index]) ||
            !add_dot(sea, end->dot) || !add_corners(sea, end->along, next->along)) {
            return false;
        }
        index = next->chain;
    }
    return add_water(sea, first);
}

/* The box itself: nothing but islands. */
static bool fill_box(struct geo_import_sea *sea)
{
    const size_t first = sea->dots.count;
    return add_corners(sea, -1, -1) && add_water(sea, first);
}

/* Positive: clockwise on the picture, with the water inside. */
static double turn_of(const struct geo_import_dot dots[], size_t count)
{
    double turn = 0.0;
    for (size_t i = 2; i < count; i++) {
        const double ax = (double)dots[i - 1].x - dots[0].x;
        const double ay = (double)dots[i - 1].y - dots[0].y;
        const double bx = (double)dots[i].x - dots[0].x;
        const double by = (double)dots[i].y - dots[0].y;
        turn += ax * by - bx * ay;
    }
    return turn;
}

static bool ring_holds(const struct geo_import_sea *sea, const struct geo_import_water *water,
                       struct geo_import_dot at)
{
    const struct geo_import_dot *dots = (const struct geo_import_dot *)sea->dots.items;
    bool is_inside = false;
    for (size_t i = water->dot_first + 1; i < water->dot_first + water->dot_count; i++) {
        const struct geo_import_dot a = dots[i - 1];
        const struct geo_import_dot b = dots[i];
        if ((a.y > at.y) == (b.y > at.y)) {
            continue;
        }
        const double turn =
            ((double)b.x - a.x) * ((double)at.y - a.y) - ((double)at.x - a.x) * ((double)b.y - a.y);
        is_inside = is_inside != ((turn > 0.0) == (b.y > a.y));
    }
    return is_inside;
}

/* An island belongs to the water around it; one on land is none. */
static bool place_island(struct geo_import_sea *sea, size_t first, uint32_t water_count)
{
    const struct geo_import_water *waters = sea->waters.items;
    const struct geo_import_dot at = ((const struct geo_import_dot *)sea->dots.items)[first];
    uint32_t home = 0;
    while (home < water_count && !ring_holds(sea, &waters[home], at)) {
        home++;
    }
    if (home == water_count) {
        sea->dots.count = first;
        return true;
    }
    const struct geo_import_water island = {.home = home,
                                            .is_hole = true,
                                            .dot_first = first,
                                            .dot_count = (uint32_t)(sea->dots.count - first)};
    return geo_import_list_append(&sea->waters, &island, 1) != NULL;
}

/* Closed chains that turn one way. */
static bool add_closed(struct geo_import_sea *sea, bool is_island)
{
    const struct chain *chains = sea->chains.items;
    const uint32_t water_count = (uint32_t)sea->waters.count;
    for (uint32_t i = 0; i < sea->chains.count; i++) {
        const size_t first = sea->dots.count;
        if (!chains[i].is_closed) {
            continue;
        }
        if (!add_chain_dots(sea, &chains[i])) {
            return false;
        }
        const struct geo_import_dot *dots = (const struct geo_import_dot *)sea->dots.items + first;
        const double turn = turn_of(dots, sea->dots.count - first);
        if (turn == 0.0 || is_island != (turn < 0.0)) {
            sea->dots.count = first;
        } else if (is_island ? !place_island(sea, first, water_count) : !add_water(sea, first)) {
            return false;
        }
    }
    return true;
}

static int compare_waters(const void *a, const void *b)
{
    const struct geo_import_water *one = a;
    const struct geo_import_water *other = b;
    if (one->home != other->home) {
        return one->home < other->home ? -1 : 1;
    }
    if (one->is_hole != other->is_hole) {
        return one->is_hole ? 1 : -1;
    }
    return (one->dot_first > other->dot_first) - (one->dot_first < other->dot_first);
}

static bool add_waters(struct geo_import_sea *sea)
{
    const struct chain *chains = sea->chains.items;
    for (uint32_t i = 0; i < sea->chains.count; i++) {
        if (!chains[i].is_closed && !chains[i].used && !close_water(sea, i)) {
            return false;
        }
    }
    if (!add_closed(sea, false)) {
        return false;
    }
    const bool is_open = sea->waters.count == 0;
    if ((is_open && !fill_box(sea)) || !add_closed(sea, true)) {
        return false;
    }
    if (is_open && sea->waters.count == 1) { /* not even an island: then no sea */
        sea->waters.count = 0;
        return true;
    }
    qsort(sea->waters.items, sea->waters.count, sizeof(struct geo_import_water), compare_waters);
    return true;
}

enum geo_status geo_import_sea_fill(struct geo_import_sea *sea)
{
    if (sea->coasts.count == 0) {
        return GEO_OK;
    }
    widen(sea);
    if (!link_coasts(sea) || !list_chains(sea) || !list_anchors(sea)) {
        return GEO_NO_MEMORY;
    }
    if (!order_anchors(sea)) {
        return GEO_BAD_INPUT;
    }
    return add_waters(sea) ? GEO_OK : GEO_NO_MEMORY;
}

bool geo_import_sea_holds(const struct geo_import_sea *sea, struct geo_import_dot at)
{
    const struct geo_import_water *waters = sea->waters.items;
    bool is_inside = false;
    for (size_t i = 0; i < sea->waters.count; i++) {
        is_inside = is_inside != ring_holds(sea, &waters[i], at);
    }
    return is_inside;
}

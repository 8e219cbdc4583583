#include "geo/geo_between.h"

#include <assert.h>

#define WHOLE_E6   1000000u
#define CLASS_NONE UINT32_MAX /* nothing with a length was driven yet */

/* From a node to where one arrives. */
struct label {
    uint32_t node;
    uint32_t travel_ms;
    uint32_t length_cm;
    uint32_t road_class;
    bool taken;
};

struct between {
    const struct geo_map *map;
    enum geo_profile profile;
    struct geo_place from;
    uint32_t count;
    struct label labels[GEO_BETWEEN_NODES_MAX];
    struct label best; /* travel_ms GEO_TRAVEL_NEVER: none yet */
};

static uint32_t part_of(uint32_t whole, uint32_t fraction_e6)
{
    return (uint32_t)((uint64_t)whole * fraction_e6 / WHOLE_E6);
}

static uint32_t time_of(const struct between *work, uint32_t edge, bool backward)
{
    const struct geo_edge *record = &work->map->edges[edge];
    return backward ? record->backward_ms[work->profile] : record->forward_ms[work->profile];
}

/* One piece more before the label; a turn has no length and no class. */
static struct label longer(struct label label, const struct geo_edge *edge, uint32_t travel_ms,
                           uint32_t length_cm)
{
    label.travel_ms += travel_ms;
    label.length_cm += length_cm;
    if (edge->length_cm > 0 && label.road_class == CLASS_NONE) {
        label.road_class = edge->road_class;
    } else if (edge->length_cm > 0 && label.road_class != edge->road_class) {
        label.road_class = GEO_ROAD_CLASS_COUNT;
    }
    return label;
}

/* False: no room. */
static bool put(struct between *work, const struct label *label)
{
    uint32_t slot = 0;
    while (slot < work->count && work->labels[slot].node != label->node) {
        slot++;
    }
    if (slot == GEO_BETWEEN_NODES_MAX) {
        return false;
    }
    if (slot == work->count) {
        work->labels[work->count++] = *label;
    } else if (label->travel_ms < work->labels[slot].travel_ms) {
        work->labels[slot] = *label;
    }
    return true;
}

static void keep_best(struct between *work, const struct label *label)
{
    if (label->travel_ms < work->best.travel_ms) {
        work->best = *label;
    }
}

/* What of an edge lies before a place on it, or behind. */
static uint32_t share(uint32_t whole, uint32_t fraction_e6, bool behind)
{
    const uint32_t before = part_of(whole, fraction_e6);
    return behind ? whole - before : before;
}

/* The places lie on one road: straight along it, if one may. */
static void drive_along(struct between *work, struct geo_place to)
{
    const struct geo_edge *edge = &work->map->edges[to.edge];
    const bool backward = to.fraction_e6 < work->from.fraction_e6;
    const uint32_t travel_ms = time_of(work, to.edge, backward);
    if (work->from.edge != to.edge || travel_ms == GEO_TRAVEL_NEVER) {
        return;
    }
    const uint32_t low_e6 = backward ? to.fraction_e6 : work->from.fraction_e6;
    const uint32_t high_e6 = backward ? work->from.fraction_e6 : to.fraction_e6;
    const struct label label = {
        .travel_ms = part_of(travel_ms, high_e6) - part_of(travel_ms, low_e6),
        .length_cm = part_of(edge->length_cm, high_e6) - part_of(edge->length_cm, low_e6),
        .road_class = edge->road_class};
    keep_best(work, &label);
}

/* The two ways onto the road one arrives on. */
static bool arrive(struct between *work, struct geo_place to)
{
    const struct geo_edge *edge = &work->map->edges[to.edge];
    bool room = true;
    for (uint32_t backward = 0; backward < 2 && room; backward++) {
        const uint32_t travel_ms = time_of(work, to.edge, backward != 0);
        if (travel_ms == GEO_TRAVEL_NEVER) {
            continue;
        }
        struct label label = {.node = geo_edge_tail(edge, backward != 0), .road_class = CLASS_NONE};
        label = longer(label, edge, share(travel_ms, to.fraction_e6, backward != 0),
                       share(edge->length_cm, to.fraction_e6, backward != 0));
        room = put(work, &label);
    }
    return room;
}

/* Does one come to the label's node from where one started? */
static void leave(struct between *work, const struct label *label)
{
    const struct geo_edge *edge = &work->map->edges[work->from.edge];
    for (uint32_t backward = 0; backward < 2; backward++) {
        const uint32_t travel_ms = time_of(work, work->from.edge, backward != 0);
        if (travel_ms == GEO_TRAVEL_NEVER || geo_edge_head(edge, backward != 0) != label->node) {
            continue;
        }
        const struct label whole =
            longer(*label, edge, share(travel_ms, work->from.fraction_e6, backward == 0),
                   share(edge->length_cm, work->from.fraction_e6, backward == 0));
        keep_best(work, &whole);
    }
}

/* The nearest label that was not taken; NULL: none could be better than what there is. */
static struct label *take(struct between *work)
{
    struct label *nearest = NULL;
    for (uint32_t i = 0; i < work->count; i++) {
        struct label *label = &work->labels[i];
        if (!label->taken && label->travel_ms < work->best.travel_ms &&
            (nearest == NULL || label->travel_ms < nearest->travel_ms)) {
            nearest = label;
        }
    }
    if (nearest != NULL) {
        nearest->taken = true;
    }
    return nearest;
}

static bool expand(struct between *work, const struct label *label)
{
    const uint32_t *first = work->map->in_first[work->profile];
    bool room = true;
    for (uint32_t i = first[label->node]; i < first[label->node + 1] && room; i++) {
        const struct geo_arc *arc = &work->map->in_arcs[i];
        const struct geo_edge *edge = &work->map->edges[arc->edge & ~GEO_ARC_BACKWARD];
        struct label next = longer(*label, edge, arc->travel_ms, edge->length_cm);
        next.node = arc->tail;
        next.taken = false;
        room = next.travel_ms >= work->best.travel_ms || put(work, &next);
    }
    return room;
}

enum geo_status geo_between_find(const struct geo_map *map, enum geo_profile profile,
                                 struct geo_place from, struct geo_place to,
                                 struct geo_between *between)
{
    assert(map != NULL);
    assert(from.edge < map->edge_count);
    assert(to.edge < map->edge_count);

    struct between work = {
        .map = map, .profile = profile, .from = from, .best = {.travel_ms = GEO_TRAVEL_NEVER}};
    drive_along(&work, to);
    bool room = arrive(&work, to);
    struct label *label = room ? take(&work) : NULL;
    for (; label != NULL && room; label = room ? take(&work) : NULL) {
        const struct label taken = *label;
        leave(&work, &taken);
        room = expand(&work, &taken);
    }
    if (!room) {
        return GEO_FULL;
    }
    if (work.best.travel_ms == GEO_TRAVEL_NEVER) {
        return GEO_NOT_FOUND;
    }
    *between = (struct geo_between){.travel_ms = work.best.travel_ms,
                                    .length_cm = work.best.length_cm,
                                    .road_class = work.best.road_class == CLASS_NONE
                                                      ? GEO_ROAD_CLASS_COUNT
                                                      : work.best.road_class};
    return GEO_OK;
}

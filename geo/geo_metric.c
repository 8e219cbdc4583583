#include "geo/geo_metric.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum geo_status geo_metric_create(const struct geo_cch *cch, enum geo_profile profile,
                                  struct geo_metric **out)
{
    assert(cch != NULL);
    assert(profile < GEO_PROFILE_COUNT);
    assert(out != NULL);

    *out = NULL;
    struct geo_metric *metric = calloc(1, sizeof *metric);
    if (metric == NULL) {
        return GEO_NO_MEMORY;
    }
    const size_t arcs = (size_t)cch->arc_count + 1u;
    const size_t words = arcs / 64u + 1u;
    metric->cch = cch;
    metric->profile = profile;
    metric->up_ms = calloc(arcs, sizeof *metric->up_ms);
    metric->down_ms = calloc(arcs, sizeof *metric->down_ms);
    metric->waiting = calloc(words, sizeof *metric->waiting);
    metric->due = calloc(words / 64u + 1u, sizeof *metric->due);
    if (metric->up_ms == NULL || metric->down_ms == NULL || metric->waiting == NULL ||
        metric->due == NULL) {
        geo_metric_destroy(metric);
        return GEO_NO_MEMORY;
    }
    *out = metric;
    return GEO_OK;
}

void geo_metric_destroy(struct geo_metric *metric)
{
    if (metric == NULL) {
        return;
    }
    free(metric->up_ms);
    free(metric->down_ms);
    free(metric->waiting);
    free(metric->due);
    free(metric);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The edges on an arc, the fastest each way, and nothing below it. */
static void weigh_roads(struct geo_metric *metric, const uint32_t times[], uint32_t arc)
{
    const struct geo_cch *cch = metric->cch;
    uint32_t up_ms = GEO_METRIC_NEVER;
    uint32_t down_ms = GEO_METRIC_NEVER;
    for (uint32_t i = cch->road_first[arc]; i < cch->road_first[arc + 1]; i++) {
        const uint32_t directed = cch->roads[i];
        if ((cch->edge_arc[directed] & GEO_CCH_DOWN) != 0) {
            down_ms = smaller(down_ms, times[directed]);
        } else {
            up_ms = smaller(up_ms, times[directed]);
        }
    }
    metric->up_ms[arc] = up_ms;
    metric->down_ms[arc] = down_ms;
}

static void weigh_all_roads(struct geo_metric *metric, const uint32_t times[])
{
    const struct geo_cch *cch = metric->cch;
    for (uint32_t arc = 0; arc < cch->arc_count; arc++) {
        metric->up_ms[arc] = GEO_METRIC_NEVER;
        metric->down_ms[arc] = GEO_METRIC_NEVER;
    }
    for (uint32_t i = 0; i < cch->map->edge_count * 2u; i++) {
        const uint32_t arc = cch->edge_arc[i] & ~GEO_CCH_DOWN;
        if (cch->edge_arc[i] != GEO_CCH_NO_ARC) {
            uint32_t *road_ms =
                (cch->edge_arc[i] & GEO_CCH_DOWN) != 0 ? metric->down_ms : metric->up_ms;
            road_ms[arc] = smaller(road_ms[arc], times[i]);
        }
    }
}

/* A speed as what is driven in what time: compared without a division. */
struct speed {
    uint64_t length_cm, travel_ms;
};

/* A closed road can still be left at the map's speed; one that traffic never touched is closed by
 * the map itself. */
static struct speed faster(const struct geo_metric *metric, const struct geo_traffic *traffic,
                           uint32_t edge, struct speed best)
{
    const uint32_t *times = geo_traffic_times(traffic, metric->profile);
    uint32_t travel_ms = smaller(times[(size_t)edge * 2], times[(size_t)edge * 2 + 1]);
    if (geo_traffic_edge_versions(traffic, metric->profile)[edge] != 0 &&
        larger(times[(size_t)edge * 2], times[(size_t)edge * 2 + 1]) == GEO_TRAVEL_NEVER) {
        const struct geo_map *map = metric->cch->map;
        travel_ms = smaller(geo_traffic_end_ms(traffic, map, metric->profile, edge, false),
                            geo_traffic_end_ms(traffic, map, metric->profile, edge, true));
    }
    if (travel_ms == GEO_TRAVEL_NEVER) {
        return best;
    }
    const struct speed here = {metric->cch->length_cm[edge], travel_ms + (travel_ms == 0)};
    return here.length_cm * best.travel_ms > best.length_cm * here.travel_ms ? here : best;
}

/* Rounded up. */
static uint32_t speed_cmps(struct speed speed)
{
    const uint64_t cmps = speed.length_cm * 1000u / speed.travel_ms + 1u;
    return cmps < UINT32_MAX ? (uint32_t)cmps : UINT32_MAX;
}

/* All triangles over one rank, whose own arcs are final: for each arc above it, on to everything
 * the arcs behind lead to. */
static const uint16_t *relax_rank(struct geo_metric *metric, uint32_t rank,
                                  const uint16_t *triangle)
{
    const struct geo_cch *cch = metric->cch;
    const uint32_t end = cch->up_first[rank + 1];
    const uint32_t *up_ms = metric->up_ms;
    const uint32_t *down_ms = metric->down_ms;
    for (uint32_t i = cch->up_first[rank]; i < end; i++) {
        const uint32_t to_ms = up_ms[i];
        const uint32_t from_ms = down_ms[i];
        const uint32_t row = cch->up_first[cch->up_head[i]];
        if (smaller(to_ms, from_ms) >= GEO_METRIC_NEVER) { /* nobody goes here */
            triangle += end - i - 1;
            continue;
        }
        uint32_t *restrict over_up_ms = metric->up_ms + row;
        uint32_t *restrict over_down_ms = metric->down_ms + row;
        for (uint32_t k = i + 1; k < end; k++) {
            const uint32_t over = *triangle++;
            over_up_ms[over] = smaller(over_up_ms[over], from_ms + up_ms[k]);
            over_down_ms[over] = smaller(over_down_ms[over], down_ms[k] + to_ms);
        }
    }
    return triangle;
}

static void follow_all(struct geo_metric *metric, const struct geo_traffic *traffic)
{
    const struct geo_cch *cch = metric->cch;
    struct speed best = {0, 1};
    for (uint32_t edge = 0; edge < cch->map->edge_count; edge++) {
        best = faster(metric, traffic, edge, best);
    }
    metric->speed_cmps = speed_cmps(best);
    weigh_all_roads(metric, geo_traffic_times(traffic, metric->profile));
    const uint16_t *triangle = cch->triangles;
    for (uint32_t rank = 0; rank < cch->node_count; rank++) {
        triangle = relax_rank(metric, rank, triangle);
    }
}

static void put_waiting(struct geo_metric *metric, uint32_t arc)
{
    metric->waiting[arc / 64u] |= UINT64_C(1) << (arc % 64u);
    metric->due[arc / 4096u] |= UINT64_C(1) << (arc / 64u % 64u);
}

/* The lowest arc that waits; GEO_CCH_NO_ARC if none does. */
static uint32_t take_waiting(struct geo_metric *metric)
{
    const size_t words = ((size_t)metric->cch->arc_count + 1u) / 64u + 1u;
    for (uint32_t i = 0; i < words / 64u + 1u; i++) {
        if (metric->due[i] == 0) {
            continue;
        }
        const uint32_t word = i * 64u + (uint32_t)__builtin_ctzll(metric->due[i]);
        const uint32_t arc = word * 64u + (uint32_t)__builtin_ctzll(metric->waiting[word]);
        metric->waiting[word] &= metric->waiting[word] - 1u;
        if (metric->waiting[word] == 0) {
            metric->due[i] &= metric->due[i] - 1u;
        }
        return arc;
    }
    return GEO_CCH_NO_ARC;
}

/* The arc between two ranks, both above a third one, or below and above: it is there. */
static uint32_t find_arc(const struct geo_cch *cch, uint32_t low, uint32_t high)
{
    uint32_t begin = cch->up_first[low];
    uint32_t end = cch->up_first[low + 1];
    while (begin + 1 < end) {
        const uint32_t middle = begin + (end - begin) / 2;
        if (cch->up_head[middle] <= high) {
            begin = middle;
        } else {
            end = middle;
        }
    }
    assert(cch->up_head[begin] == high);
    return begin;
}

/* Weigh one arc anew: its edges, and every triangle below it. Both lists of arcs from below ascend
 * by their tail. */
static void weigh_arc(struct geo_metric *metric, const uint32_t times[], uint32_t arc)
{
    const struct geo_cch *cch = metric->cch;
    const uint32_t low = cch->tail[arc];
    const uint32_t high = cch->up_head[arc];
    weigh_roads(metric, times, arc);
    uint32_t up_ms = metric->up_ms[arc];
    uint32_t down_ms = metric->down_ms[arc];
    for (uint32_t i = cch->down_first[low]; i < cch->down_first[low + 1]; i++) {
        const uint32_t to_low = cch->down_arc[i];
        const uint32_t end = cch->up_first[cch->tail[to_low] + 1];
        uint32_t to_high = to_low + 1;
        while (to_high < end && cch->up_head[to_high] < high) {
            to_high++;
        }
        if (to_high < end && cch->up_head[to_high] == high) {
            up_ms = smaller(up_ms, metric->down_ms[to_low] + metric->up_ms[to_high]);
            down_ms = smaller(down_ms, metric->down_ms[to_high] + metric->up_ms[to_low]);
        }
    }
    metric->up_ms[arc] = up_ms;
    metric->down_ms[arc] = down_ms;
}

/* One time of the arc over a triangle was `before` and is `now`: does the arc have to be weighed
 * anew? Where nothing was gained by it and nothing is, it stays. */
static bool matters(uint32_t held_ms, uint32_t before_ms, uint32_t now_ms)
{
    return now_ms < held_ms || (before_ms == held_ms && now_ms > before_ms);
}

/* The arc has changed: those above it that went over it, or could go now, wait for their turn. */
static void wake_above(struct geo_metric *metric, uint32_t arc, uint32_t before_up_ms,
                       uint32_t before_down_ms)
{
    const struct geo_cch *cch = metric->cch;
    const uint32_t low = cch->tail[arc];
    const uint32_t high = cch->up_head[arc];
    for (uint32_t i = cch->up_first[low]; i < cch->up_first[low + 1]; i++) {
        const uint32_t other = cch->up_head[i];
        if (i == arc) {
            continue;
        }
        /* From `high` down to `low` and up to `other`, and back. */
        const uint32_t over =
            high < other ? find_arc(cch, high, other) : find_arc(cch, other, high);
        const uint32_t there_ms = high < other ? metric->up_ms[over] : metric->down_ms[over];
        const uint32_t back_ms = high < other ? metric->down_ms[over] : metric->up_ms[over];
        if (matters(there_ms, before_down_ms + metric->up_ms[i],
                    metric->down_ms[arc] + metric->up_ms[i]) ||
            matters(back_ms, metric->down_ms[i] + before_up_ms,
                    metric->down_ms[i] + metric->up_ms[arc])) {
            put_waiting(metric, over);
        }
    }
}

/* An arc depends on arcs with lower tails only, and arcs are numbered by tail: from low to high,
 * each is weighed once. The highest speed may stay too high until the next whole pass, which costs
 * time and no answer. */
static void follow_some(struct geo_metric *metric, const struct geo_traffic *traffic,
                        const uint32_t edges[], uint32_t count)
{
    const uint32_t *times = geo_traffic_times(traffic, metric->profile);
    for (uint32_t i = 0; i < count * 2u; i++) {
        const uint32_t edge = edges[i / 2u];
        const uint32_t arc = metric->cch->edge_arc[edge * 2u + i % 2u];
        const struct speed speed = faster(metric, traffic, edge, (struct speed){0, 1});
        metric->speed_cmps = larger(metric->speed_cmps, speed_cmps(speed));
        if (arc != GEO_CCH_NO_ARC) {
            put_waiting(metric, arc & ~GEO_CCH_DOWN);
        }
    }
    uint32_t arc = take_waiting(metric);
    for (; arc != GEO_CCH_NO_ARC; arc = take_waiting(metric)) {
        const uint32_t before_up_ms = metric->up_ms[arc];
        const uint32_t before_down_ms = metric->down_ms[arc];
        weigh_arc(metric, times, arc);
        if (metric->up_ms[arc] != before_up_ms || metric->down_ms[arc] != before_down_ms) {
            wake_above(metric, arc, before_up_ms, before_down_ms);
        }
    }
}

/* The edges that changed since; one more than GEO_METRIC_PARTIAL_MAX: too many. */
static uint32_t changed_edges(const struct geo_metric *metric, const struct geo_traffic *traffic,
                              uint32_t edges[GEO_METRIC_PARTIAL_MAX])
{
    const uint32_t *versions = geo_traffic_edge_versions(traffic, metric->profile);
    const uint32_t edge_count = metric->cch->map->edge_count;
    uint32_t count = 0;
    for (uint32_t edge = 0; edge < edge_count; edge++) {
        if (versions[edge] <= metric->version) {
            continue;
        }
        if (count == GEO_METRIC_PARTIAL_MAX) {
            return GEO_METRIC_PARTIAL_MAX + 1u;
        }
        edges[count++] = edge;
    }
    return count;
}

void geo_metric_follow(struct geo_metric *metric, const struct geo_traffic *traffic)
{
    assert(metric != NULL);
    assert(traffic != NULL);

    uint32_t edges[GEO_METRIC_PARTIAL_MAX];
    const uint32_t changed =
        metric->ready ? changed_edges(metric, traffic, edges) : GEO_METRIC_PARTIAL_MAX + 1u;
    if (changed > GEO_METRIC_PARTIAL_MAX) {
        follow_all(metric, traffic);
    } else {
        follow_some(metric, traffic, edges, changed);
    }
    metric->ready = true;
    metric->version = geo_traffic_version(traffic);
}

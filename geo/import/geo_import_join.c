#include "geo/import/geo_import_join.h"

#include <stdlib.h>

/* A stretch of a road whose points are all there. */
struct run {
    uint32_t road_class, name, ref;
    uint32_t road;
    uint32_t count;
    size_t first; /* into source->refs */
};

/* One end of a run: end 0 is its first point. */
struct run_end {
    uint32_t node;
    uint32_t run;
    uint32_t end;
};

#define NO_END SIZE_MAX

struct joiner {
    const struct geo_import_source *source;
    struct geo_import_lines *out;
    struct geo_import_list runs; /* struct run */
    struct geo_import_list ends; /* struct run_end, of one group */
    size_t *partner;             /* run * 2 + end: the end it is joined to, or NO_END */
    bool *used;
};

static int compare_number(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_groups(const struct run *one, const struct run *other)
{
    const int by_class = compare_number(one->road_class, other->road_class);
    const int by_name = compare_number(one->name, other->name);
    return by_class != 0 ? by_class : by_name != 0 ? by_name : compare_number(one->ref, other->ref);
}

static int compare_runs(const void *a, const void *b)
{
    const struct run *one = a;
    const struct run *other = b;
    const int by_group = compare_groups(one, other);
    return by_group != 0 ? by_group : compare_number(one->first, other->first);
}

static int compare_ends(const void *a, const void *b)
{
    const struct run_end *one = a;
    const struct run_end *other = b;
    const int by_node = compare_number(one->node, other->node);
    const int by_run = compare_number(one->run, other->run);
    return by_node != 0 ? by_node : by_run != 0 ? by_run : compare_number(one->end, other->end);
}

static bool add_run(struct joiner *joiner, uint32_t road_index, size_t first, uint32_t count)
{
    const struct geo_import_road *roads = joiner->source->roads.items;
    const struct geo_import_road *road = &roads[road_index];
    if (count < 2) {
        return true;
    }
    const struct run run = {road->rule.road_class, road->name, road->ref, road_index, count, first};
    return geo_import_list_append(&joiner->runs, &run, 1) != NULL;
}

static bool list_runs(struct joiner *joiner)
{
    const struct geo_import_road *roads = joiner->source->roads.items;
    const uint32_t *refs = joiner->source->refs.items;
    for (uint32_t r = 0; r < joiner->source->roads.count; r++) {
        const size_t end = roads[r].ref_first + roads[r].ref_count;
        size_t first = roads[r].ref_first;
        for (size_t i = first; i < end; i++) {
            if (refs[i] == GEO_IMPORT_NO_NODE) {
                if (!add_run(joiner, r, first, (uint32_t)(i - first))) {
                    return false;
                }
                first = i + 1;
            }
        }
        if (!add_run(joiner, r, first, (uint32_t)(end - first))) {
            return false;
        }
    }
    return true;
}

/* Join where exactly two ends of one group meet, and not the two ends of a ring. */
static bool pair_ends(struct joiner *joiner, size_t begin, size_t end)
{
    const struct run *runs = joiner->runs.items;
    const uint32_t *refs = joiner->source->refs.items;
    joiner->ends.count = 0;
    for (size_t r = begin; r < end; r++) {
        const struct run_end both[2] = {{refs[runs[r].first], (uint32_t)r, 0},
                                        {refs[runs[r].first + runs[r].count - 1], (uint32_t)r, 1}};
        if (geo_import_list_append(&joiner->ends, both, 2) == NULL) {
            return false;
        }
    }
    struct run_end *ends = joiner->ends.items;
    qsort(ends, joiner->ends.count, sizeof *ends, compare_ends);
    size_t i = 0;
    while (i < joiner->ends.count) {
        size_t next = i + 1;
        while (next < joiner->ends.count && ends[next].node == ends[i].node) {
            next++;
        }
        if (next - i == 2 && ends[i].run != ends[i + 1].run) {
            const size_t one = (size_t)ends[i].run * 2 + ends[i].end;
            const size_t other = (size_t)ends[i + 1].run * 2 + ends[i + 1].end;
            joiner->partner[one] = other;
            joiner->partner[other] = one;
        }
        i = next;
    }
    return true;
}

/* The end where the line that holds `run` begins. */
static size_t line_start(const struct joiner *joiner, size_t run)
{
    size_t at = run * 2;
    while (joiner->partner[at] != NO_END) {
        at = joiner->partner[at] ^ 1u; /* the far end of the neighbour */
        if (at / 2 == run) {
            break; /* a ring of runs: it may begin anywhere */
        }
    }
    return at;
}

/* Append a run's points from `end` on; the first one is left out if the line has it already. */
static bool append_run(struct joiner *joiner, size_t run_index, size_t end, bool is_first)
{
    const struct run *run = (const struct run *)joiner->runs.items + run_index;
    const uint32_t *refs = (const uint32_t *)joiner->source->refs.items + run->first;
    for (uint32_t i = is_first ? 0 : 1; i < run->count; i++) {
        const uint32_t node = end == 0 ? refs[i] : refs[run->count - 1 - i];
        if (geo_import_list_append(&joiner->out->nodes, &node, 1) == NULL) {
            return false;
        }
    }
    return true;
}

static bool add_line(struct joiner *joiner, size_t run)
{
    const struct run *runs = joiner->runs.items;
    struct geo_import_line line = {.node_first = joiner->out->nodes.count, .road = runs[run].road};
    size_t at = line_start(joiner, run);
    bool is_first = true;
    while (at != NO_END && !joiner->used[at / 2]) {
        joiner->used[at / 2] = true;
        if (!append_run(joiner, at / 2, at & 1u, is_first)) {
            return false;
        }
        is_first = false;
        at = joiner->partner[at ^ 1u];
    }
    line.node_count = joiner->out->nodes.count - line.node_first;
    return geo_import_list_append(&joiner->out->lines, &line, 1) != NULL;
}

static bool join(struct joiner *joiner)
{
    if (!list_runs(joiner)) {
        return false;
    }
    const size_t count = joiner->runs.count;
    struct run *runs = joiner->runs.items;
    joiner->partner = calloc(count * 2 + 1, sizeof *joiner->partner);
    joiner->used = calloc(count + 1, sizeof *joiner->used);
    if (joiner->partner == NULL || joiner->used == NULL) {
        return false;
    }
    for (size_t i = 0; i < count * 2; i++) {
        joiner->partner[i] = NO_END;
    }
    if (count > 0) {
        qsort(runs, count, sizeof *runs, compare_runs);
    }
    size_t begin = 0;
    while (begin < count) {
        size_t end = begin;
        while (end < count && compare_groups(&runs[end], &runs[begin]) == 0) {
            end++;
        }
        if (!pair_ends(joiner, begin, end)) {
            return false;
        }
        for (size_t r = begin; r < end; r++) {
            if (!joiner->used[r] && !add_line(joiner, r)) {
                return false;
            }
        }
        begin = end;
    }
    return true;
}

enum geo_status geo_import_join_roads(const struct geo_import_source *source,
                                      struct geo_import_lines *lines)
{
    *lines = (struct geo_import_lines){.lines = GEO_IMPORT_LIST_OF(struct geo_import_line),
                                       .nodes = GEO_IMPORT_LIST_OF(uint32_t)};
    struct joiner joiner = {.source = source,
                            .out = lines,
                            .runs = GEO_IMPORT_LIST_OF(struct run),
                            .ends = GEO_IMPORT_LIST_OF(struct run_end)};
    const bool good = join(&joiner);
    geo_import_list_finish(&joiner.runs);
    geo_import_list_finish(&joiner.ends);
    free(joiner.partner);
    free(joiner.used);
    if (!good) {
        geo_import_join_finish(lines);
        return GEO_NO_MEMORY;
    }
    return GEO_OK;
}

void geo_import_join_finish(struct geo_import_lines *lines)
{
    geo_import_list_finish(&lines->lines);
    geo_import_list_finish(&lines->nodes);
}

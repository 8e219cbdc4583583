#include "geo/import/geo_import_street.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_snap.h"

/* An edge with a name, and the square its middle lies in. */
struct named_edge {
    uint32_t name;
    int32_t row, column;
    uint32_t edge;
    uint32_t cluster; /* 0: none yet */
};

/* A road's name and what else it is called. */
struct other_name {
    uint32_t name, alternatives; /* in names->text */
};

static int compare_int(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_squares(const struct named_edge *one, const struct named_edge *other)
{
    const int by_row = compare_int(one->row, other->row);
    return by_row != 0 ? by_row : compare_int(one->column, other->column);
}

static int compare_named(const void *a, const void *b)
{
    const struct named_edge *one = a;
    const struct named_edge *other = b;
    const int by_name = compare_int(one->name, other->name);
    if (by_name != 0) {
        return by_name;
    }
    const int by_square = compare_squares(one, other);
    return by_square != 0 ? by_square : compare_int(one->edge, other->edge);
}

static int compare_others(const void *a, const void *b)
{
    const struct other_name *one = a;
    const struct other_name *other = b;
    const int by_name = compare_int(one->name, other->name);
    return by_name != 0 ? by_name : compare_int(one->alternatives, other->alternatives);
}

static struct geo_point between(struct geo_point a, struct geo_point b)
{
    return (struct geo_point){(int32_t)(((int64_t)a.lat_e7 + b.lat_e7) / 2),
                              (int32_t)(((int64_t)a.lon_e7 + b.lon_e7) / 2)};
}

static struct geo_point middle_of(const struct geo_import_graph *graph, const struct geo_edge *edge)
{
    const uint32_t index = edge->shape_count / 2u;
    return between(geo_import_graph_point(graph, edge, index),
                   geo_import_graph_point(graph, edge, index + 1));
}

/* The first edge of `named` in this square, `count` if there is none. */
static size_t find_square(const struct named_edge named[], size_t count, int32_t row,
                          int32_t column)
{
    const struct named_edge wanted = {.row = row, .column = column};
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_squares(&named[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && compare_squares(&named[low], &wanted) == 0 ? low : count;
}

/* Put a whole square into the cluster and remember it for its neighbours. */
static bool take_square(struct named_edge named[], size_t count, size_t first, uint32_t cluster,
                        struct geo_import_list *todo)
{
    for (size_t i = first; i < count && compare_squares(&named[i], &named[first]) == 0; i++) {
        named[i].cluster = cluster;
    }
    return geo_import_list_append(todo, &first, 1) != NULL;
}

/* Flood over neighbouring squares of one name. */
static enum geo_status flood(struct named_edge named[], size_t count, size_t start,
                             uint32_t cluster, struct geo_import_list *todo)
{
    todo->count = 0;
    if (!take_square(named, count, start, cluster, todo)) {
        return GEO_NO_MEMORY;
    }
    while (todo->count > 0) {
        const size_t *items = todo->items;
        const struct named_edge at = named[items[--todo->count]];
        for (int32_t step = 0; step < 9; step++) {
            const size_t next =
                find_square(named, count, at.row + step / 3 - 1, at.column + step % 3 - 1);
            if (next < count && named[next].cluster == 0 &&
                !take_square(named, count, next, cluster, todo)) {
                return GEO_NO_MEMORY;
            }
        }
    }
    return GEO_OK;
}

static uint64_t gap_of(struct geo_point a, struct geo_point b)
{
    return geo_distance_cm(a, b);
}

/* The point of the cluster's roads that is nearest to the middle of their lengths. */
static struct geo_point cluster_point(const struct geo_import_graph *graph,
                                      const struct named_edge named[], size_t count,
                                      uint32_t cluster)
{
    const struct geo_edge *edges = graph->edges.items;
    int64_t lat_sum = 0; /* weighed by decimetres: 1e9 x 1e9 would not fit for whole provinces */
    int64_t lon_sum = 0;
    int64_t weight = 0;
    for (size_t i = 0; i < count; i++) {
        if (named[i].cluster == cluster) {
            const struct geo_edge *edge = &edges[named[i].edge];
            const struct geo_point at = middle_of(graph, edge);
            const int64_t length = edge->length_cm / 1000 + 1; /* 10 m */
            lat_sum += at.lat_e7 * length;
            lon_sum += at.lon_e7 * length;
            weight += length;
        }
    }
    assert(weight > 0);
    const struct geo_point middle = {(int32_t)(lat_sum / weight), (int32_t)(lon_sum / weight)};
    struct geo_point best = middle;
    uint64_t best_gap = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct geo_edge *edge = &edges[named[i].edge];
        for (uint32_t k = 0; named[i].cluster == cluster && k <= edge->shape_count; k++) {
            const struct geo_point a = geo_import_graph_point(graph, edge, k);
            const struct geo_point at = between(a, geo_import_graph_point(graph, edge, k + 1));
            if (gap_of(at, middle) < best_gap) {
                best_gap = gap_of(at, middle);
                best = at;
            }
            if (gap_of(a, middle) < best_gap) {
                best_gap = gap_of(a, middle);
                best = a;
            }
        }
    }
    return best;
}

static enum geo_status add_street(struct geo_import_names *names, uint32_t name,
                                  struct geo_point at)
{
    struct geo_import_named *street = geo_import_list_add(&names->drafts);
    if (street == NULL) {
        return GEO_NO_MEMORY;
    }
    *street = (struct geo_import_named){.name = name, .kind = GEO_NAME_STREET, .at = at};
    return GEO_OK;
}

/* All clusters of one name: named[0..count). */
static enum geo_status add_name(const struct geo_import_graph *graph, struct named_edge named[],
                                size_t count, struct geo_import_list *todo,
                                struct geo_import_names *names)
{
    uint32_t cluster = 0;
    for (size_t i = 0; i < count; i++) {
        if (named[i].cluster != 0) {
            continue;
        }
        cluster++;
        enum geo_status status = flood(named, count, i, cluster, todo);
        if (status == GEO_OK) {
            status = add_street(names, named[i].name, cluster_point(graph, named, count, cluster));
        }
        if (status != GEO_OK) {
            return status;
        }
    }
    return GEO_OK;
}

static enum geo_status list_named(const struct geo_import_source *source,
                                  struct geo_import_graph *graph, struct geo_import_names *names,
                                  struct geo_import_list *named)
{
    struct geo_edge *edges = graph->edges.items;
    for (uint32_t e = 0; e < graph->edges.count; e++) {
        const enum geo_status status = geo_import_text_add(
            &names->text, geo_import_text_at(&source->text, edges[e].name), &edges[e].name);
        if (status != GEO_OK) {
            return status;
        }
        if (edges[e].name == 0) {
            continue;
        }
        const struct geo_point at = middle_of(graph, &edges[e]);
        struct named_edge *item = geo_import_list_add(named);
        if (item == NULL) {
            return GEO_NO_MEMORY;
        }
        *item = (struct named_edge){
            .name = edges[e].name,
            .row = (int32_t)((at.lat_e7 + 900000000LL) / GEO_IMPORT_STREET_SQUARE_E7),
            .column = (int32_t)((at.lon_e7 + 1800000000LL) / GEO_IMPORT_STREET_SQUARE_E7),
            .edge = e};
    }
    return GEO_OK;
}

static enum geo_status list_others(const struct geo_import_source *source,
                                   struct geo_import_names *names, struct geo_import_list *others)
{
    const struct geo_import_road *roads = source->roads.items;
    for (size_t i = 0; i < source->roads.count; i++) {
        if (roads[i].alternatives == 0 || roads[i].name == 0) {
            continue;
        }
        struct other_name *other = geo_import_list_add(others);
        if (other == NULL) {
            return GEO_NO_MEMORY;
        }
        enum geo_status status = geo_import_text_add(
            &names->text, geo_import_text_at(&source->text, roads[i].name), &other->name);
        if (status == GEO_OK) {
            status = geo_import_text_add(&names->text,
                                         geo_import_text_at(&source->text, roads[i].alternatives),
                                         &other->alternatives);
        }
        if (status != GEO_OK) {
            return status;
        }
    }
    if (others->count > 0) {
        qsort(others->items, others->count, sizeof(struct other_name), compare_others);
    }
    return GEO_OK;
}

/* Of several sets of other names for one name the first is taken: they say the same, mostly. */
static enum geo_status name_otherwise(const struct geo_import_source *source,
                                      struct geo_import_names *names)
{
    struct geo_import_list others = GEO_IMPORT_LIST_OF(struct other_name);
    const enum geo_status status = list_others(source, names, &others);
    struct geo_import_named *drafts = names->drafts.items;
    const struct other_name *all = others.items;
    for (size_t i = 0; status == GEO_OK && i < names->drafts.count; i++) {
        size_t low = 0;
        size_t high = others.count;
        while (low < high) {
            const size_t middle = low + (high - low) / 2;
            if (all[middle].name < drafts[i].name) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low < others.count && all[low].name == drafts[i].name) {
            drafts[i].alternatives = all[low].alternatives;
        }
    }
    geo_import_list_finish(&others);
    return status;
}

static enum geo_status build(const struct geo_import_source *source, struct geo_import_graph *graph,
                             struct geo_import_names *names, struct geo_import_list *list,
                             struct geo_import_list *todo)
{
    enum geo_status status = list_named(source, graph, names, list);
    struct named_edge *named = list->items;
    if (status == GEO_OK && list->count > 0) {
        qsort(named, list->count, sizeof *named, compare_named);
    }
    size_t begin = 0;
    while (begin < list->count && status == GEO_OK) {
        size_t end = begin;
        while (end < list->count && named[end].name == named[begin].name) {
            end++;
        }
        status = add_name(graph, named + begin, end - begin, todo, names);
        begin = end;
    }
    return status == GEO_OK ? name_otherwise(source, names) : status;
}

enum geo_status geo_import_street_add(const struct geo_import_source *source,
                                      struct geo_import_graph *graph,
                                      struct geo_import_names *names)
{
    struct geo_import_list named = GEO_IMPORT_LIST_OF(struct named_edge);
    struct geo_import_list todo = GEO_IMPORT_LIST_OF(size_t);
    const enum geo_status status = build(source, graph, names, &named, &todo);
    geo_import_list_finish(&named);
    geo_import_list_finish(&todo);
    return status;
}

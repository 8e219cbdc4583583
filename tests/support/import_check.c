#include "tests/support/import_check.h"

#include <assert.h>

#include "geo/import/geo_import_graph.h"
#include "geo/import/geo_import_name.h"
#include "geo/import/geo_import_snap.h"
#include "geo/import/geo_import_tile.h"

#define SPAN_E7_MAX 500000 /* 5 km: larger cities only cost time here */

static bool is_small(const struct geo_import_graph *graph)
{
    return (int64_t)graph->north_e7 - graph->south_e7 < SPAN_E7_MAX &&
           (int64_t)graph->east_e7 - graph->west_e7 < SPAN_E7_MAX;
}

static void check_refs(const struct geo_import_source *source, size_t first, size_t count)
{
    const uint32_t *refs = source->refs.items;
    assert(first + count <= source->refs.count);
    for (size_t i = first; i < first + count; i++) {
        assert(refs[i] == GEO_IMPORT_NO_NODE || refs[i] < source->nodes.count);
    }
}

static void check_source(const struct geo_import_source *source)
{
    const struct geo_import_road *roads = source->roads.items;
    for (size_t i = 0; i < source->roads.count; i++) {
        check_refs(source, roads[i].ref_first, roads[i].ref_count);
    }
    const struct geo_import_shape *shapes = source->shapes.items;
    for (size_t i = 0; i < source->shapes.count; i++) {
        check_refs(source, shapes[i].ref_first, shapes[i].ref_count);
        assert(shapes[i].draw.layer != NULL);
        if (shapes[i].is_hole) { /* behind its outer ring, or behind another hole of that */
            assert(i > 0);
            assert(shapes[i - 1].draw.kind == shapes[i].draw.kind);
        }
    }
    const struct geo_import_poi *pois = source->pois.items;
    for (size_t i = 0; i < source->pois.count; i++) {
        assert(geo_point_valid(pois[i].at));
    }
}

/* Only a turn at a crossing that carries restrictions has no length, and takes no time. */
static void check_length(const struct geo_edge *edge)
{
    for (int p = 0; edge->length_cm == 0 && p < GEO_PROFILE_COUNT; p++) {
        assert(edge->forward_ms[p] == 0 || edge->forward_ms[p] == GEO_TRAVEL_NEVER);
        assert(edge->backward_ms[p] == GEO_TRAVEL_NEVER);
    }
    assert(edge->length_cm > 0 || edge->shape_count == 0);
}

static void check_graph(const struct geo_import_graph *graph)
{
    const struct geo_edge *edges = graph->edges.items;
    for (size_t i = 0; i < graph->edges.count; i++) {
        assert(edges[i].from < graph->nodes.count);
        assert(edges[i].to < graph->nodes.count);
        assert(edges[i].from != edges[i].to);
        check_length(&edges[i]);
        assert((size_t)edges[i].shape_first + edges[i].shape_count <= graph->shape.count);
    }
}

static void check_tiles(const struct geo_import_tiles *tiles)
{
    const struct geo_tile *all = tiles->tiles.items;
    size_t end = 0;
    for (size_t i = 0; i < tiles->tiles.count; i++) {
        assert(all[i].offset == end);
        assert(all[i].size > 0);
        end += all[i].size;
        assert(
            i == 0 || all[i - 1].zoom < all[i].zoom ||
            (all[i - 1].zoom == all[i].zoom &&
             (all[i - 1].x < all[i].x || (all[i - 1].x == all[i].x && all[i - 1].y < all[i].y))));
    }
    assert(end == tiles->bodies.count);
}

static void finish_map(struct geo_import_source *source, struct geo_import_graph *graph)
{
    struct geo_import_names names;
    if (geo_import_name_build(source, graph, &names) == GEO_OK) {
        geo_import_name_finish(&names);
    }
    struct geo_import_snap snap;
    if (is_small(graph) && geo_import_snap_build(graph, &snap) == GEO_OK) {
        geo_import_snap_finish(&snap);
    }
    struct geo_import_tiles tiles;
    if (is_small(graph) && geo_import_tile_build(source, &tiles) == GEO_OK) {
        check_tiles(&tiles);
        geo_import_tile_finish(&tiles);
    }
}

void import_check_compile(struct geo_import_source *source, enum geo_status status)
{
    if (status == GEO_OK) {
        status = geo_import_source_resolve(source);
    }
    struct geo_import_graph graph;
    if (status == GEO_OK) {
        check_source(source);
        status = geo_import_graph_build(source, &graph);
        if (status == GEO_OK) {
            check_graph(&graph);
            finish_map(source, &graph);
            geo_import_graph_finish(&graph);
        }
    }
    assert(status != GEO_BAD_INPUT || source->report->error[0] != '\0');
}

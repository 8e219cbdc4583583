/* Any bytes as GeoJSON: refused with a sentence, or a graph whose indices all hold. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "geo/import/geo_import_graph.h"
#include "geo/import/geo_import_name.h"
#include "geo/import/geo_import_read.h"
#include "geo/import/geo_import_snap.h"
#include "geo/import/geo_import_tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SPAN_E7_MAX 2000000 /* 22 km: larger cities only cost time here */

static bool is_small(const struct geo_import_graph *graph)
{
    return (int64_t)graph->north_e7 - graph->south_e7 < SPAN_E7_MAX &&
           (int64_t)graph->east_e7 - graph->west_e7 < SPAN_E7_MAX;
}

static void check_graph(const struct geo_import_graph *graph)
{
    const struct geo_edge *edges = graph->edges.items;
    for (size_t i = 0; i < graph->edges.count; i++) {
        assert(edges[i].from < graph->nodes.count);
        assert(edges[i].to < graph->nodes.count);
        assert(edges[i].from != edges[i].to);
        assert(edges[i].length_cm > 0);
        assert((size_t)edges[i].shape_first + edges[i].shape_count <= graph->shape.count);
    }
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
    if (is_small(graph) && source->shapes.count == 0 && source->places.count == 0 &&
        geo_import_tile_build(source, &tiles) == GEO_OK) {
        geo_import_tile_finish(&tiles);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct geo_import_report report;
    const struct geo_import_options options = {.input_path = "fuzz.json",
                                               .output_path = "fuzz.kfmap"};
    struct geo_import_source source;
    memset(&report, 0, sizeof report);
    enum geo_status status = geo_import_source_init(&source, &options, &report);
    if (status == GEO_OK) {
        status = geo_import_geojson_read(&source, "fuzz.json", (const char *)data, size);
    }
    if (status == GEO_OK) {
        status = geo_import_source_resolve(&source);
    }
    struct geo_import_graph graph;
    if (status == GEO_OK) {
        status = geo_import_graph_build(&source, &graph);
        if (status == GEO_OK) {
            check_graph(&graph);
            finish_map(&source, &graph);
            geo_import_graph_finish(&graph);
        }
    }
    assert(status != GEO_BAD_INPUT || report.error[0] != '\0');
    geo_import_source_finish(&source);
    return 0;
}

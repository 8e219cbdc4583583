#include "geo/import/geo_import.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_cch.h"
#include "geo/import/geo_import_file.h"
#include "geo/import/geo_import_graph.h"
#include "geo/import/geo_import_meta.h"
#include "geo/import/geo_import_name.h"
#include "geo/import/geo_import_read.h"
#include "geo/import/geo_import_snap.h"
#include "geo/import/geo_import_tile.h"

/* Everything a run makes, in the order it is made. Zero is empty. */
struct run {
    const struct geo_import_options *options;
    struct geo_import_report *report;
    struct geo_import_source source;
    struct geo_import_graph graph;
    struct geo_import_snap snap;
    struct geo_import_cch cch;
    struct geo_import_names names;
    struct geo_import_tiles tiles;
    struct geo_import_text labels; /* city, attribution and source as clean UTF-8 */
    char *meta;
};

#define SECTIONS_MAX (GEO_SECTION_COUNT - 1u)

static struct geo_import_section section_of(enum geo_section kind,
                                            const struct geo_import_list *list)
{
    return (struct geo_import_section){kind, (uint32_t)list->item_size, list->items, list->count};
}

static uint32_t list_sections(const struct run *run, struct geo_import_section sections[])
{
    uint32_t count = 0;
    sections[count++] = section_of(GEO_SECTION_NODE, &run->graph.nodes);
    sections[count++] = section_of(GEO_SECTION_EDGE, &run->graph.edges);
    sections[count++] = section_of(GEO_SECTION_SHAPE, &run->graph.shape);
    sections[count++] = section_of(GEO_SECTION_IN_FIRST, &run->graph.in_first);
    sections[count++] = section_of(GEO_SECTION_IN_ARC, &run->graph.in_arcs);
    sections[count++] = section_of(GEO_SECTION_SNAP_FIRST, &run->snap.first);
    sections[count++] = section_of(GEO_SECTION_SNAP_PIECE, &run->snap.pieces);
    sections[count++] = (struct geo_import_section){GEO_SECTION_SNAP_GRID, sizeof run->snap.grid,
                                                    &run->snap.grid, 1};
    sections[count++] = section_of(GEO_SECTION_TEXT, &run->names.text.bytes);
    sections[count++] = section_of(GEO_SECTION_NAME, &run->names.names);
    sections[count++] = section_of(GEO_SECTION_TILE, &run->tiles.tiles);
    sections[count++] = section_of(GEO_SECTION_TILE_BODY, &run->tiles.bodies);
    sections[count++] = section_of(GEO_SECTION_CCH_RANK, &run->cch.rank);
    sections[count++] = section_of(GEO_SECTION_CCH_ORDER, &run->cch.order);
    sections[count++] = section_of(GEO_SECTION_CCH_UP_FIRST, &run->cch.up_first);
    sections[count++] = section_of(GEO_SECTION_CCH_UP_HEAD, &run->cch.up_head);
    sections[count++] = section_of(GEO_SECTION_CCH_EDGE, &run->cch.edge_arc);
    sections[count++] = section_of(GEO_SECTION_NAME_KEY, &run->names.keys);
    assert(count + 1 == SECTIONS_MAX);
    return count;
}

/* "some/where/porto_portugal.osm.pbf" is "porto_portugal". */
static void city_from_path(const char *path, char out[], size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t length = strcspn(name, ".");
    length = length < size ? length : size - 1;
    memcpy(out, name, length);
    out[length] = '\0';
}

static enum geo_status make_meta(struct run *run, const struct geo_import_section sections[],
                                 uint32_t count)
{
    const struct geo_import_options *options = run->options;
    char from_path[GEO_IMPORT_TEXT_MAX + 1];
    city_from_path(options->input_path, from_path, sizeof from_path);
    const char *slash = strrchr(options->input_path, '/');
    const char *const labels[3] = {options->city != NULL ? options->city : from_path,
                                   options->attribution != NULL ? options->attribution
                                                                : "© OpenStreetMap contributors",
                                   slash == NULL ? options->input_path : slash + 1};
    uint32_t at[3] = {0};
    for (size_t i = 0; i < 3; i++) {
        const enum geo_status status = geo_import_text_add(&run->labels, labels[i], &at[i]);
        if (status != GEO_OK) {
            return status;
        }
    }
    const struct geo_import_meta_input input = {
        .city = geo_import_text_at(&run->labels, at[0]),
        .attribution = geo_import_text_at(&run->labels, at[1]),
        .source_name = geo_import_text_at(&run->labels, at[2]),
        .report = run->report,
        .sections = sections,
        .section_count = count};
    return geo_import_meta_make(&input, &run->meta);
}

static enum geo_status write_map(struct run *run)
{
    struct geo_import_section sections[SECTIONS_MAX] = {{0}};
    const uint32_t others = list_sections(run, sections + 1);
    const enum geo_status status = make_meta(run, sections + 1, others);
    if (status != GEO_OK) {
        return status;
    }
    sections[0] = (struct geo_import_section){GEO_SECTION_META, 1, run->meta, strlen(run->meta)};
    const struct geo_map_header bounds = {.south_e7 = run->graph.south_e7,
                                          .west_e7 = run->graph.west_e7,
                                          .north_e7 = run->graph.north_e7,
                                          .east_e7 = run->graph.east_e7};
    geo_import_report_say(run->options, "write", 0, 0);
    return geo_import_file_write(run->options->output_path, sections, others + 1, &bounds,
                                 run->report);
}

static enum geo_status compile(struct run *run)
{
    geo_import_report_say(run->options, "read", 0, 0);
    enum geo_status status = geo_import_read_any(&run->source);
    if (status == GEO_OK) {
        geo_import_report_say(run->options, "roads", 0, 0);
        status = geo_import_source_resolve(&run->source);
    }
    if (status == GEO_OK) {
        status = geo_import_graph_build(&run->source, &run->graph);
    }
    if (status == GEO_OK) {
        geo_import_report_say(run->options, "snap", 0, 0);
        status = geo_import_snap_build(&run->graph, &run->snap);
    }
    if (status == GEO_OK) {
        geo_import_report_say(run->options, "order", 0, 0);
        status = geo_import_cch_build(&run->graph, run->report, &run->cch);
    }
    if (status == GEO_OK) {
        geo_import_report_say(run->options, "names", 0, 0);
        status = geo_import_name_build(&run->source, &run->graph, &run->names);
    }
    if (status == GEO_OK) {
        status = geo_import_tile_build(&run->source, &run->tiles);
    }
    return status == GEO_OK ? write_map(run) : status;
}

enum geo_status geo_import_run(const struct geo_import_options *options,
                               struct geo_import_report *report)
{
    assert(options->input_path != NULL);
    assert(options->output_path != NULL);
    *report = (struct geo_import_report){0};
    struct run run = {.options = options, .report = report};
    enum geo_status status = geo_import_source_init(&run.source, options, report);
    if (status == GEO_OK) {
        status = geo_import_text_init(&run.labels);
    }
    if (status == GEO_OK) {
        status = compile(&run);
    }
    geo_import_source_finish(&run.source);
    geo_import_graph_finish(&run.graph);
    geo_import_snap_finish(&run.snap);
    geo_import_cch_finish(&run.cch);
    geo_import_name_finish(&run.names);
    geo_import_tile_finish(&run.tiles);
    geo_import_text_finish(&run.labels);
    free(run.meta);
    if (status != GEO_OK) { /* where nothing more particular is known */
        (void)geo_import_report_fail(report, status, "%s: %s", options->input_path,
                                     geo_status_text(status));
    }
    return status;
}

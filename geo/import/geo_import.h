#ifndef GEO_IMPORT_GEO_IMPORT_H
#define GEO_IMPORT_GEO_IMPORT_H

#include <stdint.h>

#include "geo/geo_map.h"

/* The map compiler: OpenStreetMap in, one .kfmap file out (geo/geo_map.h).
 *
 * Reads .osm.pbf, .osm and .osm.gz (XML through expat), and GeoJSON FeatureCollections of
 * OSM ways (.json, .geojson), whose topology is by equal coordinates. The same input and options
 * give the same bytes. A tool, not a part of the engine: it takes memory as it needs it. */

/* What was read, kept and dropped, and why. Named so in META and in what the tool prints. */
#define GEO_IMPORT_COUNT_LIST(X)                                                                   \
    X(NODES_READ, "nodes_read")                                                                    \
    X(WAYS_READ, "ways_read")                                                                      \
    X(RELATIONS_READ, "relations_read")                                                            \
    X(FEATURES_READ, "features_read")                                                              \
    X(ROADS_KEPT, "roads_kept")                                                                    \
    X(ROADS_DRAWN_ONLY, "roads_drawn_only")                                                        \
    X(FERRIES_KEPT, "ferries_kept")                                                                \
    X(AREAS_KEPT, "areas_kept")                                                                    \
    X(PLACES_KEPT, "places_kept")                                                                  \
    X(BARRIERS_KEPT, "barriers_kept")                                                              \
    X(GATES_MADE, "barrier_nodes_split")                                                           \
    X(DROPPED_CONSTRUCTION, "dropped_under_construction")                                          \
    X(DROPPED_PROPOSED, "dropped_proposed")                                                        \
    X(DROPPED_DISUSED, "dropped_disused")                                                          \
    X(DROPPED_PLATFORM, "dropped_platform")                                                        \
    X(DROPPED_KIND, "dropped_unknown_highway")                                                     \
    X(DROPPED_CLOSED, "dropped_closed_to_all")                                                     \
    X(DROPPED_REVERSIBLE, "dropped_reversible")                                                    \
    X(DROPPED_SHORT, "dropped_under_two_points")                                                   \
    X(DROPPED_GEOMETRY, "dropped_geometry_type")                                                   \
    X(MISSING_NODES, "way_points_outside_extract")                                                 \
    X(LONG_PIECES, "pieces_over_200_km_cut")                                                       \
    X(UNKNOWN_MAXSPEED, "maxspeed_not_understood")                                                 \
    X(RESTRICTIONS_READ, "turn_restrictions_read")                                                 \
    X(RESTRICTIONS_FOLLOWED, "turn_restrictions_followed")                                         \
    X(RESTRICTIONS_OTHERS, "turn_restrictions_for_other_vehicles")                                 \
    X(RESTRICTIONS_IDLE, "turn_restrictions_of_turns_closed_anyway")                               \
    X(RESTRICTIONS_VIA_WAY, "turn_restrictions_not_followed_via_way")                              \
    X(RESTRICTIONS_CONDITIONAL, "turn_restrictions_not_followed_conditional")                      \
    X(RESTRICTIONS_AMBIGUOUS, "turn_restrictions_not_followed_ambiguous")                          \
    X(RESTRICTIONS_BROKEN, "turn_restrictions_not_followed_incomplete")                            \
    X(TURN_NODES, "turn_crossings_split")                                                          \
    X(MULTIPOLYGONS_KEPT, "multipolygons_kept")                                                    \
    X(MULTIPOLYGONS_INCOMPLETE, "multipolygons_dropped_incomplete")                                \
    X(MULTIPOLYGONS_ROADS, "multipolygons_dropped_roads")                                          \
    X(RINGS_BRIDGED, "multipolygon_rings_closed_by_a_straight_line")                               \
    X(RINGS_INCOMPLETE, "multipolygon_rings_dropped_incomplete")                                   \
    X(HOLES_STRAY, "multipolygon_holes_dropped_outside_of_all_rings")                              \
    X(COASTS_FILLED, "coastlines_made_a_sea")                                                      \
    X(COASTS_OPEN, "coastlines_drawn_as_lines")                                                    \
    X(AREAS_TOO_LARGE, "areas_over_65536_tiles_not_drawn")                                         \
    X(GRAPH_NODES, "graph_nodes")                                                                  \
    X(GRAPH_EDGES, "graph_edges")                                                                  \
    X(GRAPH_POINTS_CONTRACTED, "graph_points_contracted")                                          \
    X(CAR_EDGES, "car_edges")                                                                      \
    X(CAR_EDGES_CONNECTED, "car_edges_connected")                                                  \
    X(MOTORCYCLE_EDGES, "motorcycle_edges")                                                        \
    X(MOTORCYCLE_EDGES_CONNECTED, "motorcycle_edges_connected")                                    \
    X(FOOT_EDGES, "foot_edges")                                                                    \
    X(FOOT_EDGES_CONNECTED, "foot_edges_connected")                                                \
    X(CCH_ARCS, "cch_arcs")                                                                        \
    X(CCH_TRIANGLES, "cch_triangles")                                                              \
    X(CCH_HEIGHT, "cch_height")                                                                    \
    X(EMERGENCY_EDGES, "emergency_edges")                                                          \
    X(EMERGENCY_EDGES_CONNECTED, "emergency_edges_connected")                                      \
    X(STREETS, "streets")                                                                          \
    X(NAMES, "names_of_streets_and_places")                                                        \
    X(NAME_KEYS, "name_search_keys")                                                               \
    X(TILES_THINNED, "tiles_that_left_out_small_details")                                          \
    X(TILES, "tiles")

#define GEO_IMPORT_COUNT_ENUM(name, text) GEO_IMPORT_##name,
enum geo_import_count { GEO_IMPORT_COUNT_LIST(GEO_IMPORT_COUNT_ENUM) GEO_IMPORT_COUNT_COUNT };
#undef GEO_IMPORT_COUNT_ENUM

#define GEO_IMPORT_ERROR_SIZE 512u

struct geo_import_report {
    uint64_t counts[GEO_IMPORT_COUNT_COUNT];
    uint64_t section_bytes[GEO_SECTION_COUNT]; /* by enum geo_section */
    uint64_t file_bytes;
    uint64_t map_id;
    char error[GEO_IMPORT_ERROR_SIZE]; /* a sentence that names the file and the place; "" if ok */
};

/* Called from inside geo_import_run() as work goes on; total 0: not known. */
typedef void geo_import_progress(void *context, const char *phase, uint64_t done, uint64_t total);

struct geo_import_options {
    const char *input_path;
    const char *output_path;       /* written as OUTPUT.part, synced to disk, then renamed */
    const char *city;              /* NULL: the input's file name without its endings */
    const char *attribution;       /* NULL: "© OpenStreetMap contributors" */
    bool emergency_oneway;         /* emergency cars may drive against one-way streets, slowly */
    geo_import_progress *progress; /* NULL: silent */
    void *progress_context;
};

/* Compile. On failure the output path is as it was and report->error says what and where. */
GEO_MUST_CHECK enum geo_status geo_import_run(const struct geo_import_options *options,
                                              struct geo_import_report *report);

/* The name of a count, as in META. */
const char *geo_import_report_count_name(enum geo_import_count count);

/* The name of a section, as in META and on the screen. */
const char *geo_import_report_section_name(enum geo_section section);

#endif

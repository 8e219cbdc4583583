#ifndef GEO_IMPORT_GEO_IMPORT_SOURCE_H
#define GEO_IMPORT_GEO_IMPORT_SOURCE_H

#include "geo/import/geo_import.h"
#include "geo/import/geo_import_draw.h"
#include "geo/import/geo_import_list.h"
#include "geo/import/geo_import_poi.h"
#include "geo/import/geo_import_report.h"
#include "geo/import/geo_import_restriction.h"
#include "geo/import/geo_import_tags.h"
#include "geo/import/geo_import_text.h"

/* A city as the readers leave it: points, roads and areas that refer to them, names.
 *
 * Readers add nodes and ways in any order and call resolve once; then every ref is an index into
 * nodes, or GEO_IMPORT_NO_NODE where the extract does not hold the point. */

#define GEO_IMPORT_NO_NODE UINT32_MAX

struct geo_import_node {
    int64_t id;
    struct geo_point at;
};

struct geo_import_barrier {
    int64_t id;
    uint32_t node;
    uint8_t blocked; /* profiles, bit p */
};

struct geo_import_road {
    int64_t id; /* of the way; 0 where the input has none */
    size_t ref_first;
    uint32_t ref_count;
    uint32_t name, ref;
    uint32_t alternatives; /* what else it is called, parted by ';' */
    struct geo_import_rule rule;
};

struct geo_import_shape {
    size_t ref_first;
    uint32_t ref_count;
    uint32_t name;
    struct geo_import_draw draw;
    bool is_hole; /* in the shape before it that is none */
};

#define GEO_IMPORT_NO_SHAPE UINT32_MAX

/* Any way: a relation that comes later may be made of it. */
struct geo_import_known_way {
    int64_t id;
    size_t ref_first; /* into ids, or spare_ids */
    uint32_t ref_count;
    uint32_t order; /* in the input */
    uint32_t shape; /* that it draws itself */
    bool is_spare;  /* nothing by itself: its points are in spare_ids */
};

struct geo_import_place {
    struct geo_point at;
    uint32_t name;
    const char *kind; /* "city", "town" ... */
};

/* A place that is searched by name. */
struct geo_import_poi {
    struct geo_point at; /* of an area after resolve: the middle of its box */
    size_t ref_first;
    uint32_t ref_count; /* 0: a point */
    uint32_t name, alternatives;
    enum geo_name_kind kind;
};

/* An area that a relation draws, before it is made into shapes. */
struct geo_import_area {
    struct geo_import_draw draw;
    struct geo_import_poi poi;
    size_t member_first, member_count;
    uint32_t name;
    bool is_poi;
    bool is_bare; /* tells only which ways: what it is, its outer way says */
};

struct geo_import_area_member {
    int64_t way_id;
    bool is_inner;
};

struct geo_import_source {
    struct geo_import_list nodes;        /* struct geo_import_node, by id after resolve */
    struct geo_import_list barriers;     /* struct geo_import_barrier, by node after resolve */
    struct geo_import_list ids;          /* int64_t: node ids of the ways; empty after resolve */
    struct geo_import_list spare_ids;    /* int64_t: of ways kept only for relations */
    struct geo_import_list refs;         /* uint32_t: node indexes, after resolve */
    struct geo_import_list ways;         /* struct geo_import_known_way; empty after resolve */
    struct geo_import_list areas;        /* struct geo_import_area; empty after resolve */
    struct geo_import_list area_members; /* struct geo_import_area_member */
    struct geo_import_list roads;        /* struct geo_import_road */
    struct geo_import_list shapes;       /* struct geo_import_shape */
    struct geo_import_list places;       /* struct geo_import_place */
    struct geo_import_list turns;        /* struct geo_import_turn */
    struct geo_import_list pois;         /* struct geo_import_poi */
    struct geo_import_text text;
    struct geo_import_report *report;
    const struct geo_import_options *options;
};

GEO_MUST_CHECK enum geo_status geo_import_source_init(struct geo_import_source *source,
                                                      const struct geo_import_options *options,
                                                      struct geo_import_report *report);
void geo_import_source_finish(struct geo_import_source *source);

GEO_MUST_CHECK enum geo_status geo_import_source_node(struct geo_import_source *source, int64_t id,
                                                      struct geo_point at,
                                                      struct geo_import_tags tags);

/* A way as a reader meets it; `ids` of its nodes, in way order. */
struct geo_import_way {
    int64_t id;
    const int64_t *ids;
    size_t count;
};

/* Keeps what is a road, an area to draw, or both; and the points of all others that have an id. */
GEO_MUST_CHECK enum geo_status geo_import_source_way(struct geo_import_source *source,
                                                     struct geo_import_way way,
                                                     struct geo_import_tags tags);

/* Keeps turn restrictions and multipolygons. */
GEO_MUST_CHECK enum geo_status geo_import_source_relation(struct geo_import_source *source,
                                                          struct geo_import_members members,
                                                          struct geo_import_tags tags);

GEO_MUST_CHECK enum geo_status geo_import_source_resolve(struct geo_import_source *source);

/* The name and all others into source->text. */
GEO_MUST_CHECK enum geo_status geo_import_source_names(struct geo_import_source *source,
                                                       struct geo_import_tags tags,
                                                       struct geo_import_poi *poi);

/* Degrees to a point; false: not a place on Earth. */
bool geo_import_source_point(double lat, double lon, struct geo_point *out);

#endif

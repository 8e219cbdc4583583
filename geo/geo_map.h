#ifndef GEO_GEO_MAP_H
#define GEO_GEO_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/geo_point.h"
#include "geo/geo_status.h"

/* One city as one file: road graph per profile, snap grid, names, basemap tiles.
 *
 * The reader works on bytes it is handed (the host mmaps the file) and copies nothing. All numbers
 * are little-endian and every section starts on 64 bytes, so a section is used in place. Open
 * checks the header and the section table; geo_map_verify() the checksum of every body and every
 * index in it. geo/import writes the file; the same input gives the same bytes. */

#define GEO_MAP_MAGIC       0x0050414d464b0d0aULL /* "\n\rKFMAP\0" read as little-endian */
#define GEO_MAP_VERSION     4u
#define GEO_MAP_SECTION_MAX 32u

/* A profile says who travels: which edges, which way, how fast. EMERGENCY is a car on a call with
 * its siren on: forbidden turns do not bind it, nor do private and pedestrian streets. */
enum geo_profile {
    GEO_PROFILE_CAR,
    GEO_PROFILE_MOTORCYCLE,
    GEO_PROFILE_FOOT,
    GEO_PROFILE_EMERGENCY,
    GEO_PROFILE_COUNT
};

#define GEO_TRAVEL_NEVER UINT32_MAX /* an edge closed in this direction; also "not reached" */

struct geo_map_header {
    uint64_t magic;
    uint32_t version;
    uint32_t section_count;
    uint64_t file_size;
    uint64_t table_checksum;                      /* geo_checksum() of the section table */
    int32_t south_e7, west_e7, north_e7, east_e7; /* bounding box of the roads */
    uint64_t map_id; /* geo_checksum() over all section checksums: names the map in every ETA */
    uint64_t reserved;
};
_Static_assert(sizeof(struct geo_map_header) == 64, "the header is one cache line");

struct geo_map_section {
    uint32_t kind;      /* enum geo_section */
    uint32_t item_size; /* bytes of one item */
    uint64_t offset;    /* from the start of the file, a multiple of 64 */
    uint64_t count;     /* items */
    uint64_t checksum;  /* geo_checksum() of the body */
};

enum geo_section {
    GEO_SECTION_META = 1, /* UTF-8 JSON: name, attribution, what was read, kept, dropped and why */
    GEO_SECTION_NODE,     /* struct geo_point: crossings and ends, in Hilbert order */
    GEO_SECTION_EDGE,     /* struct geo_edge: road pieces between two nodes */
    GEO_SECTION_SHAPE,    /* struct geo_point: the inner points of all edges */
    GEO_SECTION_IN_FIRST, /* uint32_t, node_count + 1 a profile, one profile after the other */
    GEO_SECTION_IN_ARC,   /* struct geo_arc, indexed by IN_FIRST: who can arrive at a node */
    GEO_SECTION_SNAP_FIRST,   /* uint32_t, snap_rows * snap_columns + 1 */
    GEO_SECTION_SNAP_PIECE,   /* struct geo_piece: straight road pieces by grid cell */
    GEO_SECTION_SNAP_GRID,    /* struct geo_snap_grid, one item */
    GEO_SECTION_TEXT,         /* bytes: NUL-terminated UTF-8 names */
    GEO_SECTION_NAME,         /* struct geo_name: streets and places, by folded name */
    GEO_SECTION_TILE,         /* struct geo_tile, sorted by (zoom, x, y) */
    GEO_SECTION_TILE_BODY,    /* bytes: gzip'd Mapbox vector tiles */
    GEO_SECTION_CCH_RANK,     /* uint32_t, a node: its place in the order of contraction */
    GEO_SECTION_CCH_ORDER,    /* uint32_t, a rank: the node that has it */
    GEO_SECTION_CCH_UP_FIRST, /* uint32_t, node_count + 1, by rank */
    GEO_SECTION_CCH_UP_HEAD,  /* uint32_t, indexed by CCH_UP_FIRST: ranks above, ascending */
    GEO_SECTION_CCH_EDGE,     /* uint32_t, edge * 2 + backward: its arc | GEO_CCH_DOWN */
    GEO_SECTION_NAME_KEY,     /* struct geo_name_key, sorted by text, for search */
    GEO_SECTION_END           /* not a section */
};
#define GEO_SECTION_COUNT ((uint32_t)GEO_SECTION_END) /* room for an array by kind */

/* A piece of road between two crossings, both directions in one.
 *
 * A crossing is one node as a rule. Where turns are forbidden it is several on one spot: nodes that
 * roads arrive at and nodes that roads leave from, and between them one edge without length for
 * every turn that is allowed, open to those who may make it and taking no time. So each
 * direction of a road has one tail and one head, a search over nodes never makes a forbidden turn,
 * and nothing but these four fields knows of it. Edges without length are not in the snap grid. */
struct geo_edge {
    uint32_t from, to;                       /* forward travel leaves and arrives at these nodes */
    uint32_t back_from, back_to;             /* backward travel: where `to` and `from` are */
    uint32_t forward_ms[GEO_PROFILE_COUNT];  /* from -> to, GEO_TRAVEL_NEVER where not allowed */
    uint32_t backward_ms[GEO_PROFILE_COUNT]; /* back_from -> back_to */
    uint32_t shape_first; /* inner points: [shape_first, shape_first + shape_count) */
    uint16_t shape_count;
    uint8_t road_class; /* enum geo_road_class */
    uint8_t component;  /* bit p: in the largest strongly connected part of profile p; GEO_EDGE_* */
    uint32_t name;      /* offset into TEXT; 0 is the empty name */
    uint32_t length_cm;
};
_Static_assert(sizeof(struct geo_edge) == 64, "a fixed record of the file, one cache line");

/* Above or below the ground, in `component`: what crosses there is not joined. */
#define GEO_EDGE_BRIDGE 0x40u
#define GEO_EDGE_TUNNEL 0x80u
#define GEO_EDGE_LEVELS (GEO_EDGE_BRIDGE | GEO_EDGE_TUNNEL)
_Static_assert(GEO_PROFILE_COUNT <= 6, "profiles and levels share a byte");

/* The nodes that travel in one direction leaves and arrives at. */
static inline uint32_t geo_edge_tail(const struct geo_edge *edge, bool backward)
{
    return backward ? edge->back_from : edge->from;
}

static inline uint32_t geo_edge_head(const struct geo_edge *edge, bool backward)
{
    return backward ? edge->back_to : edge->to;
}

/* The way into a node: from `tail` in `travel_ms`, along `edge`. Arcs of a node sort by (tail,
 * edge). */
struct geo_arc {
    uint32_t tail;
    uint32_t travel_ms;
    uint32_t edge; /* bit 31: travelled against the edge's direction */
};
#define GEO_ARC_BACKWARD 0x80000000u

/* The customizable contraction hierarchy: one topology for every profile. Nodes are taken out in
 * the order of a nested dissection; the arcs above a node lead to those neighbours that are still
 * there, who become neighbours of each other. So all of them but the lowest, the node's parent in
 * the elimination tree, are above the parent too: whoever climbs by parents meets them all. */
#define GEO_CCH_NO_ARC UINT32_MAX  /* of an edge that ends where it begins */
#define GEO_CCH_DOWN   0x80000000u /* the edge leads from the arc's upper end to its lower one */

/* A straight piece of an edge as the snap grid holds it; `index` counts from the edge's `from`. */
struct geo_piece {
    uint32_t edge;
    uint32_t index;
};

struct geo_snap_grid {
    int32_t south_e7, west_e7;
    uint32_t cell_lat_e7, cell_lon_e7; /* about 100 m each way */
    uint32_t rows, columns;
};

enum geo_road_class {
    GEO_ROAD_MOTORWAY,
    GEO_ROAD_TRUNK,
    GEO_ROAD_PRIMARY,
    GEO_ROAD_SECONDARY,
    GEO_ROAD_TERTIARY,
    GEO_ROAD_STREET,
    GEO_ROAD_SERVICE,
    GEO_ROAD_TRACK,
    GEO_ROAD_PEDESTRIAN,
    GEO_ROAD_PATH,
    GEO_ROAD_STEPS,
    GEO_ROAD_FERRY,
    GEO_ROAD_CLASS_COUNT
};

#define GEO_NAME_KIND_LIST(X)                                                                      \
    X(STREET, "street")                                                                            \
    X(PLACE, "place")                                                                              \
    X(SCHOOL, "school")                                                                            \
    X(HOSPITAL, "hospital")                                                                        \
    X(POLICE, "police")                                                                            \
    X(FIRE_STATION, "fire_station")                                                                \
    X(GOVERNMENT, "government")                                                                    \
    X(STATION, "station")                                                                          \
    X(SHOP, "shop")                                                                                \
    X(PARK, "park")                                                                                \
    X(WORSHIP, "worship")                                                                          \
    X(SITE, "site")
#define GEO_NAME_KIND_ENUM(name, text) GEO_NAME_##name,
enum geo_name_kind { GEO_NAME_KIND_LIST(GEO_NAME_KIND_ENUM) GEO_NAME_KIND_COUNT };
#undef GEO_NAME_KIND_ENUM

struct geo_name {
    uint32_t name;       /* as written, offset into TEXT */
    uint32_t kind;       /* enum geo_name_kind */
    struct geo_point at; /* a point on the middle of the street, or the middle of the place */
};

/* One way to begin typing a name: from its start or one of its words, ideographs or syllables, in
 * any of its spellings, squeezed (geo_text.h). */
struct geo_name_key {
    uint32_t text; /* offset into TEXT */
    uint32_t name; /* index into NAME; bit 31: not from the start of the spelling */
};
#define GEO_NAME_INSIDE 0x80000000u

struct geo_tile {
    uint32_t zoom, x, y;
    uint32_t size;
    uint64_t offset; /* into TILE_BODY */
};

/* The view. Borrowed bytes must outlive it. Fields are read-only to everyone but geo_map_open(). */
struct geo_map {
    const uint8_t *bytes;
    size_t size;
    const struct geo_map_header *header;
    const char *meta;
    size_t meta_size;
    const struct geo_point *nodes;
    uint32_t node_count;
    const struct geo_edge *edges;
    uint32_t edge_count;
    const struct geo_point *shape;
    uint32_t shape_count;
    const uint32_t *in_first[GEO_PROFILE_COUNT]; /* node_count + 1 each */
    const struct geo_arc *in_arcs;               /* shared; IN_FIRST values index it */
    uint32_t arc_count;
    const struct geo_snap_grid *snap_grid;
    const uint32_t *snap_first;
    const struct geo_piece *snap_pieces;
    uint32_t piece_count;
    const char *text;
    size_t text_size;
    const struct geo_name *names;
    uint32_t name_count;
    const struct geo_name_key *name_keys;
    uint32_t name_key_count;
    const struct geo_tile *tiles;
    uint32_t tile_count;
    const uint8_t *tile_bodies;
    size_t tile_bodies_size;
    const uint32_t *cch_rank;     /* node_count */
    const uint32_t *cch_order;    /* node_count */
    const uint32_t *cch_up_first; /* node_count + 1 */
    const uint32_t *cch_up_head;
    uint32_t cch_arc_count;
    const uint32_t *cch_edge; /* edge_count * 2 */
};

/* Check header and section table and fill *map. On failure *map is untouched and, if `section` is
 * not NULL, it names the section at fault (0: the header). Cost: microseconds, whatever the size.
 */
GEO_MUST_CHECK enum geo_status geo_map_open(const uint8_t *bytes, size_t size, struct geo_map *map,
                                            uint32_t *section);

/* Check every body: checksums, and that no index in the file points outside its section. */
GEO_MUST_CHECK enum geo_status geo_map_verify(const struct geo_map *map, uint32_t *section);

/* 64-bit FNV-1a over little-endian 8-byte words (the tail byte by byte), for damage, not for
 * malice. */
uint64_t geo_checksum(const uint8_t *bytes, size_t size);

/* The gzip'd vector tile, or NULL where the city has none. */
const uint8_t *geo_map_tile(const struct geo_map *map, uint32_t zoom, uint32_t x, uint32_t y,
                            size_t *size);

/* A directed place on a road. */
struct geo_place {
    uint32_t edge;
    uint32_t fraction_e6; /* along the edge from `from`, 0..1000000 */
    uint32_t distance_cm; /* from the point that was snapped to the road */
};

#define GEO_SNAP_RADIUS_M 300u /* farther than that from any road of the profile: GEO_NOT_FOUND */

/* The nearest road of the profile (both in its largest connected part and open to it), ties by edge
 * id. Searched ring by ring out to GEO_SNAP_RADIUS_M. */
GEO_MUST_CHECK enum geo_status geo_map_snap(const struct geo_map *map, enum geo_profile profile,
                                            struct geo_point at, struct geo_place *place);

/* A fix of somebody who moves, and what the last one came to. */
#define GEO_HEADING_NONE UINT32_MAX
struct geo_fix {
    struct geo_point at;
    uint32_t heading_deg; /* of travel, 0..359 from north to the east; GEO_HEADING_NONE: unknown */
};

/* Zeroed but for place.edge = UINT32_MAX: nothing is known yet. */
struct geo_track {
    struct geo_place place; /* edge == UINT32_MAX: off every road */
    uint32_t doubt;         /* how much better, fix by fix, another road has looked since */
};

/* The road somebody is on: near, along the heading rather than across or against it, and one that
 * follows from the last. One fix on the parallel carriageway or under the bridge does not move the
 * track there; several that fit there better do. Without heading and track it is geo_map_snap().
 * GEO_NOT_FOUND: off every road, and the track is forgotten. */
GEO_MUST_CHECK enum geo_status geo_map_follow(const struct geo_map *map, enum geo_profile profile,
                                              const struct geo_fix *fix, struct geo_track *track);

/* Where a place on a road is. */
struct geo_point geo_map_place_point(const struct geo_map *map, struct geo_place place);

/* Streets and places of which a spelling starts with the text, or has a word, an ideograph or a
 * syllable from which it does; case, accents, blanks and punctuation do not matter. Whole spellings
 * first, then beginnings, then the rest, each by name. Answers how many were written. */
#define GEO_NAMES_FOUND_MAX 64u
uint32_t geo_map_find_name(const struct geo_map *map, const char *text, uint32_t names[],
                           uint32_t names_max);

/* "street", "school" ... */
const char *geo_name_kind_text(enum geo_name_kind kind);

/* Lower-case ASCII and Latin letters without their accents; everything else as it is. `out` is
 * NUL-terminated and cut at out_size - 1 on a character boundary. */
void geo_fold_text(const char *text, char *out, size_t out_size);

#endif

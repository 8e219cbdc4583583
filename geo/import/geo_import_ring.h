#ifndef GEO_IMPORT_GEO_IMPORT_RING_H
#define GEO_IMPORT_GEO_IMPORT_RING_H

#include "geo/import/geo_import_source.h"

/* Rings from ways that meet end to end, as the outer or the inner side of a multipolygon.
 *
 * Where ways are missing, since an extract ends inside a river or a forest, the ends that lie
 * nearest to each other are joined by a straight line; a ring that would be guessed rather than
 * known (gaps longer than half of what is there) is dropped. */

#define GEO_IMPORT_RING_CHAINS_MAX 64u /* open ends to pair: 128, 8,128 pairs of them */

/* Without its first point again at the end; at least 3 points. */
struct geo_import_ring {
    size_t node_first; /* into rings->nodes */
    uint32_t node_count;
};

struct geo_import_rings {
    struct geo_import_list rings;  /* struct geo_import_ring */
    struct geo_import_list nodes;  /* uint32_t: index into source->nodes */
    struct geo_import_list pieces; /* own, as are the following */
    struct geo_import_list ends;
    struct geo_import_list chains;
    struct geo_import_list gaps;
    uint32_t bridged_count; /* rings with a straight line where something is missing */
    uint32_t dropped_count; /* chains that made no ring */
};

void geo_import_ring_init(struct geo_import_rings *rings);
void geo_import_ring_finish(struct geo_import_rings *rings);
void geo_import_ring_clear(struct geo_import_rings *rings);

/* Add a way; points that are GEO_IMPORT_NO_NODE part it. The refs are read again by _close. */
GEO_MUST_CHECK enum geo_status geo_import_ring_add(struct geo_import_rings *rings,
                                                   const uint32_t refs[], uint32_t count);

/* Make rings of all that was added. */
GEO_MUST_CHECK enum geo_status geo_import_ring_close(struct geo_import_rings *rings,
                                                     const struct geo_import_node nodes[]);

/* Does the ring hold most of three points of the other one? Rings of one area may touch. */
bool geo_import_ring_holds(const struct geo_import_rings *rings,
                           const struct geo_import_node nodes[], size_t outer,
                           const struct geo_import_rings *others, size_t inner);

/* Twice the area in square units of 1e-7 degrees: to tell the smaller of two. */
double geo_import_ring_area(const struct geo_import_rings *rings,
                            const struct geo_import_node nodes[], size_t ring);

#endif

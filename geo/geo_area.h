#ifndef GEO_GEO_AREA_H
#define GEO_GEO_AREA_H

#include "geo/geo_point.h"
#include "geo/geo_status.h"

/* Point in area: polygons with holes, many of them, looked up by one point.
 *
 * Rings are closed implicitly; inside is even-odd over all rings of an area; a point on an edge
 * belongs to the area (integer arithmetic, no epsilon). Areas may overlap. Memory is taken in
 * create. */
struct geo_area_set;

GEO_MUST_CHECK enum geo_status geo_area_set_create(uint32_t areas_max, uint32_t points_max,
                                                   struct geo_area_set **out);
void geo_area_set_destroy(struct geo_area_set *set);
void geo_area_set_clear(struct geo_area_set *set);

/* Append an area under the caller's id. ring_sizes[i] points each, one ring after the other.
 * GEO_BAD_INPUT: a ring under 3 points or a bad coordinate; GEO_FULL: past the limits. */
GEO_MUST_CHECK enum geo_status geo_area_set_add(struct geo_area_set *set, uint32_t area_id,
                                                const struct geo_point points[],
                                                const uint32_t ring_sizes[], uint32_t ring_count);

/* Build the raster; call once after the last add. */
GEO_MUST_CHECK enum geo_status geo_area_set_build(struct geo_area_set *set);

/* Ids of the areas that hold the point, in the order they were added. */
uint32_t geo_area_set_find(const struct geo_area_set *set, struct geo_point at, uint32_t area_ids[],
                           uint32_t ids_max);

#endif

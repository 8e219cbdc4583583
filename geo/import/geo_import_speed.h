#ifndef GEO_IMPORT_GEO_IMPORT_SPEED_H
#define GEO_IMPORT_GEO_IMPORT_SPEED_H

#include "geo/import/geo_import_tags.h"

/* How fast, as OpenStreetMap spells it. */

/* "50", "30 mph", "SE:urban", "walk", "none", "DE:zone:30" ... in metres an hour; false: not
 * understood, or it says nothing ("signals"). Of a list the lowest counts. */
bool geo_import_speed_posted(const char *text, uint32_t *speed_mh);

/* "00:15", "1:30:00", "15" (minutes), "PT1H15M" in seconds; 0: not understood. */
uint32_t geo_import_speed_duration_s(const char *text);

/* The fastest a motor vehicle goes on this surface, track grade and smoothness; UINT32_MAX: no
 * limit, 0: impassable. */
uint32_t geo_import_speed_surface_mh(struct geo_import_tags tags);

#endif

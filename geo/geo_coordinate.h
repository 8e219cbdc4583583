#ifndef GEO_GEO_COORDINATE_H
#define GEO_GEO_COORDINATE_H

#include "geo/geo_point.h"

/* Coordinates as sources in China send them. Everything inside is WGS-84; phones' map kits, map
 * services and many terminals speak GCJ-02 (617 to 638 m off in Zhongshan) or BD-09 (twice that).
 *
 * The published formulas; the inverse is iterated and is off by less than a unit of 1e-7 degrees.
 * Outside of the box around China all three are the same. */

enum geo_crs { GEO_CRS_WGS84, GEO_CRS_GCJ02, GEO_CRS_BD09, GEO_CRS_COUNT };

/* From what a source sends to what the engine keeps. */
struct geo_point geo_coordinate_to_wgs84(enum geo_crs crs, struct geo_point at);

/* The other way. */
struct geo_point geo_coordinate_from_wgs84(enum geo_crs crs, struct geo_point at);

#endif

#ifndef GEO_IMPORT_GEO_IMPORT_RESTRICTION_H
#define GEO_IMPORT_GEO_IMPORT_RESTRICTION_H

#include "geo/import/geo_import_list.h"
#include "geo/import/geo_import_tags.h"

/* What a turn restriction relation says: from this way, over this point, not (or only) into that
 * way, and for whom. Pure functions of the relation.
 *
 * Followed: `restriction` and `restriction:VEHICLE` with one point as `via`, all no_ and only_
 * kinds, and `except`. Motorcycles keep to what cars keep to; walkers ignore it all. Not followed,
 * and counted: a way as `via` (one node cannot hold it) and conditions (the map has no clock). */

struct geo_import_member {
    enum { GEO_IMPORT_MEMBER_NODE, GEO_IMPORT_MEMBER_WAY, GEO_IMPORT_MEMBER_OTHER } kind;
    int64_t id;
    const char *role;
};

struct geo_import_members {
    const struct geo_import_member *items;
    size_t count;
};

/* One pair of ways of a restriction. */
struct geo_import_turn {
    int64_t from_id, to_id; /* ways */
    int64_t via_id;
    uint32_t via;      /* node, after resolve */
    uint32_t relation; /* counts from 0; pairs of one relation stand together */
    uint8_t profiles;  /* bound by it, bit p */
    bool is_only;      /* every other way on is forbidden */
    bool is_u_turn;
};

/* Append the relation's turns. GEO_IMPORT_RESTRICTIONS_FOLLOWED: there are some, and whether they
 * can be followed shows at the crossing; anything else is why there are none. */
GEO_MUST_CHECK enum geo_status geo_import_restriction_read(struct geo_import_tags tags,
                                                           struct geo_import_members members,
                                                           uint32_t relation,
                                                           struct geo_import_list *turns,
                                                           enum geo_import_count *outcome);

#endif

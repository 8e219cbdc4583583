#ifndef GEO_GEO_SEARCH_H
#define GEO_GEO_SEARCH_H

#include <assert.h>

#include "geo/geo_climb.h"
#include "geo/geo_map.h"
#include "geo/geo_nearest.h"

/* The queue of the reverse search: nodes by tentative travel time in buckets of about two seconds,
 * each a last-in first-out list. A node improved into an earlier bucket is put there, too, and what
 * is left of it in the later one is passed over, as it has been taken by then. A node improved
 * after it was taken comes back, so labels below the front bucket are final and the search is
 * exact. Nothing is cleared between searches: a label counts only under the current version. */

#define GEO_BUCKET_SHIFT 11u   /* 2.048 s: measured best on real cities */
#define GEO_BUCKET_COUNT 2048u /* 70 minutes in sight; what is later waits in one list more */
#define GEO_NODE_NONE    UINT32_MAX

/* Where units are dense the reverse search has them after a few nodes; where they are not, asking
 * the hierarchy costs about as much as a search of so many nodes. The guess is from a grid: where
 * it was wrong, the search gives up after GEO_AROUND_TIMES as many. */
#define GEO_AROUND_NODES 500u
#define GEO_AROUND_TIMES 4u

struct geo_label {
    uint32_t travel_ms; /* from the node to the place */
    uint32_t version;   /* the search's: queued; + 1: taken */
};

struct geo_queued {
    uint32_t node;
    uint32_t next; /* of its bucket, or of those that are free */
};

/* The last climb of a profile. A decision asks about one place several times, tier by tier and
 * farther each time: what is known of it stays. */
struct geo_search_climb {
    struct geo_climb climb;
    uint32_t metric_version;
    uint32_t edge; /* of the place; UINT32_MAX: none is kept */
    uint32_t fraction_e6;
};

struct geo_search {
    struct geo_roads roads;
    struct geo_search_climb climbs[GEO_PROFILE_COUNT];
    uint32_t around_nodes; /* so many nodes around the wanted units: by reverse search */
    uint32_t nodes_max;
    uint32_t version;
    uint32_t base;  /* number of the first bucket in sight */
    uint32_t front; /* nothing is in the buckets before it */
    uint32_t touched_count;
    uint32_t queued_free, queued_used; /* recycled ones first, then those never used */
    uint32_t queued_max;
    struct geo_label *labels;
    struct geo_queued *queued;
    uint32_t *touched; /* nodes labelled in this search, in order */
    uint32_t *slots;   /* an edge: where it stands in an isochrone */
    uint64_t used[GEO_BUCKET_COUNT / 64u];
    uint32_t first[GEO_BUCKET_COUNT + 1u];
};

/* Forget the search before. */
void geo_search_start(struct geo_search *search);

/* Take the next node off the front bucket; GEO_NODE_NONE once that lies past bound_ms. */
uint32_t geo_search_take(struct geo_search *search, uint32_t bound_ms);

#define GEO_LABEL_TAKEN 1u /* what a label's version is more than the search's */

/* What is known of the node's time to the place; GEO_TRAVEL_NEVER: nothing. */
static inline uint32_t geo_search_known_ms(const struct geo_search *search, uint32_t node)
{
    assert(node < search->nodes_max);
    const struct geo_label label = search->labels[node];
    return label.version - search->version <= GEO_LABEL_TAKEN ? label.travel_ms : GEO_TRAVEL_NEVER;
}

/* The node can be at the place in travel_ms, which is less than was known: queue it. */
void geo_search_put(struct geo_search *search, uint32_t node, uint32_t travel_ms);

/* The part of an edge's travel time from its `from` to a place on it, or back; the rest is what is
 * left of the whole. Rounded down, so that parts always add up. */
static inline uint32_t geo_part_ms(uint32_t travel_ms, uint32_t fraction_e6)
{
    assert(fraction_e6 <= 1000000u);
    return (uint32_t)((uint64_t)travel_ms * fraction_e6 / 1000000u);
}

#endif

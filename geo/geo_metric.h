#ifndef GEO_GEO_METRIC_H
#define GEO_GEO_METRIC_H

#include "geo/geo_cch.h"
#include "geo/geo_traffic.h"

/* Travel times on the contraction hierarchy for one profile and one version of the traffic.
 *
 * After geo_metric_follow() every arc holds the shortest time between its ends over anything below
 * it, so a question climbs the elimination tree and never comes down (Dibbelt, Strasser, Wagner,
 * "Customizable Contraction Hierarchies", 2014). All memory is taken in create. While it follows,
 * nobody may ask; one that is not being changed may be asked by many threads. */
struct geo_metric {
    const struct geo_cch *cch;
    enum geo_profile profile;
    bool ready;          /* followed something */
    uint32_t version;    /* of the traffic followed */
    uint32_t speed_cmps; /* nobody gets anywhere faster than this */
    uint32_t *up_ms;     /* an arc, from its lower to its upper end */
    uint32_t *down_ms;   /* and back */
    uint64_t *waiting;   /* scratch, a bit an arc: its triangles have to be looked at again */
    uint64_t *due;       /* a bit a word of `waiting` */
};

/* Whatever takes this long or longer (12 days) counts as no way: two such times still add up
 * within 32 bits. */
#define GEO_METRIC_NEVER (UINT32_C(1) << 30)

/* More edges changed than this: everything is weighed anew. */
#define GEO_METRIC_PARTIAL_MAX 64u

GEO_MUST_CHECK enum geo_status geo_metric_create(const struct geo_cch *cch,
                                                 enum geo_profile profile, struct geo_metric **out);
void geo_metric_destroy(struct geo_metric *metric);

/* Take over the times of now: a few changed edges cost microseconds each, many, or the first time,
 * the whole. Always the same traffic, or one that was changed in the same way. */
void geo_metric_follow(struct geo_metric *metric, const struct geo_traffic *traffic);

/* Whether an answer by the metric is one by the traffic of now. */
static inline bool geo_metric_current(const struct geo_metric *metric,
                                      const struct geo_traffic *traffic)
{
    return metric != NULL && metric->ready && traffic != NULL &&
           metric->version >= geo_traffic_profile_version(traffic, metric->profile);
}

#endif

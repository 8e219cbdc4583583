#ifndef GEO_GEO_SELECTION_H
#define GEO_GEO_SELECTION_H

#include "geo/geo_nearest.h"

/* Places that stand: posts, stations, parked units. Travel times from all of them to one place,
 * again and again: RPHAST with the selection kept (Delling, Goldberg, Werneck 2011).
 *
 * What lies above the places in the elimination tree is selected once, numbered level by level
 * from its top, and its arcs lie side by side in that order, less those that another way is as
 * short as. A
 * question climbs from its place and then reads them from end to end: no tree is walked for any of
 * the places. For places that move geo_table_ms() needs no selection. All memory is taken in
 * create; a selection serves one thread. */
struct geo_selection;

/* The places are copied; at least one. */
GEO_MUST_CHECK enum geo_status geo_selection_create(const struct geo_cch *cch,
                                                    enum geo_profile profile,
                                                    const struct geo_place from[], uint32_t count,
                                                    struct geo_selection **out);
void geo_selection_destroy(struct geo_selection *selection);

/* Take over the times of now: a metric of the selection's profile that is of the traffic. Takes
 * about as long as weighing anew what was selected: after a change of traffic, not before every
 * question. */
void geo_selection_follow(struct geo_selection *selection, const struct geo_metric *metric,
                          const struct geo_traffic *traffic);

/* What geo_table_ms() answers for the same places, in their order. While the selection or the
 * search's metric is of yesterday it is geo_table_ms() that answers. */
void geo_selection_table_ms(struct geo_selection *selection, struct geo_search *search,
                            struct geo_place to, uint32_t travel_ms[]);

#endif

#ifndef ENGINE_CORE_LIMITS_H
#define ENGINE_CORE_LIMITS_H

#include <stdint.h>

/* Capacities of one engine, taken at create, never exceeded: a command past them is refused with
 * REASON_CAPACITY. Defaults come from the config; the ceilings keep ids and files small. */
struct engine_limits {
    uint32_t units_max;       /* 1..50,000 */
    uint32_t circles_max;     /* 1..5,000 */
    uint32_t incidents_max;   /* open or within the reopen window, 1..100,000 */
    uint32_t reports_max;     /* of those incidents; >= incidents_max. 0: twice as many */
    uint32_t assignments_max; /* kept with their incidents; >= units_max */
    uint32_t alarms_max;      /* open alarms */
    uint32_t area_points_max; /* vertices of all district polygons; as many again of all areas */
    uint32_t areas_max;       /* beats and grids, 0..5,000 */
};

/* A call for help finds room when everything else is refused: so many incidents and reports beyond
 * the limits, and an alarm for every incident. */
#define PANIC_ROOM 64u

#define CENTRES_MAX 1000u /* a province has one a town and a few neighbours */

#define CHECKPOINTS_MAX 4096u /* a big city has some hundreds a district */
/* Of circles. What an open incident began with is kept when it is put anew, as long as there are no
 * more of these. */
#define PLANS_MAX     5000u
#define PLANS_OLD_MAX 256u

#define REFERRALS_MAX 8u /* of one incident, in all its time; the engine holds one an incident */

#define CANDIDATES_MAX    32u /* in one decision, and as many passed over */
#define ORDER_UNITS_MAX   16u /* in one order command */
#define TIER_UNITS_MAX    8u  /* a plan asks at most this many of one tier */
#define ROSTER_EVENTS_MAX 60000u

#endif

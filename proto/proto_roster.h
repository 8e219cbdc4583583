#ifndef PROTO_PROTO_ROSTER_H
#define PROTO_PROTO_ROSTER_H

#include "proto/proto_error.h"
#include "proto/proto_shift.h"

/* A city's roster as CSV or GeoJSON (docs/PROTOCOL.md section 4) to arrays: all or nothing. Codes
 * that refer to other things (a unit's circle, district and area) stay texts with their line; the
 * host, who knows what is there already, resolves them. */

#define PROTO_ROSTER_BYTES_MAX       ((size_t)16 << 20)
#define PROTO_ROSTER_UNITS_MAX       50000u
#define PROTO_ROSTER_CIRCLES_MAX     5000u
#define PROTO_ROSTER_CENTRES_MAX     1000u
#define PROTO_ROSTER_CHECKPOINTS_MAX 4096u
#define PROTO_ROSTER_PLANS_MAX       5000u
#define PROTO_ROSTER_DISTRICTS_MAX   PROTO_DISTRICTS_MAX
#define PROTO_ROSTER_AREAS_MAX       5000u
#define PROTO_ROSTER_RINGS_MAX       16u   /* of one outline */
#define PROTO_ROSTER_POINTS_MAX      2048u /* of one outline; simplify a finer border */
#define PROTO_ROSTER_ERRORS_MAX      100u

enum proto_roster_kind {
    PROTO_ROSTER_DISTRICTS, /* GeoJSON only: Polygon, MultiPolygon */
    PROTO_ROSTER_CIRCLES,
    PROTO_ROSTER_UNITS,
    PROTO_ROSTER_AREAS, /* GeoJSON only, as districts */
    PROTO_ROSTER_CENTRES,
    PROTO_ROSTER_CHECKPOINTS,
    PROTO_ROSTER_ROUTES, /* of checkpoints that are there; no geometry either */
    PROTO_ROSTER_PLANS,  /* in GeoJSON without a geometry: a plan has no place of its own */
    PROTO_ROSTER_KIND_COUNT
};
/* "districts", "circles", "units", "areas", "centres", "checkpoints", "routes", "plans";
 * KIND_COUNT for another. */
enum proto_roster_kind proto_roster_kind_find(const char *name);

/* Where it stood: of CSV the field, of GeoJSON the feature. Both from 1; columns in characters. */
struct proto_roster_at {
    uint32_t line, column;
};

/* A district, or an area (a beat, a grid). */
struct proto_roster_outline {
    struct proto_roster_at at;
    char code[PROTO_CODE_SIZE];
    char name[PROTO_NAME_SIZE];
    enum proto_area_kind kind;         /* of an area */
    uint32_t ring_first, ring_count;   /* into ring_sizes; holes are rings like any other */
    uint32_t point_first, point_count; /* into points; a ring's last point is not its first again */
};

struct proto_roster_circle {
    struct proto_roster_at at;
    char code[PROTO_CODE_SIZE];
    char name[PROTO_NAME_SIZE];
    struct proto_place place;
    uint32_t radius_m;              /* 1..100,000 */
    char district[PROTO_CODE_SIZE]; /* "" */
    uint32_t shift_count;           /* of the rota; 0: nothing is planned */
    struct proto_shift shifts[PROTO_SHIFTS_MAX];
    bool synthetic;
};

struct proto_roster_unit {
    struct proto_roster_at at;
    char code[PROTO_CODE_SIZE];
    char name[PROTO_NAME_SIZE];
    enum proto_unit_kind kind;
    bool has_home; /* post and station always */
    struct proto_place home;
    char circle[PROTO_CODE_SIZE];   /* "" */
    char district[PROTO_CODE_SIZE]; /* "" */
    char area[PROTO_CODE_SIZE];     /* "" */
    uint16_t people;                /* 0: not said */
    uint32_t capabilities;
    bool synthetic;
};

struct proto_roster_centre {
    struct proto_roster_at at;
    char code[PROTO_CODE_SIZE];
    char name[PROTO_NAME_SIZE];
    enum proto_centre_kind kind;
    struct proto_place place;
    char district[PROTO_CODE_SIZE]; /* "" */
};

/* A checkpoint, or a route: then it has stops, and no place, radius and stay. */
struct proto_roster_checkpoint {
    struct proto_roster_at at, stops_at;
    char code[PROTO_CODE_SIZE];
    char name[PROTO_NAME_SIZE];
    struct proto_place place;
    uint32_t radius_m;
    uint16_t from_min, to_min; /* equal: all day */
    uint32_t every_min, stay_s;
    char circle[PROTO_CODE_SIZE], district[PROTO_CODE_SIZE]; /* "" */
    uint32_t stop_count;
    char stops[PROTO_ROUTE_STOPS_MAX][PROTO_CODE_SIZE];
};

/* A plan of a circle: who goes first, and what everybody who is ordered is told. */
struct proto_roster_plan {
    struct proto_roster_at at, circle_at, tier_at[PROTO_TIER_COUNT];
    char code[PROTO_CODE_SIZE];
    char circle[PROTO_CODE_SIZE];
    uint32_t types;      /* bit per enum proto_incident_type, not 0 */
    uint32_t priorities; /* bit per priority, the lowest bit the most urgent; not 0 */
    uint32_t unit_counts[PROTO_TIER_COUNT];
    char units[PROTO_TIER_COUNT][PROTO_PLAN_UNITS_MAX][PROTO_CODE_SIZE];
    char words_zh[PROTO_NOTE_SIZE], words_en[PROTO_NOTE_SIZE];
};

struct proto_roster_error {
    struct proto_roster_at at;
    char detail[PROTO_DETAIL_SIZE]; /* names the column or member, and the value */
};

struct proto_roster {
    enum proto_roster_kind kind;
    struct proto_roster_outline *outlines; /* of districts, or of areas */
    uint32_t outline_count;
    uint32_t *ring_sizes;
    uint32_t ring_count;
    struct proto_place *points;
    uint32_t point_count;
    struct proto_roster_circle *circles;
    uint32_t circle_count;
    struct proto_roster_unit *units;
    uint32_t unit_count;
    struct proto_roster_centre *centres;
    uint32_t centre_count;
    struct proto_roster_checkpoint *checkpoints;
    uint32_t checkpoint_count;
    struct proto_roster_plan *plans;
    uint32_t plan_count;

    struct proto_roster_error *errors;
    uint32_t error_count; /* .. PROTO_ROSTER_ERRORS_MAX, then reading stops */
    bool no_memory;
};

/* Read a whole roster. True: no error, the arrays are complete (and no code stands twice). False:
 * only `errors` may be used (or no_memory is set). Either way call finish. */
PROTO_MUST_CHECK bool proto_roster_read_csv(struct proto_roster *roster,
                                            enum proto_roster_kind kind, const char *text,
                                            size_t size);
PROTO_MUST_CHECK bool proto_roster_read_geojson(struct proto_roster *roster,
                                                enum proto_roster_kind kind, const char *text,
                                                size_t size);
/* An error of the caller's own (an unknown circle); dropped past the limit. */
void proto_roster_refuse(struct proto_roster *roster, struct proto_roster_at at,
                         const char *detail);
void proto_roster_finish(struct proto_roster *roster);

#endif

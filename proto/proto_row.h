#ifndef PROTO_PROTO_ROW_H
#define PROTO_PROTO_ROW_H

#include "proto/proto_roster.h"

/* One line of a roster, whatever it was written in, checked and taken into the roster. */

#define PROTO_COLUMN_LIST(X)                                                                       \
    X(PROTO_COLUMN_CODE, "code")                                                                   \
    X(PROTO_COLUMN_NAME, "name")                                                                   \
    X(PROTO_COLUMN_KIND, "kind")                                                                   \
    X(PROTO_COLUMN_LAT, "lat")                                                                     \
    X(PROTO_COLUMN_LON, "lon")                                                                     \
    X(PROTO_COLUMN_RADIUS_M, "radius_m")                                                           \
    X(PROTO_COLUMN_CIRCLE, "circle")                                                               \
    X(PROTO_COLUMN_DISTRICT, "district")                                                           \
    X(PROTO_COLUMN_AREA, "area")                                                                   \
    X(PROTO_COLUMN_PEOPLE, "people")                                                               \
    X(PROTO_COLUMN_CAPABILITIES, "capabilities")                                                   \
    X(PROTO_COLUMN_SYNTHETIC, "synthetic")                                                         \
    X(PROTO_COLUMN_FROM, "from")                                                                   \
    X(PROTO_COLUMN_TO, "to")                                                                       \
    X(PROTO_COLUMN_EVERY_MIN, "every_min")                                                         \
    X(PROTO_COLUMN_STAY_S, "stay_s")                                                               \
    X(PROTO_COLUMN_TYPES, "types")                                                                 \
    X(PROTO_COLUMN_PRIORITIES, "priorities")                                                       \
    X(PROTO_COLUMN_TIER_1, "tier_1")                                                               \
    X(PROTO_COLUMN_TIER_3, "tier_3")                                                               \
    X(PROTO_COLUMN_TIER_5, "tier_5")                                                               \
    X(PROTO_COLUMN_WORDS_ZH, "words_zh")                                                           \
    X(PROTO_COLUMN_WORDS_EN, "words_en")                                                           \
    X(PROTO_COLUMN_MINIMUM, "minimum")                                                             \
    X(PROTO_COLUMN_STOPS, "stops")
enum proto_column { PROTO_COLUMN_LIST(PROTO_NAME) PROTO_COLUMN_COUNT };

const char *proto_column_name(enum proto_column column);
/* PROTO_COLUMN_COUNT: no column has that name. */
enum proto_column proto_column_find(const char *name, size_t size);
/* Whether a roster of this kind may have the column, and whether it must. */
bool proto_column_allowed(enum proto_roster_kind kind, enum proto_column column);
bool proto_column_required(enum proto_roster_kind kind, enum proto_column column);

struct proto_cell {
    const char *bytes; /* not NUL-terminated */
    size_t size;       /* 0: empty, or not there */
    struct proto_roster_at at;
};

struct proto_row {
    struct proto_roster_at at;
    struct proto_cell cells[PROTO_COLUMN_COUNT];
    bool has_geometry; /* GeoJSON: the place is `place` (if has_place), not the cells lat and lon */
    bool has_place;
    struct proto_place place;
};

/* Check the row and append it; errors are noted in the roster, and then nothing is appended. */
void proto_row_take(struct proto_roster *roster, const struct proto_row *row);

/* Note an error: `what` in quotes (NULL: none), then the sentence, then the value in quotes (NULL:
 * none). */
void proto_row_refuse(struct proto_roster *roster, struct proto_roster_at at, const char *what,
                      const char *sentence, const struct proto_cell *value);
/* No more errors are kept, or there is no memory: reading on is of no use. */
bool proto_row_done(const struct proto_roster *roster);
/* Room for one more item in an array that has `count` of them; NULL: no memory, and it is noted.
 * The array grows at powers of two. */
void *proto_row_grow(struct proto_roster *roster, void *items, uint32_t count, size_t item_size);
/* After the last row: codes that stand twice, and a roster without a row. Answers whether all is
 * well. */
PROTO_MUST_CHECK bool proto_row_finish(struct proto_roster *roster);

#endif

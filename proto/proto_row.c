#include "proto/proto_row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proto_text.h"

#define COLUMN_TEXT(name, text) text,
#define BIT(column)             (1u << (column))
#define ITEMS_FIRST             16u
#define RADIUS_MAX              100000
#define PEOPLE_MAX              999
#define VISIT_RADIUS_MAX        500
#define EVERY_MIN_MAX           10080
#define STAY_S_MAX              3600
#define DAY_MIN                 1440u
#define NUMBER_DIGITS_MAX       9u /* more cannot be in range, and nine fit an int32_t */
#define DEGREE_DIGITS_MAX       3u

static const char *const columns[PROTO_COLUMN_COUNT] = {PROTO_COLUMN_LIST(COLUMN_TEXT)};

static const uint32_t required[PROTO_ROSTER_KIND_COUNT] = {
    [PROTO_ROSTER_DISTRICTS] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_NAME),
    [PROTO_ROSTER_AREAS] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_NAME) | BIT(PROTO_COLUMN_KIND),
    [PROTO_ROSTER_CIRCLES] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_NAME) |
                             BIT(PROTO_COLUMN_LAT) | BIT(PROTO_COLUMN_LON) |
                             BIT(PROTO_COLUMN_RADIUS_M),
    [PROTO_ROSTER_UNITS] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_NAME) |
                           BIT(PROTO_COLUMN_KIND) | BIT(PROTO_COLUMN_LAT) | BIT(PROTO_COLUMN_LON),
    [PROTO_ROSTER_CENTRES] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_NAME) |
                             BIT(PROTO_COLUMN_KIND) | BIT(PROTO_COLUMN_LAT) | BIT(PROTO_COLUMN_LON),
    [PROTO_ROSTER_CHECKPOINTS] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_NAME) |
                                 BIT(PROTO_COLUMN_LAT) | BIT(PROTO_COLUMN_LON) |
                                 BIT(PROTO_COLUMN_RADIUS_M) | BIT(PROTO_COLUMN_EVERY_MIN) |
                                 BIT(PROTO_COLUMN_STAY_S),
    [PROTO_ROSTER_PLANS] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_CIRCLE),
};
static const uint32_t optional[PROTO_ROSTER_KIND_COUNT] = {
    [PROTO_ROSTER_DISTRICTS] = BIT(PROTO_COLUMN_SYNTHETIC),
    [PROTO_ROSTER_AREAS] = BIT(PROTO_COLUMN_SYNTHETIC),
    [PROTO_ROSTER_CIRCLES] =
        BIT(PROTO_COLUMN_DISTRICT) | BIT(PROTO_COLUMN_MINIMUM) | BIT(PROTO_COLUMN_SYNTHETIC),
    [PROTO_ROSTER_UNITS] = BIT(PROTO_COLUMN_CIRCLE) | BIT(PROTO_COLUMN_DISTRICT) |
                           BIT(PROTO_COLUMN_AREA) | BIT(PROTO_COLUMN_PEOPLE) |
                           BIT(PROTO_COLUMN_CAPABILITIES) | BIT(PROTO_COLUMN_SYNTHETIC),
    [PROTO_ROSTER_CENTRES] = BIT(PROTO_COLUMN_DISTRICT) | BIT(PROTO_COLUMN_SYNTHETIC),
    [PROTO_ROSTER_CHECKPOINTS] = BIT(PROTO_COLUMN_FROM) | BIT(PROTO_COLUMN_TO) |
                                 BIT(PROTO_COLUMN_CIRCLE) | BIT(PROTO_COLUMN_DISTRICT) |
                                 BIT(PROTO_COLUMN_SYNTHETIC),
    [PROTO_ROSTER_PLANS] = BIT(PROTO_COLUMN_TYPES) | BIT(PROTO_COLUMN_PRIORITIES) |
                           BIT(PROTO_COLUMN_TIER_1) | BIT(PROTO_COLUMN_TIER_3) |
                           BIT(PROTO_COLUMN_TIER_5) | BIT(PROTO_COLUMN_WORDS_ZH) |
                           BIT(PROTO_COLUMN_WORDS_EN),
};

const char *proto_column_name(enum proto_column column)
{
    assert(column < PROTO_COLUMN_COUNT);
    return columns[column];
}

enum proto_column proto_column_find(const char *name, size_t size)
{
    uint32_t column = 0;
    while (column < PROTO_COLUMN_COUNT &&
           (strlen(columns[column]) != size || memcmp(columns[column], name, size) != 0)) {
        column++;
    }
    return (enum proto_column)column;
}

bool proto_column_required(enum proto_roster_kind kind, enum proto_column column)
{
    assert(kind < PROTO_ROSTER_KIND_COUNT);
    return (required[kind] >> column & 1u) != 0;
}

bool proto_column_allowed(enum proto_roster_kind kind, enum proto_column column)
{
    assert(kind < PROTO_ROSTER_KIND_COUNT);
    return ((required[kind] | optional[kind]) >> column & 1u) != 0;
}

/* ---- Errors and arrays ---- */

bool proto_row_done(const struct proto_roster *roster)
{
    return roster->no_memory || roster->error_count >= PROTO_ROSTER_ERRORS_MAX;
}

void *proto_row_grow(struct proto_roster *roster, void *items, uint32_t count, size_t item_size)
{
    const bool full = count == 0 || (count >= ITEMS_FIRST && (count & (count - 1)) == 0);
    if (!full) {
        return items;
    }
    const size_t capacity = count < ITEMS_FIRST ? ITEMS_FIRST : (size_t)count * 2;
    void *grown = realloc(items, capacity * item_size);
    roster->no_memory = roster->no_memory || grown == NULL;
    return grown;
}

void proto_row_refuse(struct proto_roster *roster, struct proto_roster_at at, const char *what,
                      const char *sentence, const struct proto_cell *value)
{
    if (proto_row_done(roster)) {
        return;
    }
    struct proto_roster_error *errors =
        proto_row_grow(roster, roster->errors, roster->error_count, sizeof(*errors));
    if (errors == NULL) {
        return;
    }
    roster->errors = errors;
    struct proto_roster_error *error = &errors[roster->error_count];
    *error = (struct proto_roster_error){.at = at};
    struct proto_line line = proto_line_start(error->detail, sizeof(error->detail));
    if (what != NULL) {
        proto_line_quoted(&line, what, strlen(what));
        proto_line_text(&line, " ");
    }
    proto_line_text(&line, sentence);
    if (value != NULL) {
        proto_line_text(&line, ", not ");
        proto_line_quoted(&line, value->bytes, value->size);
    }
    roster->error_count++;
}

/* ---- Values ---- */

/* One row being checked: the first error of a cell does not hide those of the others. */
struct check {
    struct proto_roster *roster;
    const struct proto_row *row;
    bool is_good;
};

static const struct proto_cell *cell_of(const struct check *check, enum proto_column column)
{
    return &check->row->cells[column];
}

static void refuse(struct check *check, enum proto_column column, const char *sentence,
                   bool with_value)
{
    const struct proto_cell *cell = cell_of(check, column);
    const struct proto_roster_at at = cell->at.line > 0 ? cell->at : check->row->at;
    proto_row_refuse(check->roster, at, columns[column], sentence, with_value ? cell : NULL);
    check->is_good = false;
}

static void take_text(struct check *check, enum proto_column column, char *text, size_t text_size)
{
    const struct proto_cell *cell = cell_of(check, column);
    if (cell->size == 0) {
        refuse(check, column, "is missing", false);
    } else if (cell->size >= text_size) {
        refuse(check, column, "is too long", false);
    } else if (proto_text_bad_at(cell->bytes, cell->size) < cell->size) {
        refuse(check, column, "has a control character", false);
    } else {
        memcpy(text, cell->bytes, cell->size);
        text[cell->size] = '\0';
    }
}

static void take_code(struct check *check, enum proto_column column, bool is_needed,
                      char text[PROTO_CODE_SIZE])
{
    const struct proto_cell *cell = cell_of(check, column);
    if (cell->size == 0 && !is_needed) {
        text[0] = '\0';
    } else if (cell->size == 0) {
        refuse(check, column, "is missing", false);
    } else if (cell->size >= PROTO_CODE_SIZE || !proto_text_is_code(cell->bytes, cell->size)) {
        refuse(check, column, "must be 1 to 15 of A-Z a-z 0-9 _ . -", true);
    } else {
        memcpy(text, cell->bytes, cell->size);
        text[cell->size] = '\0';
    }
}

/* -1: not digits only, or too many. */
static int32_t digits_of(const struct proto_cell *cell)
{
    int32_t number = 0;
    if (cell->size == 0 || cell->size > NUMBER_DIGITS_MAX) {
        return -1;
    }
    for (size_t i = 0; i < cell->size; i++) {
        if (cell->bytes[i] < '0' || cell->bytes[i] > '9') {
            return -1;
        }
        number = number * 10 + (cell->bytes[i] - '0');
    }
    return number;
}

static uint32_t take_number(struct check *check, enum proto_column column, int32_t min, int32_t max,
                            const char *sentence)
{
    const int32_t number = digits_of(cell_of(check, column));
    if (number < min || number > max) {
        refuse(check, column, sentence, true);
        return 0;
    }
    return (uint32_t)number;
}

/* Decimal degrees, exactly: a double would round 0.00000005 by chance. INT64_MAX: not a decimal
 * number. */
static int64_t degrees_of(const struct proto_cell *cell)
{
    const char *bytes = cell->bytes;
    const size_t size = cell->size;
    const bool is_negative = size > 0 && bytes[0] == '-';
    size_t at = size > 0 && (bytes[0] == '-' || bytes[0] == '+') ? 1 : 0;
    const size_t first = at;
    int64_t e7 = 0;
    while (at < size && bytes[at] >= '0' && bytes[at] <= '9' && at - first < DEGREE_DIGITS_MAX) {
        e7 = e7 * 10 + (bytes[at] - '0');
        at++;
    }
    if (at == first) {
        return INT64_MAX;
    }
    e7 *= 10000000;
    int64_t place = 1000000;
    if (at < size && bytes[at] == '.') {
        at++;
        for (; at < size && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            e7 += place > 0 ? (bytes[at] - '0') * place : 0;
            e7 += place == 0 && bytes[at] >= '5' ? 1 : 0; /* the eighth decimal rounds */
            place = place > 0 ? place / 10 : -1;
        }
    }
    if (at < size) {
        return INT64_MAX;
    }
    return is_negative ? -e7 : e7;
}

static bool within(int64_t e7, int64_t degrees)
{
    return e7 >= -degrees * 10000000 && e7 <= degrees * 10000000;
}

static void take_degrees(struct check *check, struct proto_place *place)
{
    const int64_t lat = degrees_of(cell_of(check, PROTO_COLUMN_LAT));
    const int64_t lon = degrees_of(cell_of(check, PROTO_COLUMN_LON));
    if (lat == INT64_MAX) {
        refuse(check, PROTO_COLUMN_LAT, "must be decimal degrees", true);
    } else if (!within(lat, 90) && within(lat, 180) && within(lon, 90)) {
        refuse(check, PROTO_COLUMN_LAT, "looks exchanged with \"lon\": must be -90 to 90", true);
    } else if (!within(lat, 90)) {
        refuse(check, PROTO_COLUMN_LAT, "must be -90 to 90", true);
    }
    if (lon == INT64_MAX) {
        refuse(check, PROTO_COLUMN_LON, "must be decimal degrees", true);
    } else if (!within(lon, 180)) {
        refuse(check, PROTO_COLUMN_LON, "must be -180 to 180", true);
    }
    if (within(lat, 90) && within(lon, 180)) {
        *place = (struct proto_place){.lat_e7 = (int32_t)lat, .lon_e7 = (int32_t)lon};
    }
}

/* Answers whether there is a place; `is_needed`: there must be one. */
static bool take_place(struct check *check, bool is_needed, struct proto_place *place)
{
    const struct proto_row *row = check->row;
    if (row->has_geometry) {
        *place = row->place;
        if (is_needed && !row->has_place) {
            proto_row_refuse(check->roster, row->at, "geometry", "must be a Point", NULL);
            check->is_good = false;
        }
        return row->has_place;
    }
    const bool has_lat = cell_of(check, PROTO_COLUMN_LAT)->size > 0;
    const bool has_lon = cell_of(check, PROTO_COLUMN_LON)->size > 0;
    if (has_lat && has_lon) {
        take_degrees(check, place);
        return true;
    }
    if (is_needed || has_lat != has_lon) {
        refuse(check, has_lat ? PROTO_COLUMN_LON : PROTO_COLUMN_LAT, "is missing", false);
    }
    return false;
}

static bool take_flag(struct check *check, enum proto_column column)
{
    const struct proto_cell *cell = cell_of(check, column);
    if (cell->size == 0) {
        return false;
    }
    if (cell->size != 1 || (cell->bytes[0] != '0' && cell->bytes[0] != '1')) {
        refuse(check, column, "must be 0 or 1", true);
        return false;
    }
    return cell->bytes[0] == '1';
}

/* A name of a list that is not NUL-terminated; -1: there is no such. */
static int32_t find_n(enum proto_list list, const char *bytes, size_t size)
{
    for (uint32_t i = 0; i < proto_count(list); i++) {
        const char *name = proto_name(list, i);
        if (strlen(name) == size && memcmp(name, bytes, size) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

static uint32_t take_capabilities(struct check *check)
{
    const struct proto_cell *cell = cell_of(check, PROTO_COLUMN_CAPABILITIES);
    uint32_t bits = 0;
    size_t from = 0;
    while (from < cell->size) {
        size_t upto = from;
        while (upto < cell->size && cell->bytes[upto] != '+') {
            upto++;
        }
        const int32_t found = find_n(PROTO_LIST_CAPABILITY, cell->bytes + from, upto - from);
        if (found < 0) {
            refuse(check, PROTO_COLUMN_CAPABILITIES,
                   "must be words joined by +: armed first_aid fire traffic", true);
            return 0;
        }
        bits |= 1u << found;
        from = upto + 1;
    }
    return bits;
}

/* ---- Rows ---- */

static void take_unit(struct check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_unit unit = {.at = check->row->at};
    take_code(check, PROTO_COLUMN_CODE, true, unit.code);
    take_text(check, PROTO_COLUMN_NAME, unit.name, sizeof(unit.name));
    const struct proto_cell *kind = cell_of(check, PROTO_COLUMN_KIND);
    const int32_t found = find_n(PROTO_LIST_UNIT_KIND, kind->bytes, kind->size);
    if (found < 0) {
        refuse(check, PROTO_COLUMN_KIND,
               "must be one of post foot motorcycle car grid volunteer station", true);
    } else {
        unit.kind = (enum proto_unit_kind)found;
    }
    const bool stands_still =
        found >= 0 && (unit.kind == PROTO_UNIT_POST || unit.kind == PROTO_UNIT_STATION);
    unit.has_home = take_place(check, stands_still, &unit.home);
    take_code(check, PROTO_COLUMN_CIRCLE, false, unit.circle);
    take_code(check, PROTO_COLUMN_DISTRICT, false, unit.district);
    take_code(check, PROTO_COLUMN_AREA, false, unit.area);
    if (cell_of(check, PROTO_COLUMN_PEOPLE)->size > 0) {
        unit.people = (uint16_t)take_number(check, PROTO_COLUMN_PEOPLE, 0, PEOPLE_MAX,
                                            "must be a whole number, 0 to 999");
    }
    unit.capabilities = take_capabilities(check);
    unit.synthetic = take_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->unit_count >= PROTO_ROSTER_UNITS_MAX) {
        refuse(check, PROTO_COLUMN_CODE, "is one unit too many: at most 50000", false);
    }
    if (!check->is_good) {
        return;
    }
    struct proto_roster_unit *units =
        proto_row_grow(roster, roster->units, roster->unit_count, sizeof(*units));
    if (units != NULL) {
        roster->units = units;
        units[roster->unit_count] = unit;
        roster->unit_count++;
    }
}

static void take_circle(struct check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_circle circle = {.at = check->row->at};
    take_code(check, PROTO_COLUMN_CODE, true, circle.code);
    take_text(check, PROTO_COLUMN_NAME, circle.name, sizeof(circle.name));
    (void)take_place(check, true, &circle.place);
    circle.radius_m = take_number(check, PROTO_COLUMN_RADIUS_M, 1, RADIUS_MAX,
                                  "must be whole metres, 1 to 100000");
    take_code(check, PROTO_COLUMN_DISTRICT, false, circle.district);
    const struct proto_cell *rota = cell_of(check, PROTO_COLUMN_MINIMUM);
    if (!proto_shifts_read(rota->bytes, rota->size, circle.shifts, &circle.shift_count)) {
        refuse(check, PROTO_COLUMN_MINIMUM,
               "must be units on duty, 0 to 999, or up to 6 hours as 08:00=3+20:00=2, rising",
               true);
    }
    circle.synthetic = take_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->circle_count >= PROTO_ROSTER_CIRCLES_MAX) {
        refuse(check, PROTO_COLUMN_CODE, "is one circle too many: at most 5000", false);
    }
    if (!check->is_good) {
        return;
    }
    struct proto_roster_circle *circles =
        proto_row_grow(roster, roster->circles, roster->circle_count, sizeof(*circles));
    if (circles != NULL) {
        roster->circles = circles;
        circles[roster->circle_count] = circle;
        roster->circle_count++;
    }
}

static void take_centre(struct check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_centre centre = {.at = check->row->at};
    take_code(check, PROTO_COLUMN_CODE, true, centre.code);
    take_text(check, PROTO_COLUMN_NAME, centre.name, sizeof(centre.name));
    const struct proto_cell *kind = cell_of(check, PROTO_COLUMN_KIND);
    const int32_t found = find_n(PROTO_LIST_CENTRE_KIND, kind->bytes, kind->size);
    if (found < 0) {
        refuse(check, PROTO_COLUMN_KIND, "must be community or neighbour", true);
    } else {
        centre.kind = (enum proto_centre_kind)found;
    }
    (void)take_place(check, true, &centre.place);
    take_code(check, PROTO_COLUMN_DISTRICT, false, centre.district);
    (void)take_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->centre_count >= PROTO_ROSTER_CENTRES_MAX) {
        refuse(check, PROTO_COLUMN_CODE, "is one centre too many: at most 1000", false);
    }
    if (!check->is_good) {
        return;
    }
    struct proto_roster_centre *centres =
        proto_row_grow(roster, roster->centres, roster->centre_count, sizeof(*centres));
    if (centres != NULL) {
        roster->centres = centres;
        centres[roster->centre_count] = centre;
        roster->centre_count++;
    }
}

static int32_t two_digits(const char *bytes)
{
    const bool are = bytes[0] >= '0' && bytes[0] <= '9' && bytes[1] >= '0' && bytes[1] <= '9';
    return are ? (bytes[0] - '0') * 10 + bytes[1] - '0' : -1;
}

/* "08:30"; empty: midnight, so that two empty ones are all day. */
static uint16_t take_hour(struct check *check, enum proto_column column)
{
    const struct proto_cell *cell = cell_of(check, column);
    if (cell->size == 0) {
        return 0;
    }
    const bool is_form = cell->size == 5 && cell->bytes[2] == ':';
    const int32_t hour = is_form ? two_digits(cell->bytes) : -1;
    const int32_t minute = is_form ? two_digits(&cell->bytes[3]) : -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        refuse(check, column, "must be an hour as 08:30, or empty", true);
        return 0;
    }
    return (uint16_t)(hour * 60 + minute);
}

static void take_due(struct check *check, struct proto_roster_checkpoint *checkpoint)
{
    checkpoint->from_min = take_hour(check, PROTO_COLUMN_FROM);
    checkpoint->to_min = take_hour(check, PROTO_COLUMN_TO);
    checkpoint->every_min =
        take_number(check, PROTO_COLUMN_EVERY_MIN, 0, EVERY_MIN_MAX,
                    "must be whole minutes, 0 to 10080; 0: nobody has to visit");
    checkpoint->stay_s =
        take_number(check, PROTO_COLUMN_STAY_S, 0, STAY_S_MAX, "must be whole seconds, 0 to 3600");
    const uint32_t hours_min = (checkpoint->to_min + DAY_MIN - checkpoint->from_min) % DAY_MIN;
    if (hours_min != 0 && checkpoint->every_min > hours_min) {
        refuse(check, PROTO_COLUMN_EVERY_MIN, "must fit between from and to", true);
    }
}

static void take_checkpoint(struct check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_checkpoint checkpoint = {.at = check->row->at};
    take_code(check, PROTO_COLUMN_CODE, true, checkpoint.code);
    take_text(check, PROTO_COLUMN_NAME, checkpoint.name, sizeof(checkpoint.name));
    (void)take_place(check, true, &checkpoint.place);
    checkpoint.radius_m = take_number(check, PROTO_COLUMN_RADIUS_M, 1, VISIT_RADIUS_MAX,
                                      "must be whole metres, 1 to 500");
    take_due(check, &checkpoint);
    take_code(check, PROTO_COLUMN_CIRCLE, false, checkpoint.circle);
    take_code(check, PROTO_COLUMN_DISTRICT, false, checkpoint.district);
    (void)take_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->checkpoint_count >= PROTO_ROSTER_CHECKPOINTS_MAX) {
        refuse(check, PROTO_COLUMN_CODE, "is one checkpoint too many: at most 4096", false);
    }
    if (!check->is_good) {
        return;
    }
    struct proto_roster_checkpoint *checkpoints =
        proto_row_grow(roster, roster->checkpoints, roster->checkpoint_count, sizeof(*checkpoints));
    if (checkpoints != NULL) {
        roster->checkpoints = checkpoints;
        checkpoints[roster->checkpoint_count] = checkpoint;
        roster->checkpoint_count++;
    }
}

static enum proto_area_kind take_area_kind(struct check *check)
{
    const struct proto_cell *cell = cell_of(check, PROTO_COLUMN_KIND);
    const int32_t found = find_n(PROTO_LIST_AREA_KIND, cell->bytes, cell->size);
    if (found < 0) {
        refuse(check, PROTO_COLUMN_KIND, "must be beat or grid", true);
        return PROTO_AREA_BEAT;
    }
    return (enum proto_area_kind)found;
}

/* A district or an area. The outline follows: its rings are the caller's to append. */
static void take_outline(struct check *check)
{
    struct proto_roster *roster = check->roster;
    const bool is_area = roster->kind == PROTO_ROSTER_AREAS;
    struct proto_roster_outline outline = {
        .at = check->row->at, .ring_first = roster->ring_count, .point_first = roster->point_count};
    take_code(check, PROTO_COLUMN_CODE, true, outline.code);
    take_text(check, PROTO_COLUMN_NAME, outline.name, sizeof(outline.name));
    outline.kind = is_area ? take_area_kind(check) : PROTO_AREA_BEAT;
    (void)take_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && !is_area && roster->outline_count >= PROTO_ROSTER_DISTRICTS_MAX) {
        refuse(check, PROTO_COLUMN_CODE, "is one district too many: at most 63", false);
    }
    if (check->is_good && is_area && roster->outline_count >= PROTO_ROSTER_AREAS_MAX) {
        refuse(check, PROTO_COLUMN_CODE, "is one area too many: at most 5000", false);
    }
    if (!check->is_good) {
        return;
    }
    struct proto_roster_outline *outlines =
        proto_row_grow(roster, roster->outlines, roster->outline_count, sizeof(*outlines));
    if (outlines != NULL) {
        roster->outlines = outlines;
        outlines[roster->outline_count] = outline;
        roster->outline_count++;
    }
}

_Static_assert(PROTO_ROSTER_UNITS_MAX == 50000, "the sentence says so");
_Static_assert(PROTO_ROSTER_CIRCLES_MAX == 5000, "the sentence says so");
_Static_assert(PROTO_ROSTER_DISTRICTS_MAX == 63, "the sentence says so");
_Static_assert(PROTO_ROSTER_AREAS_MAX == 5000, "the sentence says so");
_Static_assert(PROTO_ROSTER_CENTRES_MAX == 1000, "the sentence says so");
_Static_assert(PROTO_ROSTER_CHECKPOINTS_MAX == 4096, "the sentence says so");

void proto_row_take(struct proto_roster *roster, const struct proto_row *row)
{
    struct check check = {.roster = roster, .row = row, .is_good = true};
    switch (roster->kind) {
    case PROTO_ROSTER_DISTRICTS:
    case PROTO_ROSTER_AREAS:
        take_outline(&check);
        break;
    case PROTO_ROSTER_CIRCLES:
        take_circle(&check);
        break;
    case PROTO_ROSTER_UNITS:
        take_unit(&check);
        break;
    case PROTO_ROSTER_CENTRES:
        take_centre(&check);
        break;
    case PROTO_ROSTER_CHECKPOINTS:
        take_checkpoint(&check);
        break;
    case PROTO_ROSTER_PLANS:
        proto_row_take_plan(roster, row);
        break;
    case PROTO_ROSTER_KIND_COUNT:
        assert(roster->kind < PROTO_ROSTER_KIND_COUNT);
        break;
    }
}

#include "proto/proto_row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proto_check.h"
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
    [PROTO_ROSTER_ROUTES] = BIT(PROTO_COLUMN_CODE) | BIT(PROTO_COLUMN_NAME) |
                            BIT(PROTO_COLUMN_STOPS) | BIT(PROTO_COLUMN_EVERY_MIN),
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
    [PROTO_ROSTER_ROUTES] = BIT(PROTO_COLUMN_FROM) | BIT(PROTO_COLUMN_TO) |
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

/* ---- Rows ---- */

static uint32_t take_capabilities(struct proto_check *check)
{
    struct proto_words words = {.cell = proto_check_cell(check, PROTO_COLUMN_CAPABILITIES)};
    struct proto_cell word;
    uint32_t bits = 0;
    while (proto_check_word(&words, &word)) {
        const int32_t found = proto_check_find(PROTO_LIST_CAPABILITY, word.bytes, word.size);
        if (found < 0) {
            proto_check_refuse(check, PROTO_COLUMN_CAPABILITIES,
                               "must be words joined by +: armed first_aid fire traffic", true);
            return 0;
        }
        bits |= 1u << found;
    }
    return bits;
}

static void take_unit(struct proto_check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_unit unit = {.at = check->row->at};
    proto_check_code(check, PROTO_COLUMN_CODE, true, unit.code);
    proto_check_text(check, PROTO_COLUMN_NAME, true, unit.name, sizeof(unit.name));
    const struct proto_cell *kind = proto_check_cell(check, PROTO_COLUMN_KIND);
    const int32_t found = proto_check_find(PROTO_LIST_UNIT_KIND, kind->bytes, kind->size);
    if (found < 0) {
        proto_check_refuse(check, PROTO_COLUMN_KIND,
                           "must be one of post foot motorcycle car grid volunteer station", true);
    } else {
        unit.kind = (enum proto_unit_kind)found;
    }
    const bool stands_still =
        found >= 0 && (unit.kind == PROTO_UNIT_POST || unit.kind == PROTO_UNIT_STATION);
    unit.has_home = proto_check_place(check, stands_still, &unit.home);
    proto_check_code(check, PROTO_COLUMN_CIRCLE, false, unit.circle);
    proto_check_code(check, PROTO_COLUMN_DISTRICT, false, unit.district);
    proto_check_code(check, PROTO_COLUMN_AREA, false, unit.area);
    if (proto_check_cell(check, PROTO_COLUMN_PEOPLE)->size > 0) {
        unit.people = (uint16_t)proto_check_number(check, PROTO_COLUMN_PEOPLE, 0, PEOPLE_MAX,
                                                   "must be a whole number, 0 to 999");
    }
    unit.capabilities = take_capabilities(check);
    unit.synthetic = proto_check_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->unit_count >= PROTO_ROSTER_UNITS_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_CODE, "is one unit too many: at most 50000", false);
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

static void take_circle(struct proto_check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_circle circle = {.at = check->row->at};
    proto_check_code(check, PROTO_COLUMN_CODE, true, circle.code);
    proto_check_text(check, PROTO_COLUMN_NAME, true, circle.name, sizeof(circle.name));
    (void)proto_check_place(check, true, &circle.place);
    circle.radius_m = proto_check_number(check, PROTO_COLUMN_RADIUS_M, 1, RADIUS_MAX,
                                         "must be whole metres, 1 to 100000");
    proto_check_code(check, PROTO_COLUMN_DISTRICT, false, circle.district);
    const struct proto_cell *rota = proto_check_cell(check, PROTO_COLUMN_MINIMUM);
    if (!proto_shifts_read(rota->bytes, rota->size, circle.shifts, &circle.shift_count)) {
        proto_check_refuse(
            check, PROTO_COLUMN_MINIMUM,
            "must be units on duty, 0 to 999, or up to 6 hours as 08:00=3+20:00=2, rising", true);
    }
    circle.synthetic = proto_check_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->circle_count >= PROTO_ROSTER_CIRCLES_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_CODE, "is one circle too many: at most 5000", false);
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

static void take_centre(struct proto_check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_centre centre = {.at = check->row->at};
    proto_check_code(check, PROTO_COLUMN_CODE, true, centre.code);
    proto_check_text(check, PROTO_COLUMN_NAME, true, centre.name, sizeof(centre.name));
    const struct proto_cell *kind = proto_check_cell(check, PROTO_COLUMN_KIND);
    const int32_t found = proto_check_find(PROTO_LIST_CENTRE_KIND, kind->bytes, kind->size);
    if (found < 0) {
        proto_check_refuse(check, PROTO_COLUMN_KIND, "must be community or neighbour", true);
    } else {
        centre.kind = (enum proto_centre_kind)found;
    }
    (void)proto_check_place(check, true, &centre.place);
    proto_check_code(check, PROTO_COLUMN_DISTRICT, false, centre.district);
    (void)proto_check_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->centre_count >= PROTO_ROSTER_CENTRES_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_CODE, "is one centre too many: at most 1000", false);
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
static uint16_t take_hour(struct proto_check *check, enum proto_column column)
{
    const struct proto_cell *cell = proto_check_cell(check, column);
    if (cell->size == 0) {
        return 0;
    }
    const bool is_form = cell->size == 5 && cell->bytes[2] == ':';
    const int32_t hour = is_form ? two_digits(cell->bytes) : -1;
    const int32_t minute = is_form ? two_digits(&cell->bytes[3]) : -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        proto_check_refuse(check, column, "must be an hour as 08:30, or empty", true);
        return 0;
    }
    return (uint16_t)(hour * 60 + minute);
}

static void take_due(struct proto_check *check, struct proto_roster_checkpoint *checkpoint)
{
    checkpoint->from_min = take_hour(check, PROTO_COLUMN_FROM);
    checkpoint->to_min = take_hour(check, PROTO_COLUMN_TO);
    checkpoint->every_min =
        proto_check_number(check, PROTO_COLUMN_EVERY_MIN, 0, EVERY_MIN_MAX,
                           "must be whole minutes, 0 to 10080; 0: nobody has to visit");
    const uint32_t hours_min = (checkpoint->to_min + DAY_MIN - checkpoint->from_min) % DAY_MIN;
    if (hours_min != 0 && checkpoint->every_min > hours_min) {
        proto_check_refuse(check, PROTO_COLUMN_EVERY_MIN, "must fit between from and to", true);
    }
}

static void append_checkpoint(struct proto_check *check, struct proto_roster_checkpoint *checkpoint)
{
    struct proto_roster *roster = check->roster;
    take_due(check, checkpoint);
    proto_check_code(check, PROTO_COLUMN_CIRCLE, false, checkpoint->circle);
    proto_check_code(check, PROTO_COLUMN_DISTRICT, false, checkpoint->district);
    (void)proto_check_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && roster->checkpoint_count >= PROTO_ROSTER_CHECKPOINTS_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_CODE, "is one checkpoint too many: at most 4096",
                           false);
    }
    if (!check->is_good) {
        return;
    }
    struct proto_roster_checkpoint *checkpoints =
        proto_row_grow(roster, roster->checkpoints, roster->checkpoint_count, sizeof(*checkpoints));
    if (checkpoints != NULL) {
        roster->checkpoints = checkpoints;
        checkpoints[roster->checkpoint_count] = *checkpoint;
        roster->checkpoint_count++;
    }
}

static void take_checkpoint(struct proto_check *check)
{
    struct proto_roster_checkpoint checkpoint = {.at = check->row->at};
    proto_check_code(check, PROTO_COLUMN_CODE, true, checkpoint.code);
    proto_check_text(check, PROTO_COLUMN_NAME, true, checkpoint.name, sizeof(checkpoint.name));
    (void)proto_check_place(check, true, &checkpoint.place);
    checkpoint.radius_m = proto_check_number(check, PROTO_COLUMN_RADIUS_M, 1, VISIT_RADIUS_MAX,
                                             "must be whole metres, 1 to 500");
    checkpoint.stay_s = proto_check_number(check, PROTO_COLUMN_STAY_S, 0, STAY_S_MAX,
                                           "must be whole seconds, 0 to 3600");
    append_checkpoint(check, &checkpoint);
}

static bool take_stop(struct proto_check *check, const struct proto_cell *word,
                      struct proto_roster_checkpoint *route)
{
    char code[PROTO_CODE_SIZE] = {0};
    if (word->size == 0 || word->size >= PROTO_CODE_SIZE ||
        !proto_text_is_code(word->bytes, word->size)) {
        proto_check_refuse(check, PROTO_COLUMN_STOPS, "must be codes of checkpoints joined by +",
                           true);
        return false;
    }
    memcpy(code, word->bytes, word->size);
    if (route->stop_count == PROTO_ROUTE_STOPS_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_STOPS, "names more than 16 checkpoints", true);
        return false;
    }
    if (route->stop_count > 0 && strcmp(route->stops[route->stop_count - 1], code) == 0) {
        proto_check_refuse(check, PROTO_COLUMN_STOPS, "names a checkpoint twice in a row", true);
        return false;
    }
    memcpy(route->stops[route->stop_count], code, sizeof code);
    route->stop_count++;
    return true;
}
_Static_assert(PROTO_ROUTE_STOPS_MAX == 16, "the sentence says so");

static void take_route(struct proto_check *check)
{
    struct proto_roster_checkpoint route = {.at = check->row->at};
    struct proto_words words = {.cell = proto_check_cell(check, PROTO_COLUMN_STOPS)};
    struct proto_cell word;
    proto_check_code(check, PROTO_COLUMN_CODE, true, route.code);
    proto_check_text(check, PROTO_COLUMN_NAME, true, route.name, sizeof(route.name));
    route.stops_at = proto_check_at(check, PROTO_COLUMN_STOPS);
    bool is_good = true;
    while (is_good && proto_check_word(&words, &word)) {
        is_good = take_stop(check, &word, &route);
    }
    if (is_good && route.stop_count < 2) {
        proto_check_refuse(check, PROTO_COLUMN_STOPS, "must name two checkpoints at least", true);
    }
    append_checkpoint(check, &route);
}

static enum proto_area_kind take_area_kind(struct proto_check *check)
{
    const struct proto_cell *cell = proto_check_cell(check, PROTO_COLUMN_KIND);
    const int32_t found = proto_check_find(PROTO_LIST_AREA_KIND, cell->bytes, cell->size);
    if (found < 0) {
        proto_check_refuse(check, PROTO_COLUMN_KIND, "must be beat or grid", true);
        return PROTO_AREA_BEAT;
    }
    return (enum proto_area_kind)found;
}

/* A district or an area. The outline follows: its rings are the caller's to append. */
static void take_outline(struct proto_check *check)
{
    struct proto_roster *roster = check->roster;
    const bool is_area = roster->kind == PROTO_ROSTER_AREAS;
    struct proto_roster_outline outline = {
        .at = check->row->at, .ring_first = roster->ring_count, .point_first = roster->point_count};
    proto_check_code(check, PROTO_COLUMN_CODE, true, outline.code);
    proto_check_text(check, PROTO_COLUMN_NAME, true, outline.name, sizeof(outline.name));
    outline.kind = is_area ? take_area_kind(check) : PROTO_AREA_BEAT;
    (void)proto_check_flag(check, PROTO_COLUMN_SYNTHETIC);
    if (check->is_good && !is_area && roster->outline_count >= PROTO_ROSTER_DISTRICTS_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_CODE, "is one district too many: at most 63", false);
    }
    if (check->is_good && is_area && roster->outline_count >= PROTO_ROSTER_AREAS_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_CODE, "is one area too many: at most 5000", false);
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
    struct proto_check check = {.roster = roster, .row = row, .is_good = true};
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
    case PROTO_ROSTER_ROUTES:
        take_route(&check);
        break;
    case PROTO_ROSTER_PLANS:
        proto_check_plan(&check);
        break;
    case PROTO_ROSTER_KIND_COUNT:
        assert(roster->kind < PROTO_ROSTER_KIND_COUNT);
        break;
    }
}

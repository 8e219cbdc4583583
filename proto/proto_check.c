#include "proto/proto_check.h"

#include <string.h>

#include "proto/proto_text.h"

#define NUMBER_DIGITS_MAX 9u /* more cannot be in range, and nine fit an int32_t */
#define DEGREE_DIGITS_MAX 3u

const struct proto_cell *proto_check_cell(const struct proto_check *check, enum proto_column column)
{
    return &check->row->cells[column];
}

struct proto_roster_at proto_check_at(const struct proto_check *check, enum proto_column column)
{
    const struct proto_cell *cell = proto_check_cell(check, column);
    return cell->at.line > 0 ? cell->at : check->row->at;
}

void proto_check_refuse(struct proto_check *check, enum proto_column column, const char *sentence,
                        bool with_value)
{
    proto_row_refuse(check->roster, proto_check_at(check, column), proto_column_name(column),
                     sentence, with_value ? proto_check_cell(check, column) : NULL);
    check->is_good = false;
}

void proto_check_text(struct proto_check *check, enum proto_column column, bool is_needed,
                      char *text, size_t text_size)
{
    const struct proto_cell *cell = proto_check_cell(check, column);
    if (cell->size == 0 && is_needed) {
        proto_check_refuse(check, column, "is missing", false);
    } else if (cell->size >= text_size) {
        char sentence[40];
        struct proto_line line = proto_line_start(sentence, sizeof(sentence));
        proto_line_text(&line, "has more than ");
        proto_line_int(&line, (int64_t)text_size - 1);
        proto_line_text(&line, " bytes");
        proto_check_refuse(check, column, sentence, false);
    } else if (proto_text_bad_at(cell->bytes, cell->size) < cell->size) {
        proto_check_refuse(check, column, "has a control character", false);
    } else {
        memcpy(text, cell->bytes, cell->size);
        text[cell->size] = '\0';
    }
}

void proto_check_code(struct proto_check *check, enum proto_column column, bool is_needed,
                      char text[PROTO_CODE_SIZE])
{
    const struct proto_cell *cell = proto_check_cell(check, column);
    if (cell->size == 0 && !is_needed) {
        text[0] = '\0';
    } else if (cell->size == 0) {
        proto_check_refuse(check, column, "is missing", false);
    } else if (cell->size >= PROTO_CODE_SIZE || !proto_text_is_code(cell->bytes, cell->size)) {
        proto_check_refuse(check, column, "must be 1 to 15 of A-Z a-z 0-9 _ . -", true);
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

uint32_t proto_check_number(struct proto_check *check, enum proto_column column, int32_t min,
                            int32_t max, const char *sentence)
{
    const int32_t number = digits_of(proto_check_cell(check, column));
    if (number < min || number > max) {
        proto_check_refuse(check, column, sentence, true);
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

static void take_degrees(struct proto_check *check, struct proto_place *place)
{
    const int64_t lat = degrees_of(proto_check_cell(check, PROTO_COLUMN_LAT));
    const int64_t lon = degrees_of(proto_check_cell(check, PROTO_COLUMN_LON));
    if (lat == INT64_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_LAT, "must be decimal degrees", true);
    } else if (!within(lat, 90) && within(lat, 180) && within(lon, 90)) {
        proto_check_refuse(check, PROTO_COLUMN_LAT,
                           "looks exchanged with \"lon\": must be -90 to 90", true);
    } else if (!within(lat, 90)) {
        proto_check_refuse(check, PROTO_COLUMN_LAT, "must be -90 to 90", true);
    }
    if (lon == INT64_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_LON, "must be decimal degrees", true);
    } else if (!within(lon, 180)) {
        proto_check_refuse(check, PROTO_COLUMN_LON, "must be -180 to 180", true);
    }
    if (within(lat, 90) && within(lon, 180)) {
        *place = (struct proto_place){.lat_e7 = (int32_t)lat, .lon_e7 = (int32_t)lon};
    }
}

bool proto_check_place(struct proto_check *check, bool is_needed, struct proto_place *place)
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
    const bool has_lat = proto_check_cell(check, PROTO_COLUMN_LAT)->size > 0;
    const bool has_lon = proto_check_cell(check, PROTO_COLUMN_LON)->size > 0;
    if (has_lat && has_lon) {
        take_degrees(check, place);
        return true;
    }
    if (is_needed || has_lat != has_lon) {
        proto_check_refuse(check, has_lat ? PROTO_COLUMN_LON : PROTO_COLUMN_LAT, "is missing",
                           false);
    }
    return false;
}

bool proto_check_flag(struct proto_check *check, enum proto_column column)
{
    const struct proto_cell *cell = proto_check_cell(check, column);
    if (cell->size == 0) {
        return false;
    }
    if (cell->size != 1 || (cell->bytes[0] != '0' && cell->bytes[0] != '1')) {
        proto_check_refuse(check, column, "must be 0 or 1", true);
        return false;
    }
    return cell->bytes[0] == '1';
}

int32_t proto_check_find(enum proto_list list, const char *bytes, size_t size)
{
    for (uint32_t i = 0; i < proto_count(list); i++) {
        const char *name = proto_name(list, i);
        if (strlen(name) == size && memcmp(name, bytes, size) == 0) {
            return (int32_t)i;
        }
    }
    return -1;
}

bool proto_check_word(struct proto_words *words, struct proto_cell *word)
{
    const struct proto_cell *cell = words->cell;
    if (cell->size == 0 || words->from > cell->size) {
        return false;
    }
    size_t upto = words->from;
    while (upto < cell->size && cell->bytes[upto] != '+') {
        upto++;
    }
    *word = (struct proto_cell){.bytes = cell->bytes + words->from, .size = upto - words->from};
    words->from = upto + 1;
    return true;
}

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/sim/sim_world.h"

/* Adapter for CSV files of real incidents. Known layouts, told by their header:
 *   San Francisco fire: one line a unit, many a call; "Call Number", "Received DtTm", "Call Type",
 *     "Location" "(lat, lon)". A call is one report, at its received time.
 *   Sacramento police: one line a call; "record_id", "lat", "lon", "description"; dates only, so
 * the calls of the file are spread evenly, one every 100 s. The places are carried over from the
 * file's bounding box onto the map's, so that any city's days can be lived through in any other. */

#define FIELDS_MAX 64
#define LINE_SIZE  8192u
#define EVEN_MS    100000
#define NOTE_MAX   96u
#define OUTLIERS   50u /* a thousandth at each side does not stretch the box */

struct replay_line {
    int64_t at_ms;
    double lat, lon;
    unsigned long long call;
    const char *type;
    char note[NOTE_MAX];
};

struct sim_replay {
    struct replay_line *lines;
    uint32_t count, room, at;
    int64_t first_ms;
    struct geo_point south_west, north_east; /* the map's */
    double south, west, north, east;         /* the file's */
};

struct columns {
    int call, received, type, location, lat, lon;
};

/* Splits a line in place (RFC 4180, no line breaks inside quotes); answers the number of fields. */
static int split(char *line, char *fields[FIELDS_MAX])
{
    int count = 0;
    char *read = line;
    while (count < FIELDS_MAX) {
        const bool quoted = *read == '"';
        read += quoted ? 1 : 0;
        char *write = read;
        fields[count++] = write;
        while (*read != '\0' && (quoted || *read != ',')) {
            if (quoted && *read == '"' && *++read != '"') {
                break;
            }
            *write++ = *read++;
        }
        const bool more = *read == ',';
        *write = '\0';
        if (!more) {
            break;
        }
        read++;
    }
    return count;
}

static int find(char *const fields[], int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(fields[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

/* The numbers in a text, in order; answers how many. */
static int read_numbers(const char *text, double numbers[], int numbers_max)
{
    int count = 0;
    while (*text != '\0' && count < numbers_max) {
        const bool starts =
            isdigit((unsigned char)*text) || (*text == '-' && isdigit((unsigned char)text[1]));
        if (!starts) {
            text++;
            continue;
        }
        char *end;
        numbers[count++] = strtod(text, &end);
        text = end;
    }
    return count;
}

/* "04/07/2020 11:53:08 PM" as milliseconds of a calendar without zones; -1: not one. */
static int64_t parse_time(const char *text)
{
    double parts[6];
    if (read_numbers(text, parts, 6) != 6) {
        return -1;
    }
    const int afternoon = strstr(text, "PM") != NULL ? 12 : 0;
    struct tm moment = {.tm_mon = (int)parts[0] - 1,
                        .tm_mday = (int)parts[1],
                        .tm_year = (int)parts[2] - 1900,
                        .tm_hour = (int)parts[3] % 12 + afternoon,
                        .tm_min = (int)parts[4],
                        .tm_sec = (int)parts[5]};
    return (int64_t)timegm(&moment) * 1000;
}

static const char *type_of(const char *words)
{
    static const struct {
        const char *word, *type;
    } table[] = {{"Fire", "fire"},         {"Smoke", "fire"},
                 {"Alarm", "fire"},        {"Medical", "medical"},
                 {"Traffic", "traffic"},   {"Collision", "traffic"},
                 {"Rescue", "help"},       {"TRAFFIC", "traffic"},
                 {"VEHICLE", "traffic"},   {"SHOTS", "crime"},
                 {"ROBBERY", "crime"},     {"BURGLARY", "crime"},
                 {"THEFT", "crime"},       {"ASSAULT", "crime"},
                 {"DISTURB", "dispute"},   {"SUSPICIOUS", "public_order"},
                 {"ALARM", "public_order"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strstr(words, table[i].word) != NULL) {
            return table[i].type;
        }
    }
    return "other";
}

/* Quotes, backslashes and control characters have no place in a note that goes into JSON as it is.
 */
static void copy_note(char note[NOTE_MAX], const char *text)
{
    size_t used = 0;
    for (; *text != '\0' && used + 1 < NOTE_MAX; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\') {
            note[used] = *text;
        } else {
            note[used] = ' ';
        }
        used++;
    }
    note[used] = '\0';
}

static bool read_line(const struct columns *columns, char *const fields[], int count,
                      struct replay_line *line)
{
    const int last = columns->call > columns->type ? columns->call : columns->type;
    if (count <= last) {
        return false;
    }
    *line = (struct replay_line){.call = strtoull(fields[columns->call], NULL, 10),
                                 .at_ms = -1,
                                 .type = type_of(fields[columns->type])};
    copy_note(line->note, fields[columns->type]);
    if (columns->location >= 0) {
        double place[2];
        if (columns->location >= count || columns->received >= count ||
            read_numbers(fields[columns->location], place, 2) != 2) {
            return false;
        }
        line->lat = place[0];
        line->lon = place[1];
        line->at_ms = parse_time(fields[columns->received]);
        return line->at_ms >= 0;
    }
    if (columns->lat >= count || columns->lon >= count) {
        return false;
    }
    char *end_lat;
    char *end_lon;
    line->lat = strtod(fields[columns->lat], &end_lat);
    line->lon = strtod(fields[columns->lon], &end_lon);
    return end_lat != fields[columns->lat] && end_lon != fields[columns->lon];
}

static bool add_line(struct sim_replay *replay, const struct replay_line *line)
{
    if (replay->count == replay->room) {
        const uint32_t room = replay->room == 0 ? 1024 : replay->room * 2;
        struct replay_line *more = realloc(replay->lines, room * sizeof more[0]);
        if (more == NULL) {
            return false;
        }
        replay->lines = more;
        replay->room = room;
    }
    replay->lines[replay->count++] = *line;
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct replay_line *x = a;
    const struct replay_line *y = b;
    if (x->at_ms != y->at_ms) {
        return x->at_ms < y->at_ms ? -1 : 1;
    }
    return x->call < y->call ? -1 : x->call > y->call;
}

static int by_number(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Smallest and largest without the outliers. */
static bool measure(const struct sim_replay *replay, bool lat, double *low, double *high)
{
    double *numbers = replay->count == 0 ? NULL : calloc(replay->count, sizeof numbers[0]);
    if (numbers == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < replay->count; i++) {
        numbers[i] = lat ? replay->lines[i].lat : replay->lines[i].lon;
    }
    qsort(numbers, replay->count, sizeof numbers[0], by_number);
    const uint32_t cut = replay->count / OUTLIERS / 20;
    *low = numbers[cut];
    *high = numbers[replay->count - 1 - cut];
    free(numbers);
    return *high > *low;
}

/* One report a call: units of the same call follow each other in time. */
static void settle(struct sim_replay *replay, bool has_times)
{
    if (!has_times) {
        for (uint32_t i = 0; i < replay->count; i++) {
            replay->lines[i].at_ms = (int64_t)i * EVEN_MS;
        }
    }
    if (replay->count > 0) {
        qsort(replay->lines, replay->count, sizeof replay->lines[0], by_time);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < replay->count; i++) {
        if (kept == 0 || replay->lines[i].call != replay->lines[kept - 1].call) {
            replay->lines[kept++] = replay->lines[i];
        }
    }
    replay->count = kept;
    replay->first_ms = kept > 0 ? replay->lines[0].at_ms : 0;
}

static bool read_file(struct sim_replay *replay, FILE *file, const char *path, char error[512])
{
    char text[LINE_SIZE];
    char *fields[FIELDS_MAX];
    if (fgets(text, sizeof text, file) == NULL) {
        snprintf(error, 512, "%.300s: empty", path);
        return false;
    }
    text[strcspn(text, "\r\n")] = '\0';
    int count = split(text, fields);
    struct columns columns = {.call = find(fields, count, "Call Number"),
                              .received = find(fields, count, "Received DtTm"),
                              .type = find(fields, count, "Call Type"),
                              .location = find(fields, count, "Location")};
    if (columns.call < 0) {
        columns = (struct columns){.call = find(fields, count, "record_id"),
                                   .received = -1,
                                   .type = find(fields, count, "description"),
                                   .location = -1,
                                   .lat = find(fields, count, "lat"),
                                   .lon = find(fields, count, "lon")};
    }
    if (columns.call < 0 || columns.type < 0 || (columns.location < 0 && columns.lat < 0)) {
        snprintf(error, 512, "%.300s:1: neither of the known layouts (docs/OPERATIONS.md)", path);
        return false;
    }
    while (fgets(text, sizeof text, file) != NULL) {
        text[strcspn(text, "\r\n")] = '\0';
        struct replay_line line;
        count = split(text, fields);
        if (read_line(&columns, fields, count, &line) && !add_line(replay, &line)) {
            snprintf(error, 512, "out of memory");
            return false;
        }
    }
    settle(replay, columns.location >= 0);
    if (replay->count < 2 || !measure(replay, true, &replay->south, &replay->north) ||
        !measure(replay, false, &replay->west, &replay->east)) {
        snprintf(error, 512, "%.300s: fewer than two incidents with a place and a time", path);
        return false;
    }
    return true;
}

struct sim_replay *sim_replay_open(const char *path, const struct geo_map *map, char error[512])
{
    FILE *file = fopen(path, "r");
    struct sim_replay *replay = file == NULL ? NULL : calloc(1, sizeof *replay);
    if (replay == NULL) {
        snprintf(error, 512, "%.300s: %s", path, uv_strerror(-errno));
        if (file != NULL) {
            fclose(file);
        }
        return NULL;
    }
    replay->south_west = (struct geo_point){map->header->south_e7, map->header->west_e7};
    replay->north_east = (struct geo_point){map->header->north_e7, map->header->east_e7};
    const bool good = read_file(replay, file, path, error);
    fclose(file);
    if (!good) {
        sim_replay_close(replay);
        return NULL;
    }
    return replay;
}

void sim_replay_close(struct sim_replay *replay)
{
    if (replay != NULL) {
        free(replay->lines);
        free(replay);
    }
}

static int32_t carry(double value, double low, double high, int32_t to_low, int32_t to_high)
{
    double share = (value - low) / (high - low);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return to_low + (int32_t)(share * (to_high - to_low));
}

bool sim_replay_next(struct sim_replay *replay, int64_t passed_ms, const char **type,
                     struct geo_point *at, const char **note)
{
    if (replay->at == replay->count ||
        replay->lines[replay->at].at_ms - replay->first_ms > passed_ms) {
        return false;
    }
    const struct replay_line *line = &replay->lines[replay->at++];
    *type = line->type;
    *note = line->note;
    at->lat_e7 = carry(line->lat, replay->south, replay->north, replay->south_west.lat_e7,
                       replay->north_east.lat_e7);
    at->lon_e7 = carry(line->lon, replay->west, replay->east, replay->south_west.lon_e7,
                       replay->north_east.lon_e7);
    return true;
}

bool sim_replay_done(const struct sim_replay *replay)
{
    return replay->at == replay->count;
}

#include "proto/proto_speeds.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_field.h"
#include "proto/proto_json.h"

static const char *const vehicle_names[] = {
    [PROTO_VEHICLE_CAR] = "car", [PROTO_VEHICLE_MOTORCYCLE] = "motorcycle"};
_Static_assert(PROTO_COUNT(vehicle_names) == PROTO_VEHICLE_COUNT, "every vehicle has its name");

static const char *const road_names[] = {
    [PROTO_ROAD_MOTORWAY] = "motorway", [PROTO_ROAD_TRUNK] = "trunk",
    [PROTO_ROAD_PRIMARY] = "primary",   [PROTO_ROAD_SECONDARY] = "secondary",
    [PROTO_ROAD_TERTIARY] = "tertiary", [PROTO_ROAD_STREET] = "street",
    [PROTO_ROAD_SERVICE] = "service",   [PROTO_ROAD_TRACK] = "track"};
_Static_assert(PROTO_COUNT(road_names) == PROTO_ROAD_COUNT, "every class has its name");

static const char *const drive_names[] = {
    [PROTO_DRIVE_ORDER] = "order", [PROTO_DRIVE_PATROL] = "patrol", [PROTO_DRIVE_NONE] = NULL};

const char *proto_vehicle_name(enum proto_vehicle vehicle)
{
    assert(vehicle < PROTO_VEHICLE_COUNT);
    return vehicle_names[vehicle];
}

const char *proto_road_name(enum proto_road road)
{
    assert(road < PROTO_ROAD_COUNT);
    return road_names[road];
}

static const struct proto_field fields[] = {
    {.name = "vehicle", .type = PROTO_FIELD_CALLER, .required = true},
    {.name = "class", .type = PROTO_FIELD_CALLER, .required = true},
    {.name = "percent", .type = PROTO_FIELD_CALLER, .required = true},
};
static const struct proto_fields table = {fields, PROTO_COUNT(fields), NULL};

static bool read_word(const json_t *object, const char *name, const char *const words[],
                      uint32_t word_count, uint32_t *found, struct proto_error *error)
{
    const char *text = json_string_value(json_object_get(object, name));
    for (*found = 0; text != NULL && *found < word_count; ++*found) {
        if (strcmp(text, words[*found]) == 0) {
            return true;
        }
    }
    proto_field_refuse(error, text == NULL ? PROTO_WRONG_TYPE : PROTO_UNKNOWN_VALUE, "", name,
                       "docs/PROTOCOL.md names the vehicles and the classes of roads");
    return false;
}

static bool read_percents(const json_t *object, struct proto_speeds *speeds,
                          struct proto_error *error)
{
    const json_t *list =
        proto_field_list(object, "percent", PROTO_SPEED_HOURS, PROTO_SPEED_HOURS, error);
    for (uint32_t hour = 0; list != NULL && hour < PROTO_SPEED_HOURS; hour++) {
        const json_t *value = json_array_get(list, hour);
        const json_int_t percent = json_integer_value(value);
        if (!json_is_integer(value) || percent < PROTO_SPEED_PERCENT_MIN ||
            percent > PROTO_SPEED_PERCENT_MAX) {
            char base[PROTO_BASE_SIZE];
            proto_field_base(base, "/percent", hour);
            proto_field_refuse(error,
                               json_is_integer(value) ? PROTO_OUT_OF_RANGE : PROTO_WRONG_TYPE, base,
                               NULL, "must be a whole number from 10 to 250");
            return false;
        }
        speeds->percent[hour] = (uint32_t)percent;
    }
    return list != NULL;
}

bool proto_decode_speeds(const char *text, size_t size, struct proto_speeds *speeds,
                         struct proto_error *error)
{
    assert(speeds != NULL);
    json_t *object = proto_parse(text, size, PROTO_MESSAGE_MAX, error);
    bool good = object != NULL;
    if (good && !json_is_object(object)) {
        proto_error_set(error, PROTO_BAD_REQUEST, NULL, "the body must be an object");
        good = false;
    }
    uint32_t vehicle = 0;
    uint32_t road = 0;
    good = good && proto_field_read(&table, "", object, speeds, error) &&
           read_word(object, "vehicle", vehicle_names, PROTO_VEHICLE_COUNT, &vehicle, error) &&
           read_word(object, "class", road_names, PROTO_ROAD_COUNT, &road, error) &&
           read_percents(object, speeds, error);
    speeds->vehicle = (enum proto_vehicle)vehicle;
    speeds->road = (enum proto_road)road;
    json_decref(object);
    return good;
}

void proto_encode_speeds(struct proto_buffer *buffer, const struct proto_speeds *speeds)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "vehicle", proto_vehicle_name(speeds->vehicle));
    proto_member_text(buffer, "class", proto_road_name(speeds->road));
    proto_json_name(buffer, "percent");
    proto_json_begin(buffer, '[');
    for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
        proto_json_int(buffer, speeds->percent[hour]);
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
}

static void encode_hour(struct proto_buffer *buffer, uint32_t hour, uint32_t percent,
                        const struct proto_speed_proposal *proposal)
{
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "hour", hour);
    proto_member_int(buffer, "percent", percent);
    if (proposal->proposed == 0) {
        proto_member_null(buffer, "proposed");
    } else {
        proto_member_int(buffer, "proposed", proposal->proposed);
    }
    proto_member_text(buffer, "drives", drive_names[proposal->drive]);
    proto_member_int(buffer, "n", proposal->n);
    proto_member_int(buffer, "p25", proposal->low);
    proto_member_int(buffer, "p75", proposal->high);
    proto_json_end(buffer, '}');
}

void proto_encode_speed_row(struct proto_buffer *buffer, const struct proto_speeds *speeds,
                            const struct proto_speed_proposal proposals[PROTO_SPEED_HOURS],
                            uint32_t map_kmh, const char *by, int64_t since_ms)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "vehicle", proto_vehicle_name(speeds->vehicle));
    proto_member_text(buffer, "class", proto_road_name(speeds->road));
    proto_member_int(buffer, "map_kmh", map_kmh);
    proto_member_text(buffer, "by", by[0] == '\0' ? NULL : by);
    proto_member_time(buffer, "since_ms", by[0] == '\0' ? PROTO_NEVER : since_ms);
    proto_json_name(buffer, "hours");
    proto_json_begin(buffer, '[');
    for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
        encode_hour(buffer, hour, speeds->percent[hour], &proposals[hour]);
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
}

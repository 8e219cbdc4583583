#include "proto/proto_traffic.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_field.h"
#include "proto/proto_json.h"

static const char *const profile_names[PROTO_PROFILE_COUNT] = {"car", "motorcycle", "foot"};

const char *proto_profile_name(enum proto_profile profile)
{
    assert(profile < PROTO_PROFILE_COUNT);
    return profile_names[profile];
}

static const struct proto_field fields[] = {
    {.name = "code",
     .type = PROTO_FIELD_CODE,
     .required = true,
     .offset = offsetof(struct proto_traffic, code),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    {.name = "line", .type = PROTO_FIELD_CALLER, .required = true},
    PROTO_READ_NUMBER(proto_traffic, "speed_kmh", speed_kmh, PROTO_FIELD_U32, PROTO_OPTIONAL, 0,
                      PROTO_TRAFFIC_KMH_MAX),
    {.name = "direction", .type = PROTO_FIELD_CALLER},
    {.name = "profiles", .type = PROTO_FIELD_CALLER},
    PROTO_READ_NUMBER(proto_traffic, "until_ms", until_ms, PROTO_FIELD_I64, PROTO_OPTIONAL, 1,
                      PROTO_TIME_MAX),
    PROTO_READ_TEXT(proto_traffic, "note", note, PROTO_OPTIONAL, 0, PROTO_ADDRESS_SIZE),
};
static const struct proto_fields table = {fields, PROTO_COUNT(fields), NULL};

/* [lon, lat], as GeoJSON has it. */
static bool read_point(const json_t *value, uint32_t index, struct proto_place *place,
                       struct proto_error *error)
{
    char base[PROTO_BASE_SIZE];
    proto_field_base(base, "/line", index);
    const json_t *lon = json_array_get(value, 0);
    const json_t *lat = json_array_get(value, 1);
    if (!json_is_array(value) || json_array_size(value) != 2 || !json_is_number(lon) ||
        !json_is_number(lat)) {
        proto_field_refuse(error, PROTO_WRONG_TYPE, base, NULL, "must be [longitude, latitude]");
        return false;
    }
    const double lon_deg = json_number_value(lon);
    const double lat_deg = json_number_value(lat);
    if (lon_deg < -180.0 || lon_deg > 180.0 || lat_deg < -90.0 || lat_deg > 90.0) {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, base, NULL,
                           "longitude must be -180 to 180 and latitude -90 to 90");
        return false;
    }
    *place =
        (struct proto_place){.lat_e7 = proto_parse_e7(lat_deg), .lon_e7 = proto_parse_e7(lon_deg)};
    return true;
}

static bool read_line(const json_t *object, struct proto_traffic *traffic,
                      struct proto_error *error)
{
    const json_t *list = proto_field_list(object, "line", 1, PROTO_TRAFFIC_POINTS_MAX, error);
    if (list == NULL) {
        return false;
    }
    traffic->point_count = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < traffic->point_count; i++) {
        if (!read_point(json_array_get(list, i), i, &traffic->points[i], error)) {
            return false;
        }
    }
    return true;
}

static bool read_direction(const json_t *object, struct proto_traffic *traffic,
                           struct proto_error *error)
{
    const json_t *value = json_object_get(object, "direction");
    const char *text = json_string_value(value);
    if (value == NULL) {
        return true;
    }
    if (text == NULL || (strcmp(text, "both") != 0 && strcmp(text, "along") != 0)) {
        proto_field_refuse(error, text == NULL ? PROTO_WRONG_TYPE : PROTO_UNKNOWN_VALUE, "",
                           "direction", "must be \"both\" or \"along\"");
        return false;
    }
    traffic->along = strcmp(text, "along") == 0;
    if (traffic->along && traffic->point_count < 2) {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, "", "direction",
                           "a single point has no direction: draw a line");
        return false;
    }
    return true;
}

static bool read_profile(const json_t *value, uint32_t index, struct proto_traffic *traffic,
                         struct proto_error *error)
{
    const char *text = json_string_value(value);
    for (uint32_t i = 0; text != NULL && i < PROTO_PROFILE_COUNT; i++) {
        if (strcmp(text, profile_names[i]) == 0) {
            traffic->profiles |= 1u << i;
            return true;
        }
    }
    char base[PROTO_BASE_SIZE];
    proto_field_base(base, "/profiles", index);
    proto_field_refuse(error, text == NULL ? PROTO_WRONG_TYPE : PROTO_UNKNOWN_VALUE, base, NULL,
                       "must be \"car\", \"motorcycle\" or \"foot\"");
    return false;
}

static bool read_profiles(const json_t *object, struct proto_traffic *traffic,
                          struct proto_error *error)
{
    if (json_object_get(object, "profiles") == NULL) {
        traffic->profiles = 1u << PROTO_PROFILE_CAR | 1u << PROTO_PROFILE_MOTORCYCLE;
        return true;
    }
    const json_t *list = proto_field_list(object, "profiles", 1, PROTO_PROFILE_COUNT, error);
    for (uint32_t i = 0; list != NULL && i < json_array_size(list); i++) {
        if (!read_profile(json_array_get(list, i), i, traffic, error)) {
            return false;
        }
    }
    return list != NULL;
}

bool proto_decode_traffic(const char *text, size_t size, struct proto_traffic *traffic,
                          struct proto_error *error)
{
    assert(traffic != NULL);
    *traffic = (struct proto_traffic){.until_ms = PROTO_NEVER};
    json_t *object = proto_parse(text, size, PROTO_MESSAGE_MAX, error);
    bool good = object != NULL;
    if (good && !json_is_object(object)) {
        proto_error_set(error, PROTO_BAD_REQUEST, NULL, "the body must be an object");
        good = false;
    }
    good = good && proto_field_read(&table, "", object, traffic, error) &&
           read_line(object, traffic, error) && read_direction(object, traffic, error) &&
           read_profiles(object, traffic, error);
    json_decref(object);
    return good;
}

void proto_encode_traffic(struct proto_buffer *buffer, const struct proto_traffic *traffic,
                          const char *by, int64_t since_ms, uint32_t edges)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", traffic->code);
    proto_json_name(buffer, "line");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < traffic->point_count; i++) {
        proto_json_begin(buffer, '[');
        proto_json_e7(buffer, traffic->points[i].lon_e7);
        proto_json_e7(buffer, traffic->points[i].lat_e7);
        proto_json_end(buffer, ']');
    }
    proto_json_end(buffer, ']');
    proto_member_int(buffer, "speed_kmh", traffic->speed_kmh);
    proto_member_text(buffer, "direction", traffic->along ? "along" : "both");
    proto_json_name(buffer, "profiles");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < PROTO_PROFILE_COUNT; i++) {
        if ((traffic->profiles >> i & 1u) != 0) {
            proto_json_text(buffer, profile_names[i]);
        }
    }
    proto_json_end(buffer, ']');
    if (by != NULL || traffic->until_ms != PROTO_NEVER) {
        proto_member_time(buffer, "until_ms", traffic->until_ms);
    }
    proto_member_text(buffer, "note", traffic->note);
    if (by != NULL) {
        proto_member_text(buffer, "by", by);
        proto_member_int(buffer, "since_ms", since_ms);
        proto_member_int(buffer, "edges", edges);
    }
    proto_json_end(buffer, '}');
}

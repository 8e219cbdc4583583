#include "proto/proto_field.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_text.h"

/* A pointer that does not fit would point elsewhere: then it names the object that holds it. */
static void set_pointer(struct proto_error *error, const char *base, const char *name)
{
    struct proto_line pointer = proto_line_start(error->pointer, sizeof(error->pointer));
    error->has_pointer = true;
    proto_line_text(&pointer, base);
    if (name == NULL) {
        return;
    }
    proto_line_text(&pointer, "/");
    for (size_t i = 0; name[i] != '\0' && !pointer.cut; i++) {
        if (name[i] == '~') {
            proto_line_text(&pointer, "~0");
        } else if (name[i] == '/') {
            proto_line_text(&pointer, "~1");
        } else {
            proto_line_text_n(&pointer, &name[i], 1);
        }
    }
    if (pointer.cut) {
        pointer = proto_line_start(error->pointer, sizeof(error->pointer));
        proto_line_text(&pointer, base);
    }
}

/* Begins the sentence with the member's name; the caller goes on. */
static struct proto_line refuse(struct proto_error *error, enum proto_code code, const char *base,
                                const char *name)
{
    *error = (struct proto_error){.code = code};
    set_pointer(error, base, name);
    struct proto_line detail = proto_line_start(error->detail, sizeof(error->detail));
    if (name != NULL) {
        proto_line_quoted(&detail, name, strlen(name));
    } else {
        proto_line_text(&detail, "the value");
    }
    if (base[0] != '\0') {
        proto_line_text(&detail, name != NULL ? " in " : " at ");
        proto_line_text(&detail, base);
    }
    return detail;
}

void proto_field_refuse(struct proto_error *error, enum proto_code code, const char *base,
                        const char *name, const char *detail)
{
    struct proto_line line = refuse(error, code, base, name);
    proto_line_text(&line, " ");
    proto_line_text(&line, detail);
}

void proto_field_base(char base[PROTO_BASE_SIZE], const char *list, size_t i)
{
    struct proto_line line = proto_line_start(base, PROTO_BASE_SIZE);
    proto_line_text(&line, list);
    proto_line_text(&line, "/");
    proto_line_int(&line, (int64_t)i);
    assert(!line.cut);
}

/* One value being read: where it stands, for the sentence. */
struct spot {
    const char *base, *name;
    struct proto_error *error;
};

static bool refuse_type(struct spot spot, const json_t *value, const char *wanted)
{
    struct proto_line detail = refuse(spot.error, PROTO_WRONG_TYPE, spot.base, spot.name);
    proto_line_text(&detail, " must be ");
    proto_line_text(&detail, wanted);
    proto_line_text(&detail, ", not ");
    proto_line_text(&detail, proto_parse_type(value));
    return false;
}

static bool refuse_range(struct spot spot, int64_t min, int64_t max, const char *what)
{
    struct proto_line detail = refuse(spot.error, PROTO_OUT_OF_RANGE, spot.base, spot.name);
    proto_line_text(&detail, " must be ");
    proto_line_int(&detail, min);
    proto_line_text(&detail, " to ");
    proto_line_int(&detail, max);
    proto_line_text(&detail, what);
    return false;
}

static bool refuse_text(struct spot spot, const char *text, size_t at)
{
    struct proto_line detail = refuse(spot.error, PROTO_BAD_TEXT, spot.base, spot.name);
    proto_line_text(&detail, " has a character that is not allowed at byte ");
    proto_line_int(&detail, (int64_t)at + 1);
    proto_line_text(&detail, " (value ");
    proto_line_int(&detail, (unsigned char)text[at]);
    proto_line_text(&detail, ")");
    return false;
}

static size_t code_bad_at(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size && proto_text_is_code(text + at, 1)) {
        at++;
    }
    return at;
}

static bool read_text(struct spot spot, const json_t *value, const struct proto_field *field,
                      char *text)
{
    if (!json_is_string(value)) {
        return refuse_type(spot, value, "a text");
    }
    const size_t size = json_string_length(value);
    const char *bytes = json_string_value(value);
    if (size > (size_t)field->max) {
        struct proto_line detail = refuse(spot.error, PROTO_TOO_LONG, spot.base, spot.name);
        proto_line_text(&detail, " has ");
        proto_line_int(&detail, (int64_t)size);
        proto_line_text(&detail, " bytes; at most ");
        proto_line_int(&detail, field->max);
        return false;
    }
    if (size < (size_t)field->min) {
        return refuse_range(spot, field->min, field->max, " bytes long");
    }
    const size_t bad_at =
        field->type == PROTO_FIELD_CODE ? code_bad_at(bytes, size) : proto_text_bad_at(bytes, size);
    if (bad_at < size) {
        return refuse_text(spot, bytes, bad_at);
    }
    memcpy(text, bytes, size);
    text[size] = '\0';
    return true;
}

static bool read_integer(struct spot spot, const json_t *value, const struct proto_field *field,
                         void *slot)
{
    if (!json_is_integer(value)) {
        return refuse_type(spot, value, "a whole number");
    }
    const int64_t number = json_integer_value(value);
    if (number < field->min || number > field->max) {
        return refuse_range(spot, field->min, field->max, "");
    }
    if (field->type == PROTO_FIELD_U16) {
        const uint16_t narrow = (uint16_t)number;
        memcpy(slot, &narrow, sizeof(narrow));
    } else if (field->type == PROTO_FIELD_U32) {
        const uint32_t narrow = (uint32_t)number;
        memcpy(slot, &narrow, sizeof(narrow));
    } else {
        memcpy(slot, &number, sizeof(number));
    }
    return true;
}

_Static_assert(sizeof(enum proto_reason) == sizeof(uint32_t), "enums are written as uint32_t");

static bool read_name(struct spot spot, const json_t *value, const struct proto_field *field,
                      void *slot)
{
    if (!json_is_string(value)) {
        return refuse_type(spot, value, "a text");
    }
    const char *name = json_string_value(value);
    const int32_t found = strlen(name) == json_string_length(value) ? proto_find(field->list, name)
                                                                    : -1; /* a U+0000 in it */
    if (found >= 0 && (field->allowed >> found & 1u) != 0) {
        const uint32_t choice = (uint32_t)found;
        memcpy(slot, &choice, sizeof(choice));
        return true;
    }
    struct proto_line detail = refuse(spot.error, PROTO_UNKNOWN_VALUE, spot.base, spot.name);
    proto_line_text(&detail, " is ");
    proto_line_quoted(&detail, name, json_string_length(value));
    proto_line_text(&detail, "; it must be one of");
    for (uint32_t i = 0; i < proto_count(field->list); i++) {
        if ((field->allowed >> i & 1u) != 0) {
            proto_line_text(&detail, " ");
            proto_line_text(&detail, proto_name(field->list, i));
        }
    }
    return false;
}

static bool within(double degrees, double bound)
{
    return degrees >= -bound && degrees <= bound;
}

/* A latitude that can only be a longitude, beside a longitude that could be a latitude. */
static bool looks_swapped(double lat, const json_t *lon)
{
    return within(lat, 180.0) && json_is_number(lon) && within(json_number_value(lon), 90.0);
}

static bool read_degrees(struct spot spot, const json_t *value, const struct proto_field *field,
                         const json_t *object, void *slot)
{
    if (!json_is_number(value)) {
        return refuse_type(spot, value, "a number");
    }
    const bool is_lat = field->type == PROTO_FIELD_LAT;
    const double degrees = json_number_value(value);
    if (within(degrees, is_lat ? 90.0 : 180.0)) {
        const int32_t e7 = proto_parse_e7(degrees);
        memcpy(slot, &e7, sizeof(e7));
        return true;
    }
    const json_t *lon = json_object_get(object, "lon");
    if (is_lat && looks_swapped(degrees, lon)) {
        proto_field_refuse(spot.error, PROTO_SWAPPED_COORDINATES, spot.base, spot.name,
                           "is beyond 90 degrees; it looks exchanged with \"lon\"");
        spot.error->swapped.lat_e7 = proto_parse_e7(json_number_value(lon));
        spot.error->swapped.lon_e7 = proto_parse_e7(degrees);
        return false;
    }
    return refuse_range(spot, is_lat ? -90 : -180, is_lat ? 90 : 180, " degrees");
}

static bool read_bool(struct spot spot, const json_t *value, void *slot)
{
    if (!json_is_boolean(value)) {
        return refuse_type(spot, value, "true or false");
    }
    const bool is_true = json_is_true(value);
    memcpy(slot, &is_true, sizeof(is_true));
    return true;
}

static bool read_value(struct spot spot, const json_t *value, const struct proto_field *field,
                       const json_t *object, void *slot)
{
    switch (field->type) {
    case PROTO_FIELD_TEXT:
    case PROTO_FIELD_CODE:
        return read_text(spot, value, field, slot);
    case PROTO_FIELD_U16:
    case PROTO_FIELD_U32:
    case PROTO_FIELD_I64:
        return read_integer(spot, value, field, slot);
    case PROTO_FIELD_BOOL:
        return read_bool(spot, value, slot);
    case PROTO_FIELD_NAME:
        return read_name(spot, value, field, slot);
    case PROTO_FIELD_LAT:
    case PROTO_FIELD_LON:
        return read_degrees(spot, value, field, object, slot);
    case PROTO_FIELD_CALLER:
        break;
    }
    return true;
}

static bool is_known(const struct proto_fields *table, const char *name)
{
    for (uint32_t i = 0; i < table->count; i++) {
        if (strcmp(table->fields[i].name, name) == 0) {
            return true;
        }
    }
    for (uint32_t i = 0; table->also != NULL && table->also[i] != NULL; i++) {
        if (strcmp(table->also[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool all_known(const struct proto_fields *table, const char *base, json_t *object,
                      struct proto_error *error)
{
    for (void *i = json_object_iter(object); i != NULL; i = json_object_iter_next(object, i)) {
        if (!is_known(table, json_object_iter_key(i))) {
            proto_field_refuse(error, PROTO_UNKNOWN_MEMBER, base, json_object_iter_key(i),
                               "is not a member here");
            return false;
        }
    }
    return true;
}

bool proto_field_read(const struct proto_fields *table, const char *base, json_t *object,
                      void *result, struct proto_error *error)
{
    assert(object != NULL);
    assert(result != NULL);
    if (!json_is_object(object)) {
        return refuse_type((struct spot){.base = base, .error = error}, object, "an object");
    }
    if (!all_known(table, base, object, error)) {
        return false;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        const struct proto_field *field = &table->fields[i];
        const struct spot spot = {.base = base, .name = field->name, .error = error};
        const json_t *value = json_object_get(object, field->name);
        if (value == NULL && field->required) {
            proto_field_refuse(error, PROTO_MISSING_MEMBER, base, field->name, "is missing");
            return false;
        }
        if (value == NULL) {
            continue;
        }
        if (!read_value(spot, value, field, object, (char *)result + field->offset)) {
            return false;
        }
        if (field->has_offset != 0) {
            const bool has = true;
            memcpy((char *)result + field->has_offset, &has, sizeof(has));
        }
    }
    return true;
}

const json_t *proto_field_list(const json_t *object, const char *name, size_t min, size_t max,
                               struct proto_error *error)
{
    const json_t *list = json_object_get(object, name);
    if (list == NULL) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", name, "is missing");
        return NULL;
    }
    const struct spot spot = {.base = "", .name = name, .error = error};
    if (!json_is_array(list)) {
        (void)refuse_type(spot, list, "a list");
        return NULL;
    }
    if (json_array_size(list) < min || json_array_size(list) > max) {
        (void)refuse_range(spot, (int64_t)min, (int64_t)max, " values long");
        return NULL;
    }
    return list;
}

bool proto_field_code(const json_t *value, const char *base, char *text, size_t text_size,
                      struct proto_error *error)
{
    const struct proto_field field = {
        .type = PROTO_FIELD_CODE, .min = 1, .max = (int64_t)text_size - 1};
    const struct spot spot = {.base = base, .error = error};
    return read_text(spot, value, &field, text);
}

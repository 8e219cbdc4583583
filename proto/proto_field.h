#ifndef PROTO_PROTO_FIELD_H
#define PROTO_PROTO_FIELD_H

#include "proto/proto_parse.h"

/* Members of a JSON object into a struct, by a table: one line a member says its name, type, bounds
 * and place in the struct. The table is the strictness: what it does not list is refused. */

enum proto_field_type {
    PROTO_FIELD_TEXT,   /* char[max + 1]; bytes min..max */
    PROTO_FIELD_CODE,   /* the same, only [A-Za-z0-9_.-] */
    PROTO_FIELD_U16,    /* whole numbers min..max */
    PROTO_FIELD_U32,    /* */
    PROTO_FIELD_I64,    /* also for a uint64_t: max is at most 2^53 */
    PROTO_FIELD_BOOL,   /* */
    PROTO_FIELD_NAME,   /* an enum: a wire name of `list` whose bit is in `allowed` */
    PROTO_FIELD_LAT,    /* int32_t e7; looks at its sister "lon" to tell swapped ones */
    PROTO_FIELD_LON,    /* int32_t e7 */
    PROTO_FIELD_CALLER, /* known, but read by the caller */
};

struct proto_field {
    const char *name;
    enum proto_field_type type;
    bool required;
    size_t offset;
    size_t has_offset; /* of a bool that is set when the member is there; 0: none */
    int64_t min, max;
    enum proto_list list;
    uint64_t allowed;
};

#define PROTO_ALLOW_ALL        UINT64_MAX
#define PROTO_OPTIONAL         false
#define PROTO_REQUIRED         true
#define PROTO_TEXT_BYTES(size) ((int64_t)(size)-1) /* without the NUL */
#define PROTO_COUNT(array)     ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* One line of a table each. What is optional has its default set before. */
#define PROTO_READ_TEXT(of, text_name, member, is_required, least, size)                           \
    {                                                                                              \
        .name = (text_name), .type = PROTO_FIELD_TEXT, .required = (is_required),                  \
        .offset = offsetof(struct of, member), .min = (least), .max = PROTO_TEXT_BYTES(size)       \
    }
#define PROTO_READ_NUMBER(of, text_name, member, kind, is_required, least, most)                   \
    {                                                                                              \
        .name = (text_name), .type = (kind), .required = (is_required),                            \
        .offset = offsetof(struct of, member), .min = (least), .max = (most)                       \
    }
#define PROTO_READ_CHOICE(of, text_name, member, is_required, values, which)                       \
    {                                                                                              \
        .name = (text_name), .type = PROTO_FIELD_NAME, .required = (is_required),                  \
        .offset = offsetof(struct of, member), .list = (values), .allowed = (which)                \
    }
#define PROTO_READ_PLAIN(of, text_name, member, kind, is_required)                                 \
    {                                                                                              \
        .name = (text_name), .type = (kind), .required = (is_required),                            \
        .offset = offsetof(struct of, member)                                                      \
    }

struct proto_fields {
    const struct proto_field *fields;
    uint32_t count;
    const char *const *also; /* more names that are known, NULL at the end; or NULL */
};

#define PROTO_BASE_SIZE 32u /* "/units/12": where an inner object stands */

/* Read `object`, which stands at `base` ("" is the whole document), into `result`. Members that are
 * left out leave their place in the struct as it was. The object is only read: jansson iterates
 * through a pointer that is not const. */
PROTO_MUST_CHECK bool proto_field_read(const struct proto_fields *table, const char *base,
                                       json_t *object, void *result, struct proto_error *error);

/* A list of min..max values at /name. NULL: refused. A list left out is refused as missing. */
const json_t *proto_field_list(const json_t *object, const char *name, size_t min, size_t max,
                               struct proto_error *error);

/* Refusals with the pointer base + "/" + name; `name` NULL: the base itself. */
void proto_field_refuse(struct proto_error *error, enum proto_code code, const char *base,
                        const char *name, const char *detail);
/* `base` + "/" + i, for the object in a list. */
void proto_field_base(char base[PROTO_BASE_SIZE], const char *list, size_t i);
/* A text of its own (not a member of a table): the checks of PROTO_FIELD_CODE. */
PROTO_MUST_CHECK bool proto_field_code(const json_t *value, const char *base, char *text,
                                       size_t text_size, struct proto_error *error);

#endif

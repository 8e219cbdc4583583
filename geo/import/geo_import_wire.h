#ifndef GEO_IMPORT_GEO_IMPORT_WIRE_H
#define GEO_IMPORT_GEO_IMPORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reading of Protocol Buffers (protobuf.dev, "Encoding"): fields of a message and packed numbers,
 * never past the end of the bytes. A view; it owns nothing. */
struct geo_import_wire {
    const uint8_t *at, *end;
    bool is_bad; /* broken off or no protobuf; nothing more is read */
};

struct geo_import_field {
    uint64_t number;
    bool is_bytes;                /* else a number */
    uint64_t value;               /* of a number */
    struct geo_import_wire bytes; /* of a message, text or packed list */
};

struct geo_import_wire geo_import_wire_of(const uint8_t *bytes, size_t size);

/* The next field of a message; false: none is left, or wire->is_bad. */
bool geo_import_wire_field(struct geo_import_wire *wire, struct geo_import_field *field);

/* The next number of a packed list; false: none is left, or wire->is_bad. */
bool geo_import_wire_number(struct geo_import_wire *wire, uint64_t *value);

/* sint64: ZigZag. */
int64_t geo_import_wire_signed(uint64_t value);

#endif

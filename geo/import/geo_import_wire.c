#include "geo/import/geo_import_wire.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct geo_import_wire geo_import_wire_of(const uint8_t *bytes, size_t size)
{
    return (struct geo_import_wire){.at = bytes, .end = bytes + size};
}

static bool bad(struct geo_import_wire *wire)
{
    wire->is_bad = true;
    wire->at = wire->end;
    return false;
}

bool geo_import_wire_number(struct geo_import_wire *wire, uint64_t *value)
{
    if (wire->at == wire->end) {
        return false;
    }
    *value = 0;
    for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
        const uint8_t byte = *wire->at++;
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return bad(wire);
}

static bool take(struct geo_import_wire *wire, uint64_t size, struct geo_import_wire *bytes)
{
    if (size > (uint64_t)(wire->end - wire->at)) {
        return bad(wire);
    }
    *bytes = geo_import_wire_of(wire->at, (size_t)size);
    wire->at += size;
    return true;
}

bool geo_import_wire_field(struct geo_import_wire *wire, struct geo_import_field *field)
{
    uint64_t key = 0;
    if (!geo_import_wire_number(wire, &key)) {
        return false;
    }
    *field = (struct geo_import_field){.number = key >> 3};
    struct geo_import_wire passed_over;
    switch (key & 7u) {
    case WIRE_VARINT:
        return geo_import_wire_number(wire, &field->value) || bad(wire);
    case WIRE_BYTES:
        field->is_bytes = true;
        return geo_import_wire_number(wire, &field->value) ? take(wire, field->value, &field->bytes)
                                                           : bad(wire);
    case WIRE_FIXED64: /* no field of an OSM file is one: its number is its own, its value is not */
        field->number = 0;
        return take(wire, 8, &passed_over);
    case WIRE_FIXED32:
        field->number = 0;
        return take(wire, 4, &passed_over);
    default:
        return bad(wire);
    }
}

int64_t geo_import_wire_signed(uint64_t value)
{
    const uint64_t half = value >> 1;
    return (value & 1u) == 0 ? (int64_t)half : -(int64_t)half - 1;
}

#include "proto/proto_shift.h"

#include <assert.h>

#include "proto/proto_object.h"
#include "proto/proto_text.h"

#define DAY_MIN  1440u
#define HOUR_MAX 23u
#define MIN_MAX  59u

struct reader {
    const char *bytes;
    size_t size, at;
};

static bool take(struct reader *reader, char byte)
{
    const bool is_there = reader->at < reader->size && reader->bytes[reader->at] == byte;
    reader->at += is_there ? 1 : 0;
    return is_there;
}

/* `digits_min` to `digits_max` digits, and no more behind them. */
static bool take_number(struct reader *reader, uint32_t digits_min, uint32_t digits_max,
                        uint32_t *number)
{
    uint32_t digits = 0;
    *number = 0;
    while (reader->at < reader->size && reader->bytes[reader->at] >= '0' &&
           reader->bytes[reader->at] <= '9' && digits <= digits_max) {
        *number = *number * 10 + (uint32_t)(reader->bytes[reader->at] - '0');
        reader->at++;
        digits++;
    }
    return digits >= digits_min && digits <= digits_max;
}

/* "08:00=3" */
static bool take_shift(struct reader *reader, struct proto_shift *shift)
{
    uint32_t hour = 0;
    uint32_t minute = 0;
    uint32_t minimum = 0;
    const bool is_form = take_number(reader, 2, 2, &hour) && take(reader, ':') &&
                         take_number(reader, 2, 2, &minute) && take(reader, '=') &&
                         take_number(reader, 1, 3, &minimum);
    if (!is_form || hour > HOUR_MAX || minute > MIN_MAX) {
        return false;
    }
    *shift = (struct proto_shift){(uint16_t)(hour * 60 + minute), (uint16_t)minimum};
    return true;
}

bool proto_shifts_read(const char *bytes, size_t size, struct proto_shift shifts[PROTO_SHIFTS_MAX],
                       uint32_t *count)
{
    struct reader reader = {.bytes = bytes, .size = size};
    uint32_t always = 0;
    *count = 0;
    if (size == 0) {
        return true;
    }
    if (take_number(&reader, 1, 3, &always) && reader.at == size) {
        shifts[0] = (struct proto_shift){0, (uint16_t)always};
        *count = 1;
        return true;
    }
    reader.at = 0;
    uint32_t found = 0;
    do {
        if (found == PROTO_SHIFTS_MAX || !take_shift(&reader, &shifts[found]) ||
            (found > 0 && shifts[found].from_min <= shifts[found - 1].from_min)) {
            return false;
        }
        found++;
    } while (take(&reader, '+'));
    if (reader.at != size) {
        return false;
    }
    shifts[0].from_min = found == 1 ? 0 : shifts[0].from_min; /* from then to then: always */
    *count = found;
    return true;
}

void proto_shifts_text(const struct proto_shift shifts[], uint32_t count,
                       char text[PROTO_SHIFTS_SIZE])
{
    assert(count <= PROTO_SHIFTS_MAX);
    struct proto_line line = proto_line_start(text, PROTO_SHIFTS_SIZE);
    for (uint32_t i = 0; i < count; i++) {
        char hour[PROTO_HOUR_SIZE];
        assert(shifts[i].from_min < DAY_MIN);
        assert(shifts[i].minimum <= PROTO_SHIFT_MINIMUM_MAX);
        proto_hour_text(shifts[i].from_min, hour);
        proto_line_text(&line, i > 0 ? "+" : "");
        if (count > 1) {
            proto_line_text(&line, hour);
            proto_line_text(&line, "=");
        }
        proto_line_int(&line, shifts[i].minimum);
    }
    assert(!line.cut);
}

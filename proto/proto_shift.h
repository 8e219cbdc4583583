#ifndef PROTO_PROTO_SHIFT_H
#define PROTO_PROTO_SHIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rota of a circle as a roster writes it: "3" units at all hours, or "08:00=3+20:00=2" from
 * these hours of the local day on, rising; empty: nothing is planned. */

#define PROTO_SHIFTS_MAX        6u
#define PROTO_SHIFT_MINIMUM_MAX 999u
#define PROTO_SHIFTS_SIZE       64u /* 6 x "HH:MM=999" and + between: 59 bytes */

struct proto_shift {
    uint16_t from_min; /* of the local day; of a lone one 0 */
    uint16_t minimum;  /* 0..999 */
};

/* Answers how many there are, 0 of nothing; false: not of that shape. */
bool proto_shifts_read(const char *bytes, size_t size, struct proto_shift shifts[PROTO_SHIFTS_MAX],
                       uint32_t *count);
/* What proto_shifts_read reads. */
void proto_shifts_text(const struct proto_shift shifts[], uint32_t count,
                       char text[PROTO_SHIFTS_SIZE]);

#endif

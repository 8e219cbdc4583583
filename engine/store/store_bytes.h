#ifndef ENGINE_STORE_STORE_BYTES_H
#define ENGINE_STORE_STORE_BYTES_H

#include <stdint.h>

/* Little-endian numbers in the headers of our binary files. Each answers the place after it. */
static inline uint8_t *store_bytes_put(uint8_t *at, uint64_t value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        at[i] = (uint8_t)(value >> (8 * i) & 0xff);
    }
    return at + size;
}

static inline uint64_t store_bytes_get(const uint8_t *at, uint32_t size)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value |= (uint64_t)at[i] << (8 * i);
    }
    return value;
}

#endif

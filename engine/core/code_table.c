#include "engine/core/code_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY UINT32_MAX

enum status code_table_init(struct code_table *table, uint32_t max)
{
    uint32_t size = 16;
    while (size < max * 2) {
        size *= 2;
    }
    *table = (struct code_table){.mask = size - 1, .max = max};
    table->numbers = calloc(size, sizeof *table->numbers);
    table->codes = calloc(size, sizeof *table->codes);
    if (table->numbers == NULL || table->codes == NULL) {
        code_table_finish(table);
        return STATUS_NO_MEMORY;
    }
    code_table_clear(table);
    return STATUS_OK;
}

void code_table_finish(struct code_table *table)
{
    free(table->numbers);
    free(table->codes);
    *table = (struct code_table){0};
}

void code_table_clear(struct code_table *table)
{
    table->count = 0;
    memset(table->numbers, 0xFF, (table->mask + (size_t)1) * sizeof *table->numbers);
}

/* Where the code is, or the empty place where it belongs. */
static uint32_t place_of(const struct code_table *table, const char *code)
{
    uint32_t hash = 2166136261U;
    for (uint32_t i = 0; code[i] != '\0'; i++) {
        hash = (hash ^ (uint8_t)code[i]) * 16777619U;
    }
    uint32_t place = hash & table->mask;
    const size_t size = strlen(code) + 1;
    assert(size <= CODE_SIZE);
    while (table->numbers[place] != EMPTY && memcmp(table->codes[place], code, size) != 0) {
        place = (place + 1) & table->mask;
    }
    return place;
}

void code_table_put(struct code_table *table, const char *code, uint32_t number)
{
    assert(number != EMPTY);
    const uint32_t place = place_of(table, code);
    if (table->numbers[place] == EMPTY) {
        assert(table->count < table->max);
        table->count++;
        memcpy(table->codes[place], code, strlen(code) + 1);
    }
    table->numbers[place] = number;
}

uint32_t code_table_find(const struct code_table *table, const char *code)
{
    return strlen(code) >= CODE_SIZE ? EMPTY : table->numbers[place_of(table, code)];
}

#ifndef ENGINE_CORE_CODE_TABLE_H
#define ENGINE_CORE_CODE_TABLE_H

#include "engine/core/status.h"
#include "engine/core/types.h"

/* Which number a code stands for: open addressing, grows only, all memory taken in init. */
struct code_table {
    uint32_t *numbers; /* UINT32_MAX: empty */
    char (*codes)[CODE_SIZE];
    uint32_t mask, count, max;
};

MUST_CHECK enum status code_table_init(struct code_table *table, uint32_t max);
void code_table_finish(struct code_table *table);
void code_table_clear(struct code_table *table);
void code_table_put(struct code_table *table, const char *code, uint32_t number);
/* UINT32_MAX: not there. */
uint32_t code_table_find(const struct code_table *table, const char *code);

#endif

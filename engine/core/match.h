#ifndef ENGINE_CORE_MATCH_H
#define ENGINE_CORE_MATCH_H

#include <stdint.h>

/* The cheapest way to give every row a column of its own, exactly (the Hungarian method on
 * integers, rows x rows x columns steps). Pure. */
#define MATCH_ROWS_MAX    16u
#define MATCH_COLUMNS_MAX 272u /* 16 nearest of 16 rows each, and nobody for each */
#define MATCH_COST_MAX    (INT64_C(1) << 50)

/* cost[row * columns + column], 0..MATCH_COST_MAX. rows <= columns. Fills column_of[rows]. */
void match_solve(const int64_t cost[], uint32_t rows, uint32_t columns, uint32_t column_of[]);

#endif

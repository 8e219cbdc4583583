#include "engine/core/match.h"

#include <assert.h>
#include <stdbool.h>

/* Potentials make every reduced cost at least 0; a row that comes in takes the shortest way to a
 * free column through the rows that hold others. Column 0 stands for the row that comes in. */
struct match {
    int64_t of_row[MATCH_ROWS_MAX + 1];
    int64_t of_column[MATCH_COLUMNS_MAX + 1];
    uint32_t row_in[MATCH_COLUMNS_MAX + 1]; /* 0: the column is free */
    uint32_t came_from[MATCH_COLUMNS_MAX + 1];
    int64_t shortest[MATCH_COLUMNS_MAX + 1];
    bool is_done[MATCH_COLUMNS_MAX + 1];
};

/* One column nearer: reduce over the row that holds `column`; answers the next column. */
static uint32_t advance(struct match *match, const int64_t cost[], uint32_t columns,
                        uint32_t column)
{
    const uint32_t row = match->row_in[column];
    int64_t least = INT64_MAX;
    uint32_t next = 0;
    match->is_done[column] = true;
    for (uint32_t j = 1; j <= columns; j++) {
        if (match->is_done[j]) {
            continue;
        }
        const int64_t reduced =
            cost[(row - 1) * columns + (j - 1)] - match->of_row[row] - match->of_column[j];
        if (reduced < match->shortest[j]) {
            match->shortest[j] = reduced;
            match->came_from[j] = column;
        }
        if (match->shortest[j] < least) {
            least = match->shortest[j];
            next = j;
        }
    }
    assert(next != 0); /* there is a column for every row */
    for (uint32_t j = 0; j <= columns; j++) {
        if (match->is_done[j]) {
            match->of_row[match->row_in[j]] += least;
            match->of_column[j] -= least;
        } else {
            match->shortest[j] -= least;
        }
    }
    return next;
}

void match_solve(const int64_t cost[], uint32_t rows, uint32_t columns, uint32_t column_of[])
{
    assert(rows <= MATCH_ROWS_MAX);
    assert(columns <= MATCH_COLUMNS_MAX);
    assert(rows <= columns);
    struct match match = {.of_row = {0}};
    for (uint32_t row = 1; row <= rows; row++) {
        for (uint32_t j = 0; j <= columns; j++) {
            match.shortest[j] = INT64_MAX;
            match.is_done[j] = false;
        }
        match.row_in[0] = row;
        uint32_t column = 0;
        do {
            column = advance(&match, cost, columns, column);
        } while (match.row_in[column] != 0);
        while (column != 0) { /* every row on the way moves on by one */
            const uint32_t before = match.came_from[column];
            match.row_in[column] = match.row_in[before];
            column = before;
        }
    }
    for (uint32_t j = 1; j <= columns; j++) {
        if (match.row_in[j] != 0) {
            column_of[match.row_in[j] - 1] = j - 1;
        }
    }
}

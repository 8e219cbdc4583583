/* The text of a question, built from a filter. Numbers only go in: nothing that a person typed. */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "engine/store/history_private.h"

static void add(struct history_query *query, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void add(struct history_query *query, const char *format, va_list arguments)
{
    const size_t room = HISTORY_QUERY_SIZE - query->size;
    const int length = vsnprintf(query->sql + query->size, room, format, arguments);
    if ((size_t)length >= room) { /* a failure of vsnprintf is the largest of all sizes */
        query->is_too_long = true;
        return;
    }
    query->size += (size_t)length;
}

void history_query_add(struct history_query *query, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(query, format, arguments);
    va_end(arguments);
}

void history_query_where(struct history_query *query, const char *format, ...)
{
    history_query_add(query, query->has_where ? " AND " : " WHERE ");
    query->has_where = true;
    va_list arguments;
    va_start(arguments, format);
    add(query, format, arguments);
    va_end(arguments);
}

void history_query_filter(struct history_query *query, char table,
                          const struct history_filter *filter)
{
    if (filter->from_ms != TIME_NEVER) {
        history_query_where(query, "%c.created_ms >= %" PRId64, table, filter->from_ms);
    }
    if (filter->to_ms != TIME_NEVER) {
        history_query_where(query, "%c.created_ms < %" PRId64, table, filter->to_ms);
    }
    if (filter->districts != SCOPE_CITY) { /* a bit mask reads as a signed number there */
        history_query_where(query, "((%" PRId64 " >> %c.district) & 1) = 1",
                            (int64_t)filter->districts, table);
    }
    if (filter->type != HISTORY_ANY) {
        history_query_where(query, "%c.type = %" PRIu32, table, filter->type);
    }
    if (filter->circle != HISTORY_ANY) {
        history_query_where(query, "%c.circle = %" PRIu32, table, filter->circle);
    }
    if (filter->area != HISTORY_ANY) { /* beats and grids are numbered together */
        history_query_where(query, "%" PRIu32 " IN (%c.beat, %c.grid)", filter->area, table, table);
    }
    switch (filter->drills) {
    case HISTORY_DRILLS_TOO:
        break;
    case HISTORY_DRILLS_ONLY:
        history_query_where(query, "%c.drill = 1", table);
        break;
    case HISTORY_DRILLS_NOT:
        history_query_where(query, "%c.drill = 0", table);
        break;
    }
}

void history_query_filter_orders(struct history_query *query, char table,
                                 const struct history_filter *filter)
{
    history_query_filter(query, table, filter);
    if (filter->tier != HISTORY_ANY) {
        history_query_where(query, "%c.tier = %" PRIu32, table, filter->tier);
    }
    if (filter->unit_id != HISTORY_ANY) {
        history_query_where(query, "%c.unit_id = %" PRIu32, table, filter->unit_id);
    }
}

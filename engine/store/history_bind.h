#ifndef ENGINE_STORE_HISTORY_BIND_H
#define ENGINE_STORE_HISTORY_BIND_H

#include <assert.h>

#include "engine/store/history_private.h"

/* Binds in order, so that a statement reads like its column list. */
struct binding {
    sqlite3_stmt *statement;
    int index;
};

static inline struct binding history_bind_use(struct history *history,
                                              enum history_statement statement)
{
    return (struct binding){.statement = history->statements[statement], .index = 0};
}

static inline void history_bind_number(struct binding *to, int64_t value)
{
    (void)sqlite3_bind_int64(to->statement, ++to->index, value);
}

static inline void history_bind_time(struct binding *to, int64_t ms)
{
    store_db_bind_time(to->statement, ++to->index, ms);
}

static inline void history_bind_text(struct binding *to, const char *text)
{
    (void)sqlite3_bind_text(to->statement, ++to->index, text, -1, SQLITE_STATIC);
}

/* NULL where there is none. */
static inline void history_bind_id(struct binding *to, uint32_t id, uint32_t none)
{
    if (id == none) {
        (void)sqlite3_bind_null(to->statement, ++to->index);
    } else {
        history_bind_number(to, id);
    }
}

static inline void history_bind_point(struct binding *to, struct geo_point at)
{
    history_bind_number(to, at.lat_e7);
    history_bind_number(to, at.lon_e7);
}

static inline int history_bind_step(struct binding *binding)
{
    assert(binding->index == sqlite3_bind_parameter_count(binding->statement));
    return store_db_step(binding->statement);
}

#endif

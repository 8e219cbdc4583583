/* The rows that reports read, made of the other tables: an incident that an event changed is noted,
 * and once a transaction its rows are made again. */
#include <assert.h>
#include <string.h>

#include "engine/store/history_private.h"

#define SLOTS (2 * HISTORY_TOUCHED_MAX)
_Static_assert((SLOTS & (SLOTS - 1)) == 0, "a slot is masked out of a hash");

void history_answers_forget(struct history *history)
{
    memset(history->touched, 0, sizeof history->touched);
    history->touched_count = 0;
}

int history_answers_touch(struct history *history, uint32_t incident_id)
{
    assert(incident_id != 0);
    int code = SQLITE_OK;
    if (history->touched_count == HISTORY_TOUCHED_MAX) {
        code = history_answers_refresh(history); /* what is touched again is made again */
    }
    uint32_t slot = incident_id * 2654435761u & (SLOTS - 1);
    while (history->touched[slot] != 0 && history->touched[slot] != incident_id) {
        slot = (slot + 1) & (SLOTS - 1);
    }
    history->touched_count += history->touched[slot] == 0 ? 1 : 0;
    history->touched[slot] = incident_id;
    return code;
}

static int put(struct history *history, enum history_statement statement, uint32_t incident_id,
               const int values[], int count)
{
    sqlite3_stmt *to = history->statements[statement];
    assert(sqlite3_bind_parameter_count(to) == count + 1);
    (void)sqlite3_bind_int64(to, 1, incident_id);
    for (int i = 0; i < count; i++) {
        (void)sqlite3_bind_int(to, i + 2, values[i]);
    }
    return store_db_step(to);
}

int history_answers_refresh(struct history *history)
{
    static const int of_answers[] = {INCIDENT_CANCELLED, REASON_DUPLICATE, HISTORY_MERGED,
                                     TIER_CANCELLED,     TIER_OPEN,        HISTORY_CANCELLED,
                                     HISTORY_OPEN,       HISTORY_COUNTED};
    static const int of_slips[] = {ASSIGNMENT_DECLINED, ASSIGNMENT_RECALLED, ASSIGNMENT_CANCELLED,
                                   ASSIGNMENT_CLEARED, ASSIGNMENT_PREEMPTED};
    int code = SQLITE_OK;
    for (uint32_t slot = 0; slot < SLOTS && history->touched_count > 0 && code == SQLITE_OK;
         slot++) {
        const uint32_t incident_id = history->touched[slot];
        if (incident_id == 0) {
            continue;
        }
        code = put(history, HISTORY_PUT_ANSWERS, incident_id, of_answers, 8);
        if (code == SQLITE_OK) {
            code = put(history, HISTORY_PUT_SLIPS, incident_id, of_slips, 5);
        }
    }
    history_answers_forget(history);
    return code;
}

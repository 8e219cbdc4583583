/* What dispatchers do beside sending units, into the tables of history.db. */
#include <assert.h>

#include "engine/store/history_bind.h"

static int put_also(struct history *history, uint32_t incident_id, uint64_t seq)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_ALSO);
    history_bind_number(&to, incident_id);
    history_bind_number(&to, (int64_t)seq);
    const int code = history_bind_step(&to);
    return code == SQLITE_OK ? history_answers_touch(history, incident_id) : code;
}

static int put_hold(struct history *history, uint32_t incident_id, int64_t held_ms,
                    int64_t review_ms, enum reason reason)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_HOLD);
    history_bind_number(&to, incident_id);
    history_bind_time(&to, held_ms);
    history_bind_time(&to, review_ms);
    history_bind_number(&to, (int64_t)reason);
    return history_bind_step(&to);
}

static int put_reopened(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_REOPENED);
    history_bind_number(&to, event->reopened.incident_id);
    history_bind_number(&to, (int64_t)event->reopened.state);
    history_bind_number(&to, event->reopened.generation);
    return history_bind_step(&to);
}

static int recount(struct history *history, uint32_t a, uint32_t b)
{
    struct binding to = history_bind_use(history, HISTORY_RECOUNT_REPORTS);
    history_bind_number(&to, a);
    history_bind_number(&to, b);
    return history_bind_step(&to);
}

static int put_merged(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_MERGED);
    history_bind_number(&to, event->merged.incident_id);
    history_bind_number(&to, INCIDENT_DUPLICATE);
    history_bind_time(&to, event->at_ms);
    history_bind_number(&to, REASON_DUPLICATE);
    history_bind_text(&to, event->merged.note);
    history_bind_number(&to, event->merged.into_id);
    int code = history_bind_step(&to);
    if (code == SQLITE_OK) {
        to = history_bind_use(history, HISTORY_MOVE_REPORTS);
        history_bind_number(&to, event->merged.incident_id);
        history_bind_number(&to, event->merged.into_id);
        code = history_bind_step(&to);
    }
    if (code == SQLITE_OK) {
        code = recount(history, event->merged.incident_id, event->merged.into_id);
    }
    return code == SQLITE_OK ? put_also(history, event->merged.into_id, event->seq) : code;
}

static int put_owned(struct history *history, const struct event *event)
{
    const bool is_owned = event->owned.owner[0] != '\0';
    struct binding to = history_bind_use(history, HISTORY_PUT_OWNED);
    history_bind_number(&to, event->owned.incident_id);
    history_bind_text(&to, event->owned.owner);
    history_bind_time(&to, is_owned ? event->at_ms : TIME_NEVER);
    return history_bind_step(&to);
}

static int put_linked(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_MOVE_REPORT);
    history_bind_number(&to, event->linked.report_id);
    history_bind_number(&to, event->linked.incident_id);
    int code = history_bind_step(&to);
    if (code == SQLITE_OK) {
        code = recount(history, event->linked.from_id, event->linked.incident_id);
    }
    return code == SQLITE_OK ? put_also(history, event->linked.from_id, event->seq) : code;
}

static int put_answered(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_ANSWERED);
    history_bind_number(&to, event->answered.report_id);
    history_bind_time(&to, event->at_ms);
    history_bind_text(&to, event->actor.id);
    history_bind_text(&to, event->answered.note);
    return history_bind_step(&to);
}

static enum history_statement correction_of(enum assignment_state milestone)
{
    switch (milestone) {
    case ASSIGNMENT_DELIVERED:
        return HISTORY_CORRECT_DELIVERED;
    case ASSIGNMENT_ACKNOWLEDGED:
        return HISTORY_CORRECT_ACKNOWLEDGED;
    case ASSIGNMENT_EN_ROUTE:
        return HISTORY_CORRECT_EN_ROUTE;
    case ASSIGNMENT_ON_SCENE:
        return HISTORY_CORRECT_ON_SCENE;
    case ASSIGNMENT_CLEARED:
    case ASSIGNMENT_SENT:
    case ASSIGNMENT_DECLINED:
    case ASSIGNMENT_RECALLED:
    case ASSIGNMENT_CANCELLED:
    case ASSIGNMENT_PREEMPTED:
    case ASSIGNMENT_STATE_COUNT:
        break;
    }
    return HISTORY_CORRECT_ENDED;
}

static int put_correction(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_CORRECTION);
    history_bind_number(&to, (int64_t)event->seq);
    history_bind_number(&to, event->corrected.assignment_id);
    history_bind_number(&to, (int64_t)event->corrected.milestone);
    history_bind_time(&to, event->corrected.corrected_ms);
    history_bind_time(&to, event->at_ms);
    history_bind_text(&to, event->actor.id);
    history_bind_text(&to, event->corrected.note);
    history_bind_number(&to, ASSIGNMENT_DELIVERED);
    history_bind_number(&to, ASSIGNMENT_ACKNOWLEDGED);
    history_bind_number(&to, ASSIGNMENT_EN_ROUTE);
    history_bind_number(&to, ASSIGNMENT_ON_SCENE);
    return history_bind_step(&to);
}

/* An assignment that left the engine long ago is known here: its incident's record hears of it. */
static int incident_of(struct history *history, uint32_t assignment_id, uint32_t *incident_id)
{
    sqlite3_stmt *row = history->statements[HISTORY_INCIDENT_OF_ASSIGNMENT];
    (void)sqlite3_bind_int64(row, 1, assignment_id);
    const int code = sqlite3_step(row);
    *incident_id = code == SQLITE_ROW ? (uint32_t)sqlite3_column_int64(row, 0) : 0;
    (void)sqlite3_reset(row);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

static int put_corrected(struct history *history, const struct event *event)
{
    uint32_t incident_id = 0;
    int code = put_correction(history, event); /* first: it reads what is about to change */
    if (code == SQLITE_OK) {
        struct binding to = history_bind_use(history, correction_of(event->corrected.milestone));
        history_bind_number(&to, event->corrected.assignment_id);
        history_bind_time(&to, event->corrected.corrected_ms);
        code = history_bind_step(&to);
    }
    if (code == SQLITE_OK && event->corrected.milestone == ASSIGNMENT_ON_SCENE) {
        struct binding to = history_bind_use(history, HISTORY_CORRECT_ARRIVAL);
        history_bind_number(&to, event->corrected.assignment_id);
        history_bind_time(&to, event->corrected.corrected_ms);
        code = history_bind_step(&to);
    }
    if (code == SQLITE_OK) {
        code = incident_of(history, event->corrected.assignment_id, &incident_id);
    }
    return code == SQLITE_OK && incident_id != 0 ? put_also(history, incident_id, event->seq)
                                                 : code;
}

int history_project_life_taken(struct history *history, const struct event *event)
{
    const uint32_t other_id = event->updated.other_id;
    return other_id == 0 ? SQLITE_OK : put_also(history, other_id, event->seq);
}

int history_project_life(struct history *history, const struct event *event)
{
    if (event->kind == EVENT_INCIDENT_HELD) {
        return put_hold(history, event->held.incident_id, event->at_ms, event->held.review_ms,
                        event->held.reason);
    }
    if (event->kind == EVENT_INCIDENT_RELEASED) {
        return put_hold(history, event->released.incident_id, TIME_NEVER, TIME_NEVER, REASON_NONE);
    }
    if (event->kind == EVENT_INCIDENT_REOPENED) {
        return put_reopened(history, event);
    }
    if (event->kind == EVENT_INCIDENT_MERGED) {
        return put_merged(history, event);
    }
    if (event->kind == EVENT_INCIDENT_OWNED) {
        return put_owned(history, event);
    }
    if (event->kind == EVENT_REPORT_LINKED) {
        return put_linked(history, event);
    }
    if (event->kind == EVENT_REPORT_ANSWERED) {
        return put_answered(history, event);
    }
    assert(event->kind == EVENT_MILESTONE_CORRECTED);
    return put_corrected(history, event);
}

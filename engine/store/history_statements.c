/* The statements that feed history.db. A milestone is written once: what is there stays. */
#include "engine/store/history_private.h"

/* Milestones of an assignment differ in their columns only. */
#define MILESTONE_SQL(name)                                                                        \
    "UPDATE assignment SET " name "_ms = ?2, " name "_source = ?3, " name "_device_ms = ?4"        \
    " WHERE assignment_id = ?1 AND " name "_ms IS NULL"

/* What it was goes to the correction's row, what holds stays where questions look for it. */
#define CORRECT_SQL(name)                                                                          \
    "UPDATE assignment SET " name "_ms = ?2, corrected = corrected + 1 WHERE assignment_id = ?1"

static const char *const sql[HISTORY_STATEMENT_COUNT] = {
    [HISTORY_PUT_EVENT] = "INSERT INTO event(seq, at_ms, kind, incident_id, unit_id,"
                          " assignment_id, actor, source, body) VALUES(?,?,?,?,?,?,?,?,?)",
    [HISTORY_PUT_DISTRICT] = "INSERT OR REPLACE INTO district VALUES(?,?,?)",
    [HISTORY_CLEAR_DISTRICTS] = "DELETE FROM district",
    [HISTORY_PUT_AREA] = "INSERT OR REPLACE INTO area VALUES(?,?,?,?)",
    [HISTORY_CLEAR_AREAS] = "DELETE FROM area",
    [HISTORY_PUT_CIRCLE] = "INSERT OR REPLACE INTO circle VALUES(?,?,?,?)",
    [HISTORY_PUT_POLICY] = "INSERT OR REPLACE INTO policy VALUES(?,?,?,?)",
    [HISTORY_PUT_ALSO] = "INSERT OR REPLACE INTO event_also VALUES(?,?)",
    [HISTORY_PUT_HOLD] = "UPDATE incident SET held_ms = ?2, review_ms = ?3, hold_reason = ?4"
                         " WHERE incident_id = ?1",
    [HISTORY_PUT_REOPENED] =
        "UPDATE incident SET state = ?2, generation = ?3, ended_ms = NULL, end_reason = 0,"
        " end_note = '', reopened = reopened + 1 WHERE incident_id = ?1",
    [HISTORY_PUT_MERGED] = "UPDATE incident SET state = ?2, ended_ms = ?3, end_reason = ?4,"
                           " end_note = ?5, duplicate_of = ?6 WHERE incident_id = ?1",
    [HISTORY_MOVE_REPORTS] = "UPDATE report SET incident_id = ?2 WHERE incident_id = ?1",
    [HISTORY_MOVE_REPORT] = "UPDATE report SET incident_id = ?2 WHERE report_id = ?1",
    [HISTORY_RECOUNT_REPORTS] =
        "UPDATE incident SET report_count = (SELECT count(*) FROM report r"
        " WHERE r.incident_id = incident.incident_id) WHERE incident_id IN (?1, ?2)",
    [HISTORY_PUT_OWNED] = "UPDATE incident SET owner = ?2, owner_ms = ?3 WHERE incident_id = ?1",
    [HISTORY_PUT_ANSWERED] = "UPDATE report SET answered_ms = ?2, answered_by = ?3, answer = ?4"
                             " WHERE report_id = ?1 AND answered_ms IS NULL",
    [HISTORY_PUT_CORRECTION] =
        "INSERT OR REPLACE INTO correction(seq, assignment_id, milestone, was_ms, corrected_ms,"
        " at_ms, actor, note) SELECT ?1, ?2, ?3, CASE ?3 WHEN ?8 THEN delivered_ms WHEN ?9 THEN"
        " acknowledged_ms WHEN ?10 THEN en_route_ms WHEN ?11 THEN on_scene_ms ELSE ended_ms END,"
        " ?4, ?5, ?6, ?7 FROM assignment WHERE assignment_id = ?2",
    [HISTORY_CORRECT_DELIVERED] = CORRECT_SQL("delivered"),
    [HISTORY_CORRECT_ACKNOWLEDGED] = CORRECT_SQL("acknowledged"),
    [HISTORY_CORRECT_EN_ROUTE] = CORRECT_SQL("en_route"),
    [HISTORY_CORRECT_ON_SCENE] = CORRECT_SQL("on_scene"),
    [HISTORY_CORRECT_ENDED] = CORRECT_SQL("ended"),
    /* The arrival that a tier is measured by; its verdict stays as it fell. */
    [HISTORY_CORRECT_ARRIVAL] =
        "UPDATE tier_verdict SET arrival_ms = ?2 WHERE assignment_id = ?1 AND arrival_ms IS NOT"
        " NULL",
    [HISTORY_INCIDENT_OF_ASSIGNMENT] = "SELECT incident_id FROM assignment WHERE assignment_id = ?",
    [HISTORY_PUT_UNIT] = "INSERT OR REPLACE INTO unit VALUES(?,?,?,?,?,?)",
    [HISTORY_PUT_CHECKPOINT] = "INSERT OR REPLACE INTO checkpoint VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
    /* Who stays on was there already; whether one who signs was, his last fix says. */
    [HISTORY_PUT_VISIT] =
        "INSERT OR REPLACE INTO visit SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7,"
        " EXISTS(SELECT 1 FROM visit v WHERE v.checkpoint = ?1 AND v.seen_ms >= ?6 AND"
        " v.seen_ms <= ?2 AND v.unit_id = ?4 AND v.arrived_ms = ?6 AND v.visit = ?5 AND ?5 = ?10),"
        " ?13 OR ifnull(?8 <= ?11 + (SELECT radius_m FROM checkpoint WHERE checkpoint = ?1"
        " ORDER BY seq DESC LIMIT 1) AND ?9 <= ?12, 0)",
    [HISTORY_PUT_MISS] = "INSERT OR REPLACE INTO miss VALUES(?,?,?)",
    [HISTORY_PUT_REPORT] =
        "INSERT OR REPLACE INTO report(report_id, incident_id, merged, at_ms, received_ms,"
        " occurred_ms, channel, type, priority, lat_e7, lon_e7, district, drill, address, caller,"
        " phone, note, actor) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [HISTORY_COUNT_REPORT] =
        "UPDATE incident SET report_count = report_count + 1,"
        " caller = iif(report_count = 0, ?2, caller), phone = iif(report_count = 0, ?3, phone),"
        " note = iif(report_count = 0, ?4, note) WHERE incident_id = ?1",
    /* Its report may come before it or after it. */
    [HISTORY_PUT_INCIDENT] =
        "INSERT OR REPLACE INTO incident(incident_id, generation, type, priority, state, lat_e7,"
        " lon_e7, address, district, circle, drill, mode, policy, policy_version, received_ms,"
        " created_ms, clock_ms, end_reason, end_note, created_by, similar_id, report_count, "
        "caller, phone, "
        "note, beat, grid)"
        " VALUES(?1,0,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,0,'',?17,?18,"
        " (SELECT count(*) FROM report WHERE incident_id = ?1),"
        " coalesce((SELECT caller FROM report WHERE incident_id = ?1 ORDER BY report_id), ''),"
        " coalesce((SELECT phone FROM report WHERE incident_id = ?1 ORDER BY report_id), ''),"
        " coalesce((SELECT note FROM report WHERE incident_id = ?1 ORDER BY report_id), ''),"
        " ?19, ?20)",
    [HISTORY_PUT_TIER] =
        "INSERT OR REPLACE INTO tier_verdict(key, incident_id, tier, verdict, units, reach_ms,"
        " target_ms, clock_ms, elapsed_ms) VALUES(?,?,?,?,?,?,?,?,0)",
    [HISTORY_PUT_ASSIGNMENT] =
        "INSERT OR REPLACE INTO assignment(assignment_id, incident_id, unit_id, tier, state,"
        " additional, automatic, estimated, late, skipped, rank, travel_ms, distance_m,"
        " fix_age_ms, generation, version, resent_count, from_lat_e7, from_lon_e7, reason, note,"
        " sent_ms, sent_source, wave) VALUES(?,?,?,?,?,?,?,?,0,0,?,?,?,?,?,?,0,?,?,0,'',?,?,?)",
    [HISTORY_INCIDENT_SENT] = "UPDATE incident SET dispatched_ms = coalesce(dispatched_ms, ?2),"
                              " clock_ms = coalesce(clock_ms, ?2), generation = max(generation, ?3)"
                              " WHERE incident_id = ?1",
    [HISTORY_TIER_SENT] = "UPDATE tier_verdict SET assignment_id = ?2,"
                          " clock_ms = coalesce(clock_ms, (SELECT clock_ms FROM incident"
                          " WHERE incident_id = ?3)) WHERE key = ?1 AND assignment_id IS NULL",
    [HISTORY_UPDATE_ASSIGNMENT] =
        "UPDATE assignment SET state = ?2, late = late OR ?3, skipped = skipped OR ?4,"
        " reason = iif(?5 = 0, reason, ?5), note = iif(?6 = '', note, ?6), version = ?7"
        " WHERE assignment_id = ?1",
    [HISTORY_INCIDENT_RECALLED] =
        "UPDATE incident SET generation = generation + 1 WHERE incident_id = ?",
    [HISTORY_PUT_GENERATION] =
        "UPDATE incident SET generation = max(generation, ?2) WHERE incident_id = ?1",
    [HISTORY_PUT_DELIVERED] = MILESTONE_SQL("delivered"),
    [HISTORY_PUT_ACKNOWLEDGED] = MILESTONE_SQL("acknowledged"),
    [HISTORY_PUT_EN_ROUTE] = MILESTONE_SQL("en_route"),
    [HISTORY_PUT_ON_SCENE] = MILESTONE_SQL("on_scene"),
    [HISTORY_PUT_ENDED] = MILESTONE_SQL("ended"),
    [HISTORY_INCIDENT_ON_SCENE] =
        "UPDATE incident SET on_scene_ms = ?2 WHERE incident_id = ?1 AND on_scene_ms IS NULL",
    [HISTORY_TIER_ON_SCENE] = "UPDATE tier_verdict SET arrival_ms = ?2, assignment_id = ?3"
                              " WHERE key = ?1 AND arrival_ms IS NULL",
    [HISTORY_PUT_STEP] = "UPDATE assignment SET version = ?2, resent_count = resent_count + ?3"
                         " WHERE assignment_id = ?1",
    [HISTORY_UPDATE_INCIDENT] =
        "UPDATE incident SET generation = ?2, type = ?3, priority = ?4, lat_e7 = ?5,"
        " lon_e7 = ?6, address = ?7, district = ?8, circle = ?9, beat = ?10, grid = ?11"
        " WHERE incident_id = ?1",
    [HISTORY_PUT_STATE] = "UPDATE incident SET state = ?2, ended_ms = iif(?3, ?4, NULL),"
                          " end_reason = iif(?3, ?5, 0), end_note = iif(?3, ?6, '')"
                          " WHERE incident_id = ?1",
    [HISTORY_PUT_VERDICT] =
        "INSERT INTO tier_verdict(key, incident_id, tier, verdict, units, reach_ms, target_ms,"
        " clock_ms, elapsed_ms, unit_id, verdict_at_ms) VALUES(?1,?2,?3,?4,0,0,?5,?6,?7,?8,?9)"
        " ON CONFLICT(key) DO UPDATE SET verdict = ?4, target_ms = ?5,"
        " clock_ms = coalesce(?6, clock_ms), elapsed_ms = ?7, unit_id = ?8, verdict_at_ms = ?9",
    [HISTORY_TIER_MET] =
        "UPDATE tier_verdict SET assignment_id = coalesce((SELECT max(assignment_id)"
        " FROM assignment WHERE incident_id = ?2 AND unit_id = ?3 AND tier = ?4), assignment_id)"
        " WHERE key = ?1",
    [HISTORY_PUT_ARCHIVED] = "UPDATE incident SET archived_ms = ?2 WHERE incident_id = ?1",
    /* A span is NULL where one of its times is not known, or where it would run backwards. */
    [HISTORY_PUT_ANSWERS] =
        "INSERT OR REPLACE INTO answer SELECT i.created_ms, t.key, t.tier,"
        " CASE WHEN i.duplicate_of != 0 OR (i.state = ?2 AND i.end_reason = ?3) THEN ?4"
        " WHEN t.verdict = ?5 OR (t.verdict = ?6 AND i.state = ?2) THEN ?7"
        " WHEN t.verdict = ?6 THEN ?8 ELSE ?9 END,"
        " i.drill, t.verdict, i.type, i.district, i.circle, i.beat, i.grid, a.unit_id,"
        " iif(i.created_ms >= i.received_ms, i.created_ms - i.received_ms, NULL),"
        " iif(a.sent_ms >= i.created_ms, a.sent_ms - i.created_ms, NULL),"
        " iif(a.acknowledged_ms >= a.sent_ms, a.acknowledged_ms - a.sent_ms, NULL),"
        " iif(a.en_route_ms >= a.acknowledged_ms, a.en_route_ms - a.acknowledged_ms, NULL),"
        " iif(a.on_scene_ms >= a.en_route_ms, a.on_scene_ms - a.en_route_ms, NULL),"
        " iif(a.on_scene_ms >= i.received_ms, a.on_scene_ms - i.received_ms, NULL),"
        " iif(t.arrival_ms >= t.clock_ms, t.arrival_ms - t.clock_ms, NULL),"
        " i.lat_e7, i.lon_e7 FROM tier_verdict t JOIN incident i ON i.incident_id = t.incident_id"
        " LEFT JOIN assignment a ON a.assignment_id = t.assignment_id WHERE t.incident_id = ?1",
    [HISTORY_PUT_SLIPS] =
        "INSERT OR REPLACE INTO slip SELECT i.created_ms, a.assignment_id, a.incident_id, a.tier,"
        " i.drill, i.type, i.district, i.circle, i.beat, i.grid, a.unit_id, a.state IN (?2, ?3, "
        "?4, ?6),"
        " iif(a.acknowledged_ms >= a.sent_ms, a.acknowledged_ms - a.sent_ms, NULL),"
        " iif(a.en_route_ms >= a.sent_ms, a.en_route_ms - a.sent_ms, NULL),"
        " iif(a.state = ?5 AND a.ended_ms >= a.sent_ms, a.ended_ms - a.sent_ms, NULL)"
        " FROM assignment a JOIN incident i ON i.incident_id = a.incident_id WHERE a.incident_id = "
        /* An invitation is no order before it is accepted. */
        "?1 AND (a.wave = 0 OR a.acknowledged_ms IS NOT NULL OR a.en_route_ms IS NOT NULL)",
    [HISTORY_PUT_SEQ] = "UPDATE meta SET value = ? WHERE name = 'seq'",
};

enum status history_statements_prepare(struct history *history, char error[STORE_ERROR_SIZE])
{
    for (uint32_t i = 0; i < HISTORY_STATEMENT_COUNT; i++) {
        const enum status status =
            store_db_prepare(history->db, history->path, sql[i], &history->statements[i], error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

void history_statements_finish(struct history *history)
{
    for (uint32_t i = 0; i < HISTORY_STATEMENT_COUNT; i++) {
        (void)sqlite3_finalize(history->statements[i]);
        history->statements[i] = NULL;
    }
}

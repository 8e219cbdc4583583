/* The tables of history.db. Times are milliseconds, NULL where unknown; enums are their numbers. */
#include "engine/store/history_private.h"

const struct store_db_format history_tables_format = {
    .application_id = HISTORY_APPLICATION_ID,
    .version = HISTORY_FORMAT,
    .name = "history",
    .schema =
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
        "INSERT INTO meta VALUES('seq', 0);"

        "CREATE TABLE event(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
        "  kind INTEGER NOT NULL, incident_id INTEGER, unit_id INTEGER, assignment_id INTEGER,"
        "  actor TEXT NOT NULL, source INTEGER NOT NULL, body BLOB);"
        "CREATE INDEX event_of_incident ON event(incident_id, seq) WHERE incident_id IS NOT NULL;"

        /* An event that concerns a second incident: a merge, a report or a unit that went there. */
        "CREATE TABLE event_also(incident_id INTEGER, seq INTEGER, PRIMARY KEY(incident_id, seq))"
        "  WITHOUT ROWID;"

        "CREATE TABLE district(district INTEGER PRIMARY KEY, code TEXT, name TEXT);"
        "CREATE TABLE area(area INTEGER PRIMARY KEY, code TEXT, name TEXT, kind INTEGER);"
        "CREATE TABLE policy(version INTEGER PRIMARY KEY, name TEXT, clock_start INTEGER,"
        "  at_ms INTEGER);"
        "CREATE TABLE circle(circle INTEGER PRIMARY KEY, code TEXT, name TEXT, district INTEGER);"
        "CREATE TABLE unit(unit_id INTEGER PRIMARY KEY, code TEXT, name TEXT, kind INTEGER,"
        "  circle INTEGER, district INTEGER);"

        "CREATE TABLE incident(incident_id INTEGER PRIMARY KEY, generation INTEGER, type INTEGER,"
        "  priority INTEGER, state INTEGER, lat_e7 INTEGER, lon_e7 INTEGER, address TEXT,"
        "  district INTEGER, circle INTEGER, drill INTEGER, mode INTEGER, policy TEXT,"
        "  policy_version INTEGER,"
        "  received_ms INTEGER, created_ms INTEGER, clock_ms INTEGER, dispatched_ms INTEGER,"
        "  on_scene_ms INTEGER, ended_ms INTEGER, archived_ms INTEGER, end_reason INTEGER,"
        "  end_note TEXT, report_count INTEGER, caller TEXT, phone TEXT, note TEXT,"
        "  created_by TEXT, held_ms INTEGER, review_ms INTEGER, hold_reason INTEGER DEFAULT 0,"
        "  owner TEXT DEFAULT '', owner_ms INTEGER, duplicate_of INTEGER DEFAULT 0,"
        "  similar_id INTEGER DEFAULT 0, reopened INTEGER DEFAULT 0, beat INTEGER, grid INTEGER);"
        "CREATE INDEX incident_by_time ON incident(created_ms);"

        "CREATE TABLE report(report_id INTEGER PRIMARY KEY, incident_id INTEGER, merged INTEGER,"
        "  at_ms INTEGER, received_ms INTEGER, occurred_ms INTEGER, channel INTEGER,"
        "  type INTEGER, priority INTEGER, lat_e7 INTEGER, lon_e7 INTEGER, district INTEGER,"
        "  drill INTEGER, address TEXT, caller TEXT, phone TEXT, note TEXT, actor TEXT,"
        "  answered_ms INTEGER, answered_by TEXT DEFAULT '', answer TEXT DEFAULT '');"
        "CREATE INDEX report_of_incident ON report(incident_id);"

        "CREATE TABLE assignment(assignment_id INTEGER PRIMARY KEY, incident_id INTEGER,"
        "  unit_id INTEGER, tier INTEGER, state INTEGER, additional INTEGER, automatic INTEGER,"
        "  estimated INTEGER, late INTEGER, skipped INTEGER, rank INTEGER, travel_ms INTEGER,"
        "  wave INTEGER DEFAULT 0,"
        "  distance_m INTEGER, fix_age_ms INTEGER, generation INTEGER, version INTEGER,"
        "  resent_count INTEGER, corrected INTEGER DEFAULT 0,"
        "  from_lat_e7 INTEGER, from_lon_e7 INTEGER, reason INTEGER, note TEXT,"
        "  sent_ms INTEGER, sent_source INTEGER,"
        "  delivered_ms INTEGER, delivered_source INTEGER, delivered_device_ms INTEGER,"
        "  acknowledged_ms INTEGER, acknowledged_source INTEGER, acknowledged_device_ms INTEGER,"
        "  en_route_ms INTEGER, en_route_source INTEGER, en_route_device_ms INTEGER,"
        "  on_scene_ms INTEGER, on_scene_source INTEGER, on_scene_device_ms INTEGER,"
        "  ended_ms INTEGER, ended_source INTEGER, ended_device_ms INTEGER);"
        /* What a milestone was before it was corrected, and who says why. */
        "CREATE TABLE correction(seq INTEGER PRIMARY KEY, assignment_id INTEGER,"
        "  milestone INTEGER, was_ms INTEGER, corrected_ms INTEGER, at_ms INTEGER, actor TEXT,"
        "  note TEXT);"
        "CREATE INDEX correction_of_assignment ON correction(assignment_id);"
        "CREATE INDEX assignment_of_incident ON assignment(incident_id);"
        "CREATE INDEX assignment_of_unit ON assignment(unit_id, incident_id);"

        /* arrival_ms: the first on scene in this tier, also after a missed deadline */
        "CREATE TABLE tier_verdict(key INTEGER PRIMARY KEY, incident_id INTEGER, tier INTEGER,"
        "  verdict INTEGER, units INTEGER, reach_ms INTEGER, target_ms INTEGER, clock_ms INTEGER,"
        "  elapsed_ms INTEGER, unit_id INTEGER, verdict_at_ms INTEGER, assignment_id INTEGER,"
        "  arrival_ms INTEGER);"
        "CREATE INDEX tier_verdict_of_incident ON tier_verdict(incident_id);",
    .schema_more =
        /* What reports read, in the order of time and nothing else beside it: a month of a big city
         * is one scan. Made of the tables above whenever an incident changed. `exclusion` leaves
         * drills aside; a span that is not known or runs backwards is NULL. */
    "CREATE TABLE answer(created_ms INTEGER, key INTEGER, tier INTEGER, exclusion INTEGER,"
    "  drill INTEGER, verdict INTEGER, type INTEGER, district INTEGER, circle INTEGER,"
    "  beat INTEGER, grid INTEGER, unit_id INTEGER, answer_ms INTEGER, dispatch_ms INTEGER, "
    "acknowledge_ms INTEGER,"
    "  turnout_ms INTEGER, travel_ms INTEGER, total_ms INTEGER, response_ms INTEGER,"
    "  lat_e7 INTEGER, lon_e7 INTEGER, PRIMARY KEY(created_ms, key)) WITHOUT ROWID;"

    /* One order to one unit, for the bulletin. withdrawn: declined, recalled, cancelled,
       pre-empted. */
    "CREATE TABLE slip(created_ms INTEGER, assignment_id INTEGER, incident_id INTEGER,"
    "  tier INTEGER, drill INTEGER, type INTEGER, district INTEGER, circle INTEGER,"
    "  beat INTEGER, grid INTEGER, unit_id INTEGER, withdrawn INTEGER, sign_ms INTEGER, depart_ms "
    "INTEGER,"
    "  feedback_ms INTEGER, PRIMARY KEY(created_ms, assignment_id)) WITHOUT ROWID;"

    /* What patrols have to visit, a row each time that it was put; who was there, and what was
       named. again: the same stay was a visit already; near: a fix says so too. */
    "CREATE TABLE checkpoint(checkpoint INTEGER, seq INTEGER, at_ms INTEGER, code TEXT, name TEXT,"
    "  radius_m INTEGER, district INTEGER, circle INTEGER, from_min INTEGER, to_min INTEGER,"
    "  every_min INTEGER, stops INTEGER, PRIMARY KEY(checkpoint, seq)) WITHOUT ROWID;"
    "CREATE TABLE visit(checkpoint INTEGER, seen_ms INTEGER, seq INTEGER, unit_id INTEGER,"
    "  visit INTEGER, arrived_ms INTEGER, stayed_ms INTEGER, again INTEGER, near INTEGER,"
    "  PRIMARY KEY(checkpoint, seen_ms, seq)) WITHOUT ROWID;"
    "CREATE TABLE miss(checkpoint INTEGER, due_ms INTEGER, seq INTEGER,"
    "  PRIMARY KEY(checkpoint, due_ms, seq)) WITHOUT ROWID;"};

#ifndef TESTS_SIM_SIM_RECORD_H
#define TESTS_SIM_SIM_RECORD_H

#include "tests/sim/sim.h"

/* What the world was told, kept by the plainest means there are, and the rules that must hold for
 * it. It learns from published events and said answers alone: it is a client's view. */

struct sim_incident {
    enum incident_state state;
    enum incident_type type;
    enum dispatch_mode mode;
    struct geo_point at;
    uint32_t priority, generation, active, assignments, plan_version;
    uint32_t first_assignment; /* id of the newest; the others by sim_assignment.before */
    enum tier_verdict verdicts[TIER_COUNT];
    uint32_t wanted[TIER_COUNT];
    int64_t opened_ms, state_ms;
    bool is_archived, has_undispatched_alarm, is_drill;
    uint32_t late_alarms; /* open ones about a centre, bit 0: ALARM_RECEIPT_LATE */
    uint32_t panic_alarm; /* of its unit's call for help, until somebody has it; 0 */
};

struct sim_assignment {
    uint32_t incident_id, unit_id, version, steps, before;
    enum tier tier;
    enum assignment_state state;
    uint32_t wave; /* of volunteers, 0: an order */
    bool has_accepted;
    int64_t sent_ms;
    /* what has to be heard after the order */
    uint32_t notice_number, notice_steps;
    int64_t notice_sent_ms;
    bool notice_is_open, notice_is_listed;
};

struct sim_said {        /* of a command, by its serial number */
    int64_t executed_ms; /* 0: no event of it was seen */
    uint64_t first_seq;
    uint32_t report_id, reports;
    bool is_said;
    struct api_answer answer;
};

void sim_record_create(struct sim *sim);
void sim_record_destroy(struct sim *sim);

uint64_t sim_record_seq(const struct sim *sim);
void sim_record_term(struct sim *sim, uint64_t term);

/* An event became visible. */
void sim_record_event(struct sim *sim, const struct event *event, const uint8_t *body,
                      uint32_t body_size);
/* The same event read from the journal later. */
void sim_record_same(struct sim *sim, const struct event_record *record, const uint8_t *body);
/* An answer became visible. */
void sim_record_answer(struct sim *sim, uint64_t serial, const struct api_answer *answer);

void sim_record_command_id(uint64_t serial, int64_t at_ms, uint8_t id[COMMAND_ID_SIZE]);
uint64_t sim_record_serial(const uint8_t id[COMMAND_ID_SIZE]); /* 0: not a client's */
const struct sim_said *sim_record_said(const struct sim *sim, uint64_t serial);

/* After every step in which the world has heard all that was decided: nothing is overdue, and the
 * engine has a deadline for all that will be. */
void sim_record_check_due(struct sim *sim, const struct engine *engine, int64_t now_ms);
/* At the end of the quiet: nobody waits while a fit unit is free. */
void sim_record_check_served(struct sim *sim, const struct engine *engine, int64_t now_ms);

uint32_t sim_record_incident_count(const struct sim *sim);
const struct sim_incident *sim_record_incident(const struct sim *sim, uint32_t incident_id);
const struct sim_assignment *sim_record_assignment(const struct sim *sim, uint32_t assignment_id);
uint32_t sim_record_assignment_count(const struct sim *sim);
uint32_t sim_record_active(const struct sim *sim, uint32_t unit_id); /* assignment, 0 */
uint32_t sim_record_panic(const struct sim *sim, uint32_t unit_id);  /* incident, 0 */
/* Open incidents, oldest first, by index. */
uint32_t sim_record_open_count(const struct sim *sim);
uint32_t sim_record_open(const struct sim *sim, uint32_t index);
uint32_t sim_record_alarm(const struct sim *sim, uint32_t chance); /* some open alarm, 0 */

#endif

/* kuaifan-fortnight ROWS: real calls through core, journal and history under a virtual clock.
 *
 * Reads one line for each thing that happened, in order of time, and gives it to the engine as a
 * command; then asks the history for every order and prints what it computed. The answers are
 * checked by fortnight.py, which reckons from the source itself.
 *
 *   U code                                    a unit, before everything else
 *   R seconds call received lat_e7 lon_e7 type     a report of a call
 *   D|E|S|C seconds call code                 sent, en route, on scene, cleared
 *   X seconds call                            closed, with whatever is still open */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/history.h"
#include "engine/store/history_reader.h"
#include "engine/store/journal.h"
#include "tests/support/store_given.h"

#define UNITS_MAX 256u
#define CALLS_MAX 8192u

struct call {
    char name[16];
    uint32_t incident_id;
};

static struct engine *engine;
static struct event_list list;
static struct journal *journal;
static struct history *history;
static struct unit_definition units[UNITS_MAX];
static uint32_t unit_count;
static struct call calls[CALLS_MAX];
static uint32_t call_count;
static int64_t now_s;              /* of the last command */
static uint32_t orders[UNITS_MAX]; /* the order that a unit was given for its present call */
static char ordered_for[UNITS_MAX][16];

static _Noreturn void stop(const char *what, const char *detail)
{
    fprintf(stderr, "fortnight: %s: %s\n", what, detail);
    exit(1);
}

static void keep(void)
{
    char error[256] = "";
    const uint64_t seq = journal_seq(journal);
    if (journal_append(journal, &list, NULL, 0, seq, error) != JOURNAL_DURABLE ||
        history_feed(history, &list, error) != STATUS_OK) {
        stop("the store", error);
    }
    event_list_clear(&list);
}

/* Steps are gathered, as a busy writer does it. */
static struct step_result give(struct command *command, int64_t at_s)
{
    now_s = at_s;
    command->at_ms = at_s * 1000;
    if (command->actor.id[0] == '\0') {
        command->actor = (struct actor){.id = "replay", .source = SOURCE_DISPATCHER};
    }
    const struct step_result result = engine_step(engine, command, &list);
    if (list.size > list.size_max / 2 || list.count > list.records_max / 2) {
        keep();
    }
    return result;
}

static void pass_until(int64_t at_s)
{
    struct command tick = {.kind = COMMAND_TICK,
                           .actor = {.id = "system", .source = SOURCE_SYSTEM}};
    while (engine_deadline_ms(engine) < at_s * 1000) {
        const int64_t due_s = engine_deadline_ms(engine) / 1000 + 1;
        give(&tick, due_s > now_s ? due_s : now_s); /* a clock may have started long before */
    }
}

static struct call *call_of(const char *name)
{
    for (uint32_t i = call_count; i-- > 0;) {
        if (strcmp(calls[i].name, name) == 0) {
            return &calls[i];
        }
    }
    stop("there is no call", name);
}

static uint32_t unit_of(const char *code)
{
    const uint32_t unit_id = engine_unit_find(engine, code);
    if (unit_id == UNIT_NONE) {
        stop("there is no unit", code);
    }
    return unit_id;
}

static void refused(const char *letter, const char *call, const char *code, enum reason reason)
{
    printf("refused %s %s %s %s\n", letter, call, code, types_name(TYPES_REASON, reason));
}

static void begin_units(int64_t at_s)
{
    struct command put = {.kind = COMMAND_ROSTER_PUT,
                          .roster = {.units = units, .unit_count = unit_count}};
    if (give(&put, at_s).refusal != REASON_NONE) {
        stop("the roster", "refused");
    }
    for (uint32_t i = 0; i < unit_count; i++) {
        struct command duty = {.kind = COMMAND_UNIT_DUTY,
                               .duty = {.unit_id = i, .duty = DUTY_ON, .people = 2}};
        if (give(&duty, at_s).refusal != REASON_NONE) {
            stop("duty", units[i].code);
        }
    }
}

static void report(const char *line, int64_t at_s, const char *name)
{
    int64_t received_s = 0;
    int32_t lat_e7 = 0;
    int32_t lon_e7 = 0;
    uint32_t type = 0;
    if (sscanf(line, "%*s %*s %*s %" SCNd64 " %" SCNd32 " %" SCNd32 " %" SCNu32, &received_s,
               &lat_e7, &lon_e7, &type) != 4) {
        stop("cannot read", line);
    }
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .report = {.channel = CHANNEL_PHONE,
                                         .type = (enum incident_type)type,
                                         .priority = 2,
                                         .at = {.lat_e7 = lat_e7, .lon_e7 = lon_e7},
                                         .occurred_ms = TIME_NEVER,
                                         .received_ms = received_s * 1000}};
    const struct step_result result = give(&command, at_s);
    if (result.refusal != REASON_NONE || call_count == CALLS_MAX) {
        stop("a report is refused", name);
    }
    struct call *call = &calls[call_count++];
    (void)snprintf(call->name, sizeof call->name, "%s", name);
    call->incident_id = result.incident_id;
}

static void order(int64_t at_s, const struct call *call, const char *code)
{
    struct incident_view view;
    if (!engine_incident(engine, call->incident_id, &view)) {
        stop("a call has left the engine", call->name);
    }
    const uint32_t unit_id = unit_of(code);
    struct command command = {.kind = COMMAND_INCIDENT_ORDER,
                              .order = {.incident_id = call->incident_id,
                                        .generation = view.generation,
                                        .unit_count = 1,
                                        .units = {{.unit_id = unit_id, .tier = TIER_5}}}};
    const struct step_result result = give(&command, at_s);
    if (result.refusal != REASON_NONE) {
        refused("D", call->name, code, result.refusal);
        return;
    }
    orders[unit_id] = result.assignment_id;
    (void)snprintf(ordered_for[unit_id], sizeof ordered_for[unit_id], "%s", call->name);
}

static void milestone(char letter, int64_t at_s, const struct call *call, const char *code)
{
    const uint32_t unit_id = unit_of(code);
    if (strcmp(ordered_for[unit_id], call->name) != 0) {
        return; /* its order was refused: said already */
    }
    const enum assignment_state state = letter == 'E'   ? ASSIGNMENT_EN_ROUTE
                                        : letter == 'S' ? ASSIGNMENT_ON_SCENE
                                                        : ASSIGNMENT_CLEARED;
    struct command command = {.kind = COMMAND_ASSIGNMENT_UPDATE,
                              .assignment = {.assignment_id = orders[unit_id],
                                             .unit_id = unit_id,
                                             .state = state,
                                             .device_ms = TIME_NEVER}};
    (void)snprintf(command.actor.id, sizeof command.actor.id, "unit:%s", code);
    command.actor.source = SOURCE_UNIT;
    const struct step_result result = give(&command, at_s);
    if (result.refusal != REASON_NONE) {
        const char word[2] = {letter, '\0'};
        refused(word, call->name, code, result.refusal);
    }
}

static void close_call(int64_t at_s, const struct call *call)
{
    struct command command = {
        .kind = COMMAND_INCIDENT_CLOSE,
        .close = {.incident_id = call->incident_id, .reason = REASON_RESOLVED, .clear_all = true}};
    const struct step_result result = give(&command, at_s);
    if (result.refusal != REASON_NONE) {
        refused("X", call->name, "-", result.refusal);
    }
}

static void take(const char *line)
{
    static bool begun;
    char letter = 0;
    int64_t at_s = 0;
    char name[16] = "";
    char code[CODE_SIZE] = "";
    if (line[0] == 'U') {
        assert(unit_count < UNITS_MAX);
        struct unit_definition *unit = &units[unit_count++];
        *unit = (struct unit_definition){.kind = UNIT_CAR,
                                         .circle = CIRCLE_NONE,
                                         .area = AREA_NONE,
                                         .district = DISTRICT_NONE,
                                         .people = 2};
        (void)sscanf(line, "U %15s", unit->code);
        memcpy(unit->name, unit->code, sizeof unit->code);
        return;
    }
    if (sscanf(line, "%c %" SCNd64 " %15s %15s", &letter, &at_s, name, code) < 3) {
        stop("cannot read", line);
    }
    if (!begun) {
        begin_units(at_s);
        begun = true;
    }
    pass_until(at_s);
    if (letter == 'R') {
        report(line, at_s, name);
    } else if (letter == 'D') {
        order(at_s, call_of(name), code);
    } else if (letter == 'X') {
        close_call(at_s, call_of(name));
    } else {
        milestone(letter, at_s, call_of(name), code);
    }
}

/* ---- What the history makes of it ---- */

static void print_time(int64_t from_ms, int64_t to_ms)
{
    if (from_ms == TIME_NEVER || to_ms == TIME_NEVER) {
        printf(" -");
    } else {
        printf(" %" PRId64, (to_ms - from_ms) / 1000);
    }
}

struct asked {
    const struct call *call;
    struct history_incident incident;
};

/* call unit processing dispatch turnout travel total busy: seconds, - where one end is unknown */
static bool print_order(void *context, const struct history_assignment *assignment)
{
    const struct asked *asked = context;
    const struct history_milestone *at = assignment->milestones;
    printf("order %s %s", asked->call->name, assignment->unit_code);
    print_time(asked->incident.received_ms, asked->incident.created_ms);
    print_time(asked->incident.created_ms, at[HISTORY_SENT].at_ms);
    print_time(at[HISTORY_SENT].at_ms, at[HISTORY_EN_ROUTE].at_ms);
    print_time(at[HISTORY_EN_ROUTE].at_ms, at[HISTORY_ON_SCENE].at_ms);
    print_time(asked->incident.received_ms, at[HISTORY_ON_SCENE].at_ms);
    print_time(at[HISTORY_SENT].at_ms, at[HISTORY_ENDED].at_ms);
    (void)putchar('\n');
    return true;
}

static void print_all(const char *path)
{
    struct history_reader *reader = NULL;
    char error[256] = "";
    if (history_reader_open(path, &reader, error) != STATUS_OK) {
        stop("the reader", error);
    }
    for (uint32_t i = 0; i < call_count; i++) {
        struct asked asked = {.call = &calls[i]};
        if (history_reader_incident(reader, calls[i].incident_id, SCOPE_CITY, &asked.incident,
                                    error) != STATUS_OK ||
            history_reader_assignments(reader, calls[i].incident_id, print_order, &asked, error) !=
                STATUS_OK) {
            stop("an incident", error);
        }
    }
    history_reader_close(reader);
}

static void create(const char *directory, char history_path[GIVEN_PATH_SIZE])
{
    struct engine_config config = {.limits = {.units_max = UNITS_MAX,
                                              .circles_max = 1,
                                              .incidents_max = 4096,
                                              .assignments_max = 16384,
                                              .alarms_max = 16384,
                                              .area_points_max = 16},
                                   .mode = DISPATCH_RECOMMEND, /* their dispatchers chose */
                                   .searches = true};
    const enum status known = policy_preset("mutual-aid", &config.policy);
    assert(known == STATUS_OK);
    for (uint32_t i = 0; i < TIER_COUNT; i++) { /* nobody is alerted whom they did not send */
        config.policy.tiers[i].resend_ms = 0;
        config.policy.tiers[i].additional_ms = 0;
        config.policy.tiers[i].dispatcher_ms = 0;
        config.policy.tiers[i].supervisor_ms = 0;
    }
    char path[GIVEN_PATH_SIZE];
    char key_path[GIVEN_PATH_SIZE];
    char error[256] = "";
    store_given_path(directory, "journal.db", path);
    store_given_path(directory, "journal.key", key_path);
    store_given_path(directory, "history.db", history_path);
    const struct journal_config store = {.path = path, .key_path = key_path, .commands_keep = 1024};
    if (engine_create(&config, &engine) != STATUS_OK ||
        event_list_init(&list, 8192, 8u << 20) != STATUS_OK ||
        journal_open(&store, &journal, error) != STATUS_OK ||
        history_open(history_path, journal_epoch(journal), &history, error) != STATUS_OK) {
        stop("create", error);
    }
}

int main(int count, char **arguments)
{
    FILE *rows = count == 2 ? fopen(arguments[1], "r") : NULL;
    if (rows == NULL) {
        stop("usage", "kuaifan-fortnight ROWS");
    }
    char directory[GIVEN_PATH_SIZE];
    char history_path[GIVEN_PATH_SIZE];
    store_given_directory(directory);
    create(directory, history_path);
    char line[256];
    while (fgets(line, sizeof line, rows) != NULL) {
        take(line);
    }
    (void)fclose(rows);
    keep();
    print_all(history_path);
    printf("events %" PRIu64 "\n", journal_seq(journal));
    history_close(history);
    journal_close(journal);
    event_list_finish(&list);
    engine_destroy(engine);
    engine = NULL;
    store_given_remove(directory);
    return 0;
}

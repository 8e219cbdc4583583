#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/sim_world.h"

#define CODE_SECONDS   1000
#define TRAVEL_UNKNOWN (-1)

/* How often somebody does not do as ordered: seldom, or the desk drowns in alarms. */
#define SILENT_IN_THOUSAND   3u /* the order stands until the desk takes it back */
#define LATE_IN_THOUSAND     20u
#define DECLINES_IN_THOUSAND 10u

/* ---- Talking ---- */

static void send_text(struct sim_unit *unit, const char *text)
{
    sim_socket_send(unit->socket, text, strlen(text));
}

void sim_unit_opened(struct sim_unit *unit)
{
    char text[SIM_TEXT_SIZE];
    unit->authenticated = false;
    snprintf(text, sizeof text,
             "{\"id\":1,\"op\":\"auth\",\"token\":\"%s\",\"client\":\"simulate\"}", unit->token);
    send_text(unit, text);
}

void sim_unit_closed(struct sim_unit *unit)
{
    unit->authenticated = false;
}

/* Kept until it is answered, and said again after a reconnect. */
static struct sim_pending *new_pending(struct sim_unit *unit)
{
    for (uint32_t i = 0; i < SIM_PENDING_MAX; i++) {
        if (unit->pending[i].id == 0) {
            unit->pending[i].id = ++unit->next_id + 10;
            return &unit->pending[i];
        }
    }
    return NULL; /* eight unanswered commands: the engine is down; the step comes again */
}

static bool update(struct sim_unit *unit, const char *state, const char *reason)
{
    struct sim_pending *pending = new_pending(unit);
    if (pending == NULL) {
        return false;
    }
    char key[SIM_KEY_SIZE];
    sim_world_key(unit->world, key);
    pending->assignment_id = unit->assignment_id;
    snprintf(pending->state, sizeof pending->state, "%s", state);
    snprintf(pending->text, sizeof pending->text,
             "{\"id\":%u,\"op\":\"assignment.update\",\"key\":\"%s\",\"assignment\":%u,"
             "\"state\":\"%s\"%s%s%s}",
             pending->id, key, unit->assignment_id, state, reason == NULL ? "" : ",\"reason\":\"",
             reason == NULL ? "" : reason, reason == NULL ? "" : "\"");
    pending->sent_ms = sim_world_ms();
    send_text(unit, pending->text);
    return true;
}

static void sign_on(struct sim_unit *unit)
{
    struct sim_pending *pending = new_pending(unit);
    if (pending == NULL) {
        return;
    }
    char key[SIM_KEY_SIZE];
    sim_world_key(unit->world, key);
    snprintf(pending->state, sizeof pending->state, "duty");
    snprintf(pending->text, sizeof pending->text,
             "{\"id\":%u,\"op\":\"unit.duty\",\"key\":\"%s\",\"duty\":\"on\"}", pending->id, key);
    pending->sent_ms = sim_world_ms();
    send_text(unit, pending->text);
}

/* ---- Working ---- */

static void plan(struct sim_unit *unit, enum sim_step step, uint32_t min_ms, uint32_t more_ms)
{
    unit->step = step;
    unit->step_at_ms = sim_world_ms() + min_ms + prng_below(&unit->world->prng, more_ms + 1);
}

static void take_order(struct sim_unit *unit, const json_t *order)
{
    const json_t *assignment = json_object_get(order, "assignment");
    const json_t *incident = json_object_get(order, "incident");
    unit->assignment_id =
        (uint32_t)json_integer_value(json_object_get(assignment, "assignment_id"));
    unit->incident_id = (uint32_t)json_integer_value(json_object_get(assignment, "incident_id"));
    unit->target.lat_e7 = (int32_t)(json_number_value(json_object_get(incident, "lat")) * 1e7);
    unit->target.lon_e7 = (int32_t)(json_number_value(json_object_get(incident, "lon")) * 1e7);
    const json_t *travel = json_object_get(assignment, "travel_ms");
    unit->travel_ms = json_is_integer(travel) ? json_integer_value(travel) : TRAVEL_UNKNOWN;
    const char *state = json_string_value(json_object_get(assignment, "state"));
    if (unit->hands_off) {
        return; /* somebody else decides; see event_heard */
    }
    if (state == NULL || strcmp(state, "sent") == 0) {
        update(unit, "delivered", NULL);
    }
    struct prng *prng = &unit->world->prng;
    if (unit->world->options.load) {
        plan(unit, SIM_ACK, 50, 250);
    } else if (state != NULL && strcmp(state, "sent") != 0 && strcmp(state, "delivered") != 0) {
        plan(unit, SIM_GO, 1000, 2000); /* taken up again after a restart */
    } else if (prng_chance(prng, SILENT_IN_THOUSAND)) {
        plan(unit, SIM_ACK, 3600 * CODE_SECONDS, 0); /* never looks at the phone */
    } else if (prng_chance(prng, LATE_IN_THOUSAND)) {
        plan(unit, SIM_ACK, 35 * CODE_SECONDS, 35 * CODE_SECONDS);
    } else {
        plan(unit, SIM_ACK, 3 * CODE_SECONDS, 9 * CODE_SECONDS);
    }
}

static void rest(struct sim_unit *unit)
{
    unit->assignment_id = 0;
    unit->incident_id = 0;
    unit->step = SIM_REST;
    unit->mover.has_target = false;
    unit->mover.path_at = unit->mover.path_count;
}

static void acknowledge(struct sim_unit *unit)
{
    const bool load = unit->world->options.load;
    if (!load && prng_chance(&unit->world->prng, DECLINES_IN_THOUSAND)) {
        if (update(unit, "declined", "engaged")) {
            rest(unit);
        }
        return;
    }
    if (update(unit, "acknowledged", NULL)) {
        if (load) {
            plan(unit, SIM_WORK, 10 * CODE_SECONDS, 0);
        } else {
            plan(unit, SIM_GO, 2 * CODE_SECONDS, 8 * CODE_SECONDS);
        }
    }
}

static struct geo_point place_of(const struct sim_unit *unit)
{
    return unit->on_road && !unit->fixed ? sim_roads_point(unit->world->roads, &unit->mover)
                                         : unit->home;
}

/* For who is not moved along the roads: as long as the engine thinks; where it does not know
 * either, a third longer than the line. */
static int64_t way_ms_guessed(const struct sim_unit *unit)
{
    if (unit->travel_ms != TRAVEL_UNKNOWN) {
        return unit->travel_ms;
    }
    const double mps = unit->profile == GEO_PROFILE_FOOT ? 1.4 : 8.0;
    return (int64_t)(geo_distance_m(place_of(unit), unit->target) * 4.0 / 3.0 / mps * CODE_SECONDS);
}

static void set_out(struct sim_unit *unit)
{
    if (!update(unit, "en_route", NULL)) {
        return;
    }
    unit->step = SIM_DRIVE;
    const bool drives = !unit->fixed && unit->on_road &&
                        sim_roads_aim(unit->world->roads, &unit->mover, unit->target);
    const int64_t way_ms = drives ? (int64_t)CODE_SECONDS * 1200 : way_ms_guessed(unit);
    unit->step_at_ms = sim_world_ms() + way_ms;
}

static void arrive(struct sim_unit *unit)
{
    if (update(unit, "on_scene", NULL)) {
        plan(unit, SIM_WORK, 40 * CODE_SECONDS, 110 * CODE_SECONDS);
    }
}

void sim_unit_act(struct sim_unit *unit, int64_t now_ms)
{
    if (unit->step == SIM_REST || unit->hands_off || now_ms < unit->step_at_ms ||
        !unit->authenticated) {
        return;
    }
    switch (unit->step) {
    case SIM_ACK:
        acknowledge(unit);
        break;
    case SIM_GO:
        set_out(unit);
        break;
    case SIM_DRIVE:
        arrive(unit);
        break;
    case SIM_WORK:
        if (update(unit, "cleared", NULL)) {
            rest(unit);
        }
        break;
    case SIM_REST:
        break;
    }
}

static struct sim_pending *pending_after(struct sim_unit *unit, uint32_t id)
{
    struct sim_pending *next = NULL;
    for (uint32_t i = 0; i < SIM_PENDING_MAX; i++) {
        struct sim_pending *pending = &unit->pending[i];
        if (pending->id > id && (next == NULL || pending->id < next->id)) {
            next = pending;
        }
    }
    return next;
}

/* In the order in which they were said first: a receipt must not come after its acknowledgement. */
static void send_again(struct sim_unit *unit, int64_t older_than_ms)
{
    const int64_t now_ms = sim_world_ms();
    struct sim_pending *pending = pending_after(unit, 0);
    while (pending != NULL) {
        if (now_ms - pending->sent_ms >= older_than_ms) {
            pending->sent_ms = now_ms;
            send_text(unit, pending->text);
        }
        pending = pending_after(unit, pending->id);
    }
}

void sim_unit_second(struct sim_unit *unit)
{
    if (unit->on_road && !unit->fixed && unit->step != SIM_WORK &&
        sim_roads_drive(unit->world->roads, &unit->mover, CODE_SECONDS, &unit->world->prng) &&
        unit->step == SIM_DRIVE) {
        unit->step_at_ms = 0; /* there */
    }
    if (!unit->authenticated) {
        return;
    }
    send_again(unit, SIM_RESEND_MS);
    const struct geo_point at = place_of(unit);
    char text[SIM_TEXT_SIZE];
    snprintf(text, sizeof text,
             "{\"op\":\"position\",\"fixes\":[{\"lat\":%.7f,\"lon\":%.7f,\"accuracy_m\":5}]}",
             (double)at.lat_e7 / 1e7, (double)at.lon_e7 / 1e7);
    send_text(unit, text);
    unit->world->positions_sent++;
}

bool sim_unit_quiet(const struct sim_unit *unit)
{
    if (unit->hands_off) {
        return true;
    }
    for (uint32_t i = 0; i < SIM_PENDING_MAX; i++) {
        if (unit->pending[i].id != 0) {
            return false;
        }
    }
    return unit->assignment_id == 0;
}

/* ---- Listening ---- */

static void answered(struct sim_unit *unit, uint32_t id, const json_t *message)
{
    if (id == 1) {
        unit->authenticated = json_is_true(json_object_get(message, "ok"));
        send_text(unit, "{\"id\":2,\"op\":\"sub\",\"stream\":\"orders\"}");
        send_again(unit, 0);
        return;
    }
    for (uint32_t i = 0; i < SIM_PENDING_MAX; i++) {
        struct sim_pending *pending = &unit->pending[i];
        if (pending->id != id || id == 0) {
            continue;
        }
        const json_t *error = json_object_get(message, "error");
        if (json_is_true(json_object_get(error, "retry"))) {
            return; /* it goes out again with a later second */
        }
        if (error == NULL && pending->assignment_id != 0) {
            sim_ledger_confirmed(unit->world->ledger, pending->assignment_id, pending->state);
        }
        if (error == NULL && strcmp(pending->state, "duty") == 0) {
            unit->on_duty = true;
        }
        pending->id = 0;
    }
}

static void event_heard(struct sim_unit *unit, const json_t *event)
{
    const char *kind = json_string_value(json_object_get(event, "kind"));
    if (kind == NULL) {
        return;
    }
    if (strcmp(kind, "assignment.sent") == 0) {
        const json_t *order = json_object_get(event, "order");
        take_order(unit, order);
        sim_ledger_order_seen(unit->world->ledger, unit->assignment_id, unit->incident_id,
                              sim_world_us());
    } else if (strcmp(kind, "assignment.updated") == 0) {
        const char *state = json_string_value(json_object_get(event, "state"));
        const uint32_t id = (uint32_t)json_integer_value(json_object_get(event, "assignment_id"));
        const bool over =
            state != NULL && (strcmp(state, "recalled") == 0 || strcmp(state, "cancelled") == 0 ||
                              strcmp(state, "cleared") == 0);
        if (over && id == unit->assignment_id) {
            rest(unit);
        } else if (unit->hands_off && state != NULL && strcmp(state, "en_route") == 0 &&
                   unit->on_road) {
            sim_roads_aim(unit->world->roads, &unit->mover, unit->target);
        }
    } else if (strcmp(kind, "incident.updated") == 0 && json_object_get(event, "order") != NULL &&
               unit->step == SIM_DRIVE) {
        take_order(unit, json_object_get(event, "order"));
    }
}

/* The unit has ended it, and the engine has not heard that yet. */
static bool is_ending(const struct sim_unit *unit, uint32_t assignment_id)
{
    for (uint32_t i = 0; i < SIM_PENDING_MAX; i++) {
        const struct sim_pending *pending = &unit->pending[i];
        if (pending->id != 0 && pending->assignment_id == assignment_id &&
            (strcmp(pending->state, "cleared") == 0 || strcmp(pending->state, "declined") == 0)) {
            return true;
        }
    }
    return false;
}

static void snapshot_heard(struct sim_unit *unit, const json_t *message)
{
    const json_t *orders = json_object_get(message, "orders");
    const json_t *order = json_array_get(orders, 0);
    const uint32_t id = (uint32_t)json_integer_value(
        json_object_get(json_object_get(order, "assignment"), "assignment_id"));
    const bool is_over = order == NULL ? unit->assignment_id != 0 : is_ending(unit, id);
    if (is_over) {
        rest(unit);
    } else if (order != NULL && id != unit->assignment_id) {
        take_order(unit, order);
        sim_ledger_order_shown(unit->world->ledger, unit->assignment_id, unit->incident_id,
                               sim_world_us());
    }
    const char *duty = json_string_value(json_object_get(json_object_get(message, "unit"), "duty"));
    unit->on_duty = duty != NULL && strcmp(duty, "on") == 0;
    if (!unit->on_duty && !unit->hands_off) {
        sign_on(unit);
    }
}

void sim_unit_message(struct sim_unit *unit, const json_t *message)
{
    const char *kind = json_string_value(json_object_get(message, "t"));
    if (kind == NULL) {
        answered(unit, (uint32_t)json_integer_value(json_object_get(message, "id")), message);
    } else if (strcmp(kind, "log") == 0) {
        const json_t *events = json_object_get(message, "events");
        for (size_t i = 0; i < json_array_size(events); i++) {
            event_heard(unit, json_array_get(events, i));
        }
    } else if (strcmp(kind, "snapshot") == 0) {
        snapshot_heard(unit, message);
    }
}

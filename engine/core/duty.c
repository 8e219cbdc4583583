#include "engine/core/duty.h"

void duty_set(struct step *step)
{
    const uint32_t unit_id = step->command->duty.unit_id;
    const struct step_about about = {.unit_id = unit_id};
    if (unit_id >= step->engine->unit_count) {
        step_refuse(step, REASON_UNKNOWN_UNIT, about);
        return;
    }
    const struct unit *unit = &step->engine->units[unit_id];
    const enum duty duty = step->command->duty.duty;
    if (duty != DUTY_ON && unit->assignment != SLOT_NONE) {
        step_refuse(step, REASON_OPEN_ASSIGNMENTS, about);
        return;
    }
    const bool is_known = unit->duty == duty && unit->people == step->command->duty.people &&
                          unit->duty_reason == step->command->duty.reason;
    if (is_known) {
        return;
    }
    struct event *event = step_event(step, EVENT_UNIT_DUTY);
    event->duty.unit_id = unit_id;
    event->duty.duty = duty;
    event->duty.reason = step->command->duty.reason;
    event->duty.people = step->command->duty.people;
    step_emit(step);
    if (duty == DUTY_ON) {
        step_free_unit(step, unit_id);
    }
}

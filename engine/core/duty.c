#include "engine/core/duty.h"

#include <string.h>

/* The bits agreed in the plan. */
#define ARMED     1u
#define FIRST_AID 2u
#define FIRE      4u
#define TRAFFIC   8u

uint32_t duty_capabilities(uint32_t equipment)
{
    static const uint32_t fit_for[EQUIPMENT_COUNT] = {
        [EQUIPMENT_FIREARM] = ARMED, [EQUIPMENT_FIRST_AID_KIT] = FIRST_AID,
        [EQUIPMENT_AED] = FIRST_AID, [EQUIPMENT_EXTINGUISHER] = FIRE,
        [EQUIPMENT_CONES] = TRAFFIC,
    };
    uint32_t capabilities = 0;
    for (uint32_t i = 0; i < EQUIPMENT_COUNT; i++) {
        capabilities |= (equipment >> i & 1u) != 0 ? fit_for[i] : 0;
    }
    return capabilities;
}

/* Who signs off leaves everything; what is not said anew stays as it was. */
static struct sign_on next_of(const struct step *step, const struct unit *unit)
{
    struct sign_on next = {.equipment = 0};
    if (step->command->duty.duty == DUTY_OFF) {
        return next;
    }
    if (unit->duty != DUTY_OFF) {
        next = unit->sign_on;
    }
    const struct sign_on *said = &step->command->duty.sign_on;
    if (step->command->duty.has_equipment) {
        next.equipment = said->equipment;
    }
    if (step->command->duty.has_crew) {
        memcpy(next.crew, said->crew, CREW_SIZE);
    }
    if (step->command->duty.has_device) {
        memcpy(next.device, said->device, DEVICE_SIZE);
    }
    return next;
}

static bool is_same(const struct sign_on *a, const struct sign_on *b)
{
    return a->equipment == b->equipment && strcmp(a->crew, b->crew) == 0 &&
           strcmp(a->device, b->device) == 0;
}

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
    const struct sign_on sign_on = next_of(step, unit);
    const bool is_known = unit->duty == duty && unit->people == step->command->duty.people &&
                          is_same(&unit->sign_on, &sign_on) &&
                          unit->duty_reason == step->command->duty.reason;
    if (is_known) {
        return;
    }
    struct event *event = step_event(step, EVENT_UNIT_DUTY);
    event->duty.unit_id = unit_id;
    event->duty.duty = duty;
    event->duty.reason = step->command->duty.reason;
    event->duty.people = step->command->duty.people;
    event->duty.sign_on = sign_on;
    step_emit(step);
    if (duty == DUTY_ON) {
        step_free_unit(step, unit_id);
    }
}

#ifndef ENGINE_CORE_VIEW_H
#define ENGINE_CORE_VIEW_H

#include "engine/core/state.h"

/* The state as others may see it: flat, by id, without slots. */
bool view_unit(const struct engine *engine, uint32_t unit_id, struct unit_view *view);
bool view_unit_place(const struct engine *engine, uint32_t unit_id, struct geo_place *place,
                     enum geo_profile *profile);
void view_incident(const struct engine *engine, const struct incident *incident,
                   struct incident_view *view);
void view_assignment(const struct engine *engine, const struct assignment *assignment,
                     struct assignment_view *view);
void view_report(const struct engine *engine, const struct report *report,
                 struct report_view *view);
void view_referral(const struct engine *engine, const struct referral *referral,
                   struct referral_view *view);
void view_alarm(const struct engine *engine, const struct alarm *alarm, struct alarm_view *view);

#endif

#ifndef ENGINE_CORE_REPORT_H
#define ENGINE_CORE_REPORT_H

#include "engine/core/step.h"

/* A report joins an open incident or opens one. */
void report_create(struct step *step);

/* Open an incident for this report, whatever else is open; nobody is looked for yet. NULL: refused
 * already, there is no room. */
const struct incident *report_open(struct step *step, const struct report_create *report,
                                   enum dispatch_mode mode, bool for_all);

/* One of several reports of an incident goes to another one, or opens one of its own. */
void report_link(struct step *step);
void report_split(struct step *step);
/* The reporter was told what became of it. */
void report_answer(struct step *step);

#endif

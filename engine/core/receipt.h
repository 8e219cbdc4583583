#ifndef ENGINE_CORE_RECEIPT_H
#define ENGINE_CORE_RECEIPT_H

#include "engine/core/step.h"

/* What the gateway of the second channel says of an order: each word once, as a step of the
 * assignment. Delivered is the receipt of a device, answered is a person's acknowledgement; a
 * failure is a dispatcher's at once. */
void receipt_record(struct step *step);

#endif

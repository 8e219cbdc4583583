#ifndef ENGINE_NET_ROSTER_TEXT_H
#define ENGINE_NET_ROSTER_TEXT_H

#include "engine/core/engine.h"
#include "proto/proto_buffer.h"
#include "proto/proto_roster.h"

/* The roster as the files that it is read from: read again, it changes nothing. Districts have no
 * CSV. Names stand as they are, also where a spreadsheet would take them for a formula: it is the
 * administrator's own file, and an apostrophe more would come back as a name. */
void roster_text_csv(struct proto_buffer *buffer, const struct engine *engine,
                     enum proto_roster_kind kind);
void roster_text_geojson(struct proto_buffer *buffer, const struct engine *engine,
                         enum proto_roster_kind kind);

/* Who is on duty now, and with what, as CSV. Not a roster: it is not read back. */
void roster_text_duty(struct proto_buffer *buffer, const struct engine *engine);

#endif

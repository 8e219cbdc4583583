#ifndef ENGINE_CORE_EVENT_CODEC_H
#define ENGINE_CORE_EVENT_CODEC_H

#include <stddef.h>

#include "engine/core/event.h"
#include "engine/core/status.h"

/* Event bodies as bytes, field by field, little-endian, each with a version byte: what the journal
 * holds. Journals of every released version stay readable. The header fields (kind, seq, time,
 * actor, command id) are the journal's columns and not in the body. */

#define EVENT_BODY_SIZE_MAX 20480u /* a district of 2,048 points: 16,384 + names */

/* Answers the size written; `bytes` holds EVENT_BODY_SIZE_MAX. */
size_t event_codec_encode(const struct event *event, uint8_t *bytes);

/* event->kind, seq, at_ms, actor and command_id are set by the caller and kept. STATUS_CORRUPT: the
 * body does not fit its kind (bounds, enum out of range, broken string); STATUS_VERSION: too new.
 */
MUST_CHECK enum status event_codec_decode(struct event *event, const uint8_t *bytes, size_t size);

/* The same into what is left of a list; the caller has made sure that it fits. */
size_t event_codec_encode_into(const struct event *event, uint8_t *bytes, size_t size_max);

/* A decision as it stands in its event, for the snapshot. */
struct byte_writer;
struct byte_reader;
void event_codec_put_policy(struct byte_writer *w, const struct policy *item);
void event_codec_get_policy(struct byte_reader *r, struct policy *item);
void event_codec_put_stops(struct byte_writer *w, const struct checkpoint_definition *route);
void event_codec_get_stops(struct byte_reader *r, struct checkpoint_definition *route);
void event_codec_put_rota(struct byte_writer *w, const struct circle_definition *circle);
void event_codec_get_rota(struct byte_reader *r, struct circle_definition *circle);
void event_codec_put_plan_units(struct byte_writer *w, const struct circle_plan *plan);
void event_codec_get_plan_units(struct byte_reader *r, struct circle_plan *plan);
void event_codec_put_decision(struct byte_writer *w, const struct decision_made *item);
void event_codec_get_decision(struct byte_reader *r, struct decision_made *item);

#endif

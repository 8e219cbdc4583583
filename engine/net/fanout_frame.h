#ifndef ENGINE_NET_FANOUT_FRAME_H
#define ENGINE_NET_FANOUT_FRAME_H

#include "engine/net/fanout.h"

/* Frames of the log streams, and who has been sent how much of them. */

/* Bring a console on: its snapshot once that is durable, then frames up to the newest event, as far
 * as its socket takes them. */
void fanout_frame_city(struct api *api, struct session *session, int64_t now_ms);

/* The events of a unit after session->upto; none of its own is before scan_seq. */
void fanout_frame_orders(struct api *api, struct session *session, uint64_t scan_seq);
void fanout_frame_orders_snapshot(struct api *api, struct session *session);

/* Whether something after `seq` came into, or left, the scope by changing its district. */
bool fanout_frame_moved(const struct fanout *fanout, uint64_t scope, uint64_t seq);

#endif

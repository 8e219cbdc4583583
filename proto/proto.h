#ifndef PROTO_PROTO_H
#define PROTO_PROTO_H

/* The wire, one definition of every message: docs/PROTOCOL.md as C. Stateless; knows neither the
 * engine nor the map. engine/net translates between these structs and the engine's. */

#include "proto/proto_answer.h"
#include "proto/proto_buffer.h"
#include "proto/proto_decode.h"
#include "proto/proto_error.h"
#include "proto/proto_event.h"
#include "proto/proto_frame.h"
#include "proto/proto_json.h"
#include "proto/proto_object.h"
#include "proto/proto_positions.h"
#include "proto/proto_roster.h"
#include "proto/proto_traffic.h"
#include "proto/proto_types.h"

#endif

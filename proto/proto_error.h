#ifndef PROTO_PROTO_ERROR_H
#define PROTO_PROTO_ERROR_H

#include "proto/proto_types.h"

/* Why a request is refused: a code for machines, a sentence that names what and where, and the
 * place in the request. docs/PROTOCOL.md section 3; one list with the HTTP status and the fixed
 * title. */

#define PROTO_CODE_LIST(X)                                                                         \
    X(PROTO_BAD_JSON, "bad_json", 400, "The text is not JSON")                                     \
    X(PROTO_BAD_REQUEST, "bad_request", 400, "The request is not understood")                      \
    X(PROTO_UNKNOWN_OP, "unknown_op", 400, "There is no such operation")                           \
    X(PROTO_UNKNOWN_MEMBER, "unknown_member", 422, "A member is not known")                        \
    X(PROTO_MISSING_MEMBER, "missing_member", 422, "A member is missing")                          \
    X(PROTO_WRONG_TYPE, "wrong_type", 422, "A member has the wrong type")                          \
    X(PROTO_OUT_OF_RANGE, "out_of_range", 422, "A value is out of range")                          \
    X(PROTO_TOO_LONG, "too_long", 422, "A text is too long")                                       \
    X(PROTO_BAD_TEXT, "bad_text", 422, "A text has characters that are not allowed")               \
    X(PROTO_UNKNOWN_VALUE, "unknown_value", 422, "A value is not one of those allowed")            \
    X(PROTO_SWAPPED_COORDINATES, "swapped_coordinates", 422, "Latitude and longitude are swapped") \
    X(PROTO_OUTSIDE_CITY, "outside_city", 422, "The place is too far from the map")                \
    X(PROTO_BAD_ROSTER, "bad_roster", 422, "The roster has errors")                                \
    X(PROTO_KEY_MISSING, "key_missing", 400, "The idempotency key is missing")                     \
    X(PROTO_KEY_INVALID, "key_invalid", 400, "The idempotency key is not valid")                   \
    X(PROTO_KEY_REUSED, "key_reused", 409, "The key was used for another request")                 \
    X(PROTO_KEY_EXPIRED, "key_expired", 409, "The key is older than the engine remembers")         \
    X(PROTO_UNAUTHORIZED, "unauthorized", 401, "A valid login is needed")                          \
    X(PROTO_LOGIN_FAILED, "login_failed", 401, "Wrong name or password")                           \
    X(PROTO_FORBIDDEN, "forbidden", 403, "Your role or scope does not allow this")                 \
    X(PROTO_NOT_FOUND, "not_found", 404, "There is no such thing, or it is not in your scope")     \
    X(PROTO_METHOD_NOT_ALLOWED, "method_not_allowed", 405, "The method is not allowed here")       \
    X(PROTO_TOO_LARGE, "too_large", 413, "The message is too large")                               \
    X(PROTO_TOO_MANY_ATTEMPTS, "too_many_attempts", 429, "Too many failed logins; wait")           \
    X(PROTO_RATE_LIMITED, "rate_limited", 429, "Too many requests; wait")                          \
    X(PROTO_UNKNOWN_UNIT, "unknown_unit", 404, "There is no such unit")                            \
    X(PROTO_UNKNOWN_INCIDENT, "unknown_incident", 404, "There is no such incident")                \
    X(PROTO_UNKNOWN_ASSIGNMENT, "unknown_assignment", 404, "There is no such assignment")          \
    X(PROTO_UNKNOWN_ALARM, "unknown_alarm", 404, "There is no such alarm")                         \
    X(PROTO_UNKNOWN_REPORT, "unknown_report", 404, "There is no such report")                      \
    X(PROTO_UNKNOWN_CENTRE, "unknown_centre", 404, "There is no such centre")                      \
    X(PROTO_UNKNOWN_REFERRAL, "unknown_referral", 404, "There is no such referral")                \
    X(PROTO_UNKNOWN_CHECKPOINT, "unknown_checkpoint", 404, "There is no such checkpoint")          \
    X(PROTO_CLAIMED, "claimed", 409, "Another dispatcher has the incident")                        \
    X(PROTO_NOT_LOWER, "not_lower", 409, "Only lower-priority work gives up its unit")             \
    X(PROTO_STALE_GENERATION, "stale_generation", 409, "The incident was dispatched anew")         \
    X(PROTO_UNIT_BUSY, "unit_busy", 409, "The unit has another assignment")                        \
    X(PROTO_WRONG_STATE, "wrong_state", 409, "The state does not allow this")                      \
    X(PROTO_NOT_YOURS, "not_yours", 409, "The assignment is another unit's")                       \
    X(PROTO_OPEN_ASSIGNMENTS, "open_assignments", 409, "There are open assignments")               \
    X(PROTO_OPEN_PANIC, "open_panic", 409, "A unit's call for help has not ended")                 \
    X(PROTO_OPEN_REFERRAL, "open_referral", 409, "A centre still has it")                          \
    X(PROTO_CAPACITY, "capacity", 503, "A configured limit is reached")                            \
    X(PROTO_BUSY, "busy", 503, "The engine cannot take this now; try again")                       \
    X(PROTO_INTERNAL, "internal", 500, "The engine has a bug; it is in the log")
#define PROTO_CODE_NAME(name, text, status, title) name,
enum proto_code { PROTO_CODE_LIST(PROTO_CODE_NAME) PROTO_CODE_COUNT };

const char *proto_code_text(enum proto_code code); /* "bad_json" */
const char *proto_code_title(enum proto_code code);
int proto_code_status(enum proto_code code); /* HTTP */
/* The same request may succeed later: busy, rate_limited, too_many_attempts. */
bool proto_code_retry(enum proto_code code);
/* PROTO_CODE_COUNT: no code has that name. */
enum proto_code proto_code_find(const char *text);

#define PROTO_DETAIL_SIZE  256u
#define PROTO_POINTER_SIZE 128u

struct proto_error {
    enum proto_code code;
    char detail[PROTO_DETAIL_SIZE];   /* valid UTF-8, ends with no full stop; cut if longer */
    char pointer[PROTO_POINTER_SIZE]; /* RFC 6901; "" is the whole document */
    bool has_pointer;
    bool has_generation; /* of stale_generation: the incident's generation of now */
    uint32_t generation;
    char by[PROTO_USER_SIZE];   /* refused because another one was first: who, "" */
    int64_t by_ms;              /* and when */
    struct proto_place swapped; /* of swapped_coordinates: what the place would be exchanged; the
                                   caller who knows the city makes it out_of_range if not in it */
};

/* Fill an error for a refusal of the caller's own. `pointer` NULL: none. `detail` is a sentence. */
void proto_error_set(struct proto_error *error, enum proto_code code, const char *pointer,
                     const char *detail);

#endif

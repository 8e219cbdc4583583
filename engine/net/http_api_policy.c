#include "engine/net/http_api.h"

#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/translate.h"
#include "engine/net/translate_policy.h"

static void reply_version(struct api *api, uint64_t request_id, uint64_t seq)
{
    uint32_t version = 0;
    uint64_t origin = 0;
    (void)engine_policy(api_engine(api), &version, &origin);
    proto_buffer_clear(&api->buffer);
    proto_json_begin(&api->buffer, '{');
    proto_member_int(&api->buffer, "version", version);
    proto_member_int(&api->buffer, "seq", (int64_t)seq);
    proto_json_end(&api->buffer, '}');
    api_reply_buffer(api, request_id, 200);
}

static void get(struct api *api, const struct net_request *request)
{
    uint32_t version = 0;
    uint64_t origin = 0;
    struct proto_policy policy;
    struct proto_buffer *buffer = &api->buffer;
    translate_policy_to(engine_policy(api_engine(api), &version, &origin), &policy);
    proto_buffer_clear(buffer);
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, "policy");
    proto_encode_policy(buffer, &policy);
    proto_member_int(buffer, "version", version);
    proto_member_text(buffer, "mode",
                      types_name(TYPES_DISPATCH_MODE, (uint32_t)api_engine_config(api)->mode));
    proto_json_end(buffer, '}');
    http_api_reply_durable(api, request->id);
}

static void submit(struct api *api, const struct net_request *request,
                   const struct identity *identity, const struct policy *policy)
{
    const struct api_ticket ticket = {
        .wait = API_WAIT_POLICY, .peer = request->id, .unit_id = UNIT_NONE};
    struct api_ticket given;
    const struct engine *engine = api_engine(api);
    const uint64_t number = api_ticket_take(&api->tickets, &ticket);
    memset(&api->command, 0, sizeof api->command);
    api->command.kind = COMMAND_POLICY_PUT;
    api->command.actor = translate_actor(identity, engine);
    api->command.policy.policy = policy;
    if (number != 0 && api->backend.submit(api->backend.context, &api->command, 0, number)) {
        return;
    }
    if (number != 0) {
        (void)api_ticket_give(&api->tickets, number, &given);
    }
    http_api_problem(api, request, PROTO_BUSY, NULL, "The queue is full; send it again");
}

static void put(struct api *api, const struct net_request *request, const struct identity *identity)
{
    struct proto_policy from;
    struct policy policy;
    struct proto_error error;
    uint32_t version = 0;
    uint64_t origin = 0;
    if (!http_api_body_is_json(api, request)) {
        return;
    }
    if (!proto_decode_policy((const char *)request->body, request->body_size, &from, &error)) {
        api->counters.malformed++;
        api_reply_error(api, request->id, &error, 0);
        return;
    }
    translate_policy_from(&from, &policy);
    const struct policy *now = engine_policy(api_engine(api), &version, &origin);
    if (version != 0 && policy_digest(&policy) == policy_digest(now)) {
        reply_version(api, request->id, engine_seq(api_engine(api))); /* said again */
        return;
    }
    submit(api, request, identity, &policy);
}

void http_api_policy(struct api *api, const struct net_request *request,
                     const struct identity *identity)
{
    if (strcmp(request->method, "PUT") != 0) {
        get(api, request);
    } else if (!access_role_may(identity->role, ACCESS_ADMINISTRATION)) {
        http_api_problem(api, request, PROTO_FORBIDDEN, NULL,
                         "Only an administrator puts a policy");
    } else {
        put(api, request, identity);
    }
}

void http_api_policy_answered(struct api *api, uint64_t request_id, const struct api_answer *answer)
{
    struct proto_error error;
    if (answer->outcome == API_DONE) {
        reply_version(api, request_id, answer->seq);
        return;
    }
    proto_error_set(&error, answer->outcome == API_REFUSED ? PROTO_CAPACITY : PROTO_BUSY, NULL,
                    answer->outcome == API_REFUSED
                        ? "Open incidents still keep 16 earlier policies; close some of them"
                        : "Not done; send it again");
    api->counters.refused++;
    api_reply_error(api, request_id, &error, 0);
}

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/daemon_parts.h"
#include "engine/host/log.h"
#include "engine/net/translate.h"
#include "proto/proto_json.h"

#define ACTOR_GATEWAY "gateway"
#define BODY_MAX      65536u

/* ---- Start ---- */

/* The first line of the file, without blanks at its end. */
static bool read_secret(struct daemon *daemon)
{
    const char *path = daemon->config->gateway_secret_file;
    char *secret = daemon->gateway_secret;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        log_write(LOG_ERROR, "gateway_secret_file %s: %s", path, uv_strerror(-errno));
        return false;
    }
    char line[GATEWAY_SECRET_SIZE + 2] = "";
    const bool is_read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    size_t size = is_read ? strlen(line) : 0;
    while (size > 0 && isspace((unsigned char)line[size - 1])) {
        line[--size] = '\0';
    }
    const bool fits = size >= GATEWAY_SECRET_MIN && size < GATEWAY_SECRET_SIZE;
    if (fits) {
        memcpy(secret, line, size + 1);
    } else {
        log_write(LOG_ERROR, "gateway_secret_file %s: the secret must have %u to %u bytes", path,
                  GATEWAY_SECRET_MIN, GATEWAY_SECRET_SIZE - 1);
    }
    memset(line, 0, sizeof line);
    return fits;
}

static const struct engine *engine_of(void *context)
{
    return ((struct daemon *)context)->engine;
}

static int64_t now_of(void *context)
{
    return daemon_now(context);
}

/* What the outbox itself found out: that the gateway has it, or that it could not be handed over.
 */
static bool say_receipt(void *context, uint32_t assignment_id, enum receipt receipt)
{
    struct daemon *daemon = context;
    struct command command = {.kind = COMMAND_ASSIGNMENT_RECEIPT,
                              .actor = {.id = "system", .source = SOURCE_SYSTEM},
                              .receipt = {.assignment_id = assignment_id, .receipt = receipt}};
    return !daemon->stopping &&
           dispatch_submit(daemon->dispatch, &command, 0, 0, daemon_now(daemon));
}

bool daemon_gateway_start(struct daemon *daemon)
{
    const struct config *config = daemon->config;
    if (config->gateway_url[0] == '\0') {
        return true;
    }
    if (!read_secret(daemon)) {
        return false;
    }
    const struct gateway_config gateway = {.url = config->gateway_url,
                                           .ca_path = config->gateway_ca,
                                           .secret = daemon->gateway_secret,
                                           .epoch = daemon->epoch,
                                           .timeout_ms = config->gateway_timeout_ms,
                                           .attempts_max = config->gateway_attempts,
                                           .engine = engine_of,
                                           .now_ms = now_of,
                                           .receipt = say_receipt,
                                           .context = daemon};
    if (gateway_create(&daemon->loop, &gateway, &daemon->gateway) != STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory or threads for the gateway");
        return false;
    }
    if (strncmp(config->gateway_url, "https://", 8) != 0) {
        log_write(LOG_WARNING, "gateway_url is not https: orders go to the gateway in the clear");
    }
    return true;
}

/* ---- POST /v1/receipts ---- */

static bool may_say(struct daemon *daemon, const struct net_request *request)
{
    if (daemon->gateway == NULL) {
        api_reply_problem(daemon->api, request->id, "not_found", "no gateway is configured", NULL);
        return false;
    }
    if (strcmp(request->method, "POST") != 0) {
        api_reply_problem(daemon->api, request->id, "method_not_allowed", "POST", NULL);
        return false;
    }
    if (request->body_size > BODY_MAX) {
        api_reply_problem(daemon->api, request->id, "too_large", "a body may have 65,536 bytes",
                          NULL);
        return false;
    }
    return true;
}

void daemon_gateway_request(struct daemon *daemon, const struct net_request *request,
                            const struct identity *by)
{
    struct proto_receipt_said said;
    struct proto_error error;
    if (!may_say(daemon, request)) {
        return;
    }
    if (by == NULL && !gateway_sign_check(daemon->gateway_secret, request->signature, request->body,
                                          request->body_size, daemon_now(daemon))) {
        daemon->receipts_refused++;
        api_reply_problem(daemon->api, request->id, "unauthorized",
                          "the signature is not that of this body, or is older than five minutes",
                          NULL);
        return;
    }
    if (!proto_decode_receipt((const char *)request->body, request->body_size, &said, &error)) {
        daemon->receipts_refused++;
        api_reply_problem(daemon->api, request->id, proto_code_text(error.code), error.detail,
                          error.pointer);
        return;
    }
    _Static_assert((int)RECEIPT_COUNT == (int)PROTO_RECEIPT_COUNT, "one list on both sides");
    struct command command = {
        .kind = COMMAND_ASSIGNMENT_RECEIPT,
        .actor = {.id = ACTOR_GATEWAY, .source = SOURCE_API},
        .receipt = {.assignment_id = said.assignment_id, .receipt = (enum receipt)said.receipt}};
    if (by != NULL) {
        memcpy(command.actor.id, by->name, sizeof command.actor.id);
    }
    const struct pending_route pending = {.request_id = request->id, .is_receipt = true};
    (void)routes_submit(daemon, &command, &pending);
}

void daemon_gateway_answered(struct daemon *daemon, const struct pending_route *pending,
                             const struct api_answer *outcome)
{
    if (outcome->outcome != API_DONE) {
        daemon->receipts_refused++;
        api_reply_problem(daemon->api, pending->request_id,
                          proto_code_text(translate_refusal(outcome->refusal)),
                          translate_refusal_detail(outcome->refusal), NULL);
        return;
    }
    daemon->receipts++;
    struct proto_buffer buffer = {0};
    proto_json_begin(&buffer, '{');
    proto_member_int(&buffer, "assignment_id", outcome->assignment_id);
    proto_member_int(&buffer, "incident_id", outcome->incident_id);
    proto_member_int(&buffer, "seq", (int64_t)outcome->seq);
    proto_json_end(&buffer, '}');
    api_reply_body(daemon->api, pending->request_id, 200, &buffer);
}

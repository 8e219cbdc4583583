/* docs/openapi.yaml and docs/asyncapi.yaml describe the wire for tools: every list, operation,
 * event, code and route of proto/ stands in them, in the same order. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/proto.h"
#include "proto/proto_text.h"

#define DOCUMENT_BYTES (256u << 10)

static char openapi[DOCUMENT_BYTES];
static char asyncapi[DOCUMENT_BYTES];

/* Without its quotes, which YAML needs around some words and not around others. */
static void load(const char *path, char text[DOCUMENT_BYTES])
{
    FILE *file = fopen(path, "r");
    cr_assert(ne(ptr, file, NULL), "%s", path);
    size_t size = 0;
    for (int byte = fgetc(file); byte != EOF; byte = fgetc(file)) {
        cr_assert(lt(sz, size, DOCUMENT_BYTES - 1));
        if (byte != '"' && byte != '\'') {
            text[size] = (char)byte;
            size++;
        }
    }
    text[size] = '\0';
    (void)fclose(file);
}

static void set_up(void)
{
    load("docs/openapi.yaml", openapi);
    load("docs/asyncapi.yaml", asyncapi);
}

TestSuite(proto_documents, .init = set_up, .timeout = 60);

Test(proto_documents, every_list_stands_in_openapi_in_its_order)
{
    for (uint32_t list = 0; list < PROTO_LIST_COUNT; list++) {
        char line[1024];
        struct proto_line wanted = proto_line_start(line, sizeof(line));
        const enum proto_list each = (enum proto_list)list;
        if (each == PROTO_LIST_OP) {
            continue; /* every one has its own message, see below */
        }
        proto_line_text(&wanted, "enum: [");
        for (uint32_t i = 0; i < proto_count(each); i++) {
            proto_line_text(&wanted, i > 0 ? ", " : "");
            proto_line_text(&wanted, proto_name(each, i));
        }
        proto_line_text(&wanted, "]\n");
        cr_assert(not(wanted.cut));
        cr_expect(strstr(openapi, line) != NULL, "%s", line);
    }
}

Test(proto_documents, every_code_stands_in_openapi)
{
    char line[2048];
    struct proto_line wanted = proto_line_start(line, sizeof(line));
    proto_line_text(&wanted, "enum: [");
    for (uint32_t code = 0; code < PROTO_CODE_COUNT; code++) {
        proto_line_text(&wanted, code > 0 ? ", " : "");
        proto_line_text(&wanted, proto_code_text((enum proto_code)code));
    }
    proto_line_text(&wanted, "]\n");
    cr_assert(not(wanted.cut));
    cr_expect(strstr(openapi, line) != NULL, "%s", line);
}

static void expect_constant(const char *text, const char *member, const char *value)
{
    char line[128];
    (void)snprintf(line, sizeof(line), "%s: {const: %s}\n", member, value);
    cr_expect(strstr(text, line) != NULL, "%s", line);
}

Test(proto_documents, every_operation_is_a_message_and_every_command_a_body)
{
    for (uint32_t op = 0; op < PROTO_OP_COUNT; op++) {
        if (op == PROTO_OP_INCIDENT_PHOTO) {
            continue; /* it comes with its file, by a route */
        }
        expect_constant(asyncapi, "op", proto_name(PROTO_LIST_OP, op));
        if (op >= PROTO_OP_REPORT_CREATE) {
            expect_constant(openapi, "op", proto_name(PROTO_LIST_OP, op));
        }
    }
}

Test(proto_documents, every_event_has_a_schema)
{
    for (uint32_t kind = 0; kind < PROTO_EVENT_KIND_COUNT; kind++) {
        expect_constant(openapi, "kind", proto_name(PROTO_LIST_EVENT_KIND, kind));
    }
}

Test(proto_documents, every_message_of_the_server_is_described)
{
    static const char *const kinds[] = {"hello", "beat", "coverage", "log", "snapshot"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        expect_constant(asyncapi, "t", kinds[i]);
    }
    cr_expect(strstr(asyncapi, "\n    positions:\n") != NULL);
}

Test(proto_documents, every_route_of_the_protocol_is_described)
{
    static const char *const routes[] = {
        "/healthz",
        "/metrics",
        "/v1/login",
        "/v1/logout",
        "/v1/me",
        "/v1/setup",
        "/v1/reports",
        "/v1/commands",
        "/v1/receipts",
        "/v1/incidents",
        "/v1/units",
        "/v1/circles",
        "/v1/incidents/{id}",
        "/v1/incidents/{id}/photos/{name}",
        "/v1/districts",
        "/v1/areas",
        "/v1/centres",
        "/v1/checkpoints",
        "/v1/policy",
        "/v1/board",
        "/v1/response-times",
        "/v1/response-times/summary",
        "/v1/response-times/bulletin",
        "/v1/response-times/heat",
        "/v1/map",
        "/v1/streets",
        "/v1/isochrone",
        "/v1/route",
        "/v1/traffic",
        "/v1/traffic/{code}",
        "/v1/speeds",
        "/v1/roster",
        "/v1/users",
        "/tiles/{z}/{x}/{y}",
        "/v1/devices",
        "/v1/system",
        "/v1/users/{name}/password",
        "/v1/backup",
        "/v1/users/{name}/disable",
        "/v1/users/{name}/revoke",
    };
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "\n  %s:\n", routes[i]);
        cr_expect(strstr(openapi, line) != NULL, "%s", routes[i]);
    }
}

/* tests/vectors/requests.json: every request of the protocol, good and bad, through the decoders.
 * The pages' tests read the same file. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "proto/proto.h"

#define VECTORS    "tests/vectors/requests.json"
#define CASES_MIN  120
#define TEXT_BYTES ((size_t)2 * PROTO_MESSAGE_MAX)

static json_t *cases;

static void set_up(void)
{
    json_error_t error;
    cases = json_load_file(VECTORS, 0, &error);
    cr_assert(ne(ptr, cases, NULL), "%s line %d: %s", VECTORS, error.line, error.text);
}

static void tear_down(void)
{
    json_decref(cases);
    cases = NULL;
}

TestSuite(proto_vectors, .init = set_up, .fini = tear_down, .timeout = 60);

static int nibble(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/* The request's bytes: its text, or hexadecimal where they are not UTF-8. */
static size_t bytes_of(const json_t *vector, char *bytes)
{
    const json_t *text = json_object_get(vector, "text");
    if (text != NULL) {
        const size_t size = json_string_length(text);
        cr_assert(size <= TEXT_BYTES);
        memcpy(bytes, json_string_value(text), size);
        return size;
    }
    const char *hex = json_string_value(json_object_get(vector, "text_hex"));
    cr_assert(hex != NULL);
    const size_t size = strlen(hex) / 2;
    cr_assert(size <= TEXT_BYTES);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)(nibble(hex[2 * i]) * 16 + nibble(hex[2 * i + 1]));
    }
    return size;
}

union request {
    struct proto_message message;
    struct proto_command command;
    struct proto_login login;
    struct proto_setup setup;
    struct proto_user_create user;
    struct proto_password password;
    struct proto_devices devices;
    struct proto_traffic traffic;
    char key[PROTO_KEY_SIZE];
};

static bool decode(const char *via, const char *text, size_t size, struct proto_error *error)
{
    static union request request;
    memset(&request, 0x5A, sizeof(request)); /* a decoder relies on nothing that was there */
    if (strcmp(via, "ws") == 0) {
        return proto_decode_message(text, size, &request.message, error);
    }
    if (strcmp(via, "report") == 0) {
        return proto_decode_report(text, size, &request.command, error);
    }
    if (strcmp(via, "command") == 0) {
        return proto_decode_command(text, size, &request.command, error);
    }
    if (strcmp(via, "login") == 0) {
        return proto_decode_login(text, size, &request.login, error);
    }
    if (strcmp(via, "setup") == 0) {
        return proto_decode_setup(text, size, &request.setup, error);
    }
    if (strcmp(via, "user") == 0) {
        return proto_decode_user(text, size, &request.user, error);
    }
    if (strcmp(via, "password") == 0) {
        return proto_decode_password(text, size, &request.password, error);
    }
    if (strcmp(via, "devices") == 0) {
        return proto_decode_devices(text, size, &request.devices, error);
    }
    if (strcmp(via, "traffic") == 0) {
        return proto_decode_traffic(text, size, &request.traffic, error);
    }
    cr_assert(strcmp(via, "key") == 0);
    char header[TEXT_BYTES];
    memcpy(header, text, size);
    header[size] = '\0';
    return proto_decode_key(header, request.key, error);
}

/* "" or /-led tokens in which ~ is followed by 0 or 1. */
static bool pointer_valid(const char *pointer)
{
    if (pointer[0] != '\0' && pointer[0] != '/') {
        return false;
    }
    for (const char *at = strchr(pointer, '~'); at != NULL; at = strchr(at + 1, '~')) {
        if (at[1] != '0' && at[1] != '1') {
            return false;
        }
    }
    return true;
}

static void check_refusal(const char *name, const json_t *expected, const struct proto_error *error)
{
    const char *code = json_string_value(json_object_get(expected, "code"));
    const json_t *pointer = json_object_get(expected, "pointer");
    cr_expect(strcmp(proto_code_text(error->code), code) == 0, "%s: %s, not %s (%s)", name,
              proto_code_text(error->code), code, error->detail);
    cr_expect(error->has_pointer == (pointer != NULL), "%s: pointer or none", name);
    if (pointer != NULL) {
        cr_expect(strcmp(error->pointer, json_string_value(pointer)) == 0, "%s: at %s, not %s",
                  name, error->pointer, json_string_value(pointer));
    }
    cr_expect(pointer_valid(error->pointer), "%s: pointer %s", name, error->pointer);
    cr_expect(strlen(error->detail) >= 10, "%s: says \"%s\"", name, error->detail);
    cr_expect(error->detail[strlen(error->detail) - 1] != '.', "%s: %s", name, error->detail);
    if (error->code == PROTO_BAD_JSON) {
        cr_expect(strncmp(error->detail, "line ", 5) == 0, "%s: %s", name, error->detail);
        cr_expect(strstr(error->detail, ", column ") != NULL, "%s: %s", name, error->detail);
    }
}

static void check_case(const json_t *vector)
{
    static char bytes[TEXT_BYTES];
    const char *name = json_string_value(json_object_get(vector, "name"));
    const char *via = json_string_value(json_object_get(vector, "via"));
    const size_t size = bytes_of(vector, bytes);
    char *exact = malloc(size + 1); /* so that a read past the end is seen */
    cr_assert(ne(ptr, exact, NULL));
    memcpy(exact, bytes, size);
    char *input = realloc(exact, size > 0 ? size : 1);
    cr_assert(ne(ptr, input, NULL));

    struct proto_error error = {.code = PROTO_CODE_COUNT};
    const bool done = decode(via, input, size, &error);
    if (json_is_true(json_object_get(vector, "ok"))) {
        cr_expect(done, "%s: refused: %s", name, error.detail);
    } else if (done) {
        cr_expect(done == false, "%s: taken", name);
    } else {
        check_refusal(name, json_object_get(vector, "error"), &error);
    }
    free(input);
}

Test(proto_vectors, every_request_is_taken_or_refused_with_code_and_place)
{
    cr_assert(json_array_size(cases) >= CASES_MIN);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        check_case(json_array_get(cases, i));
    }
}

Test(proto_vectors, every_code_a_decoder_can_give_is_in_the_vectors)
{
    static const enum proto_code decoder_codes[] = {
        PROTO_BAD_JSON,    PROTO_BAD_REQUEST,   PROTO_UNKNOWN_OP,  PROTO_UNKNOWN_MEMBER,
        PROTO_WRONG_TYPE,  PROTO_OUT_OF_RANGE,  PROTO_TOO_LONG,    PROTO_MISSING_MEMBER,
        PROTO_BAD_TEXT,    PROTO_UNKNOWN_VALUE, PROTO_KEY_MISSING, PROTO_SWAPPED_COORDINATES,
        PROTO_KEY_INVALID, PROTO_TOO_LARGE,
    };
    bool seen[PROTO_CODE_COUNT] = {false};
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *error = json_object_get(json_array_get(cases, i), "error");
        if (error != NULL) {
            const enum proto_code code =
                proto_code_find(json_string_value(json_object_get(error, "code")));
            cr_assert(ne(int, code, PROTO_CODE_COUNT));
            seen[code] = true;
        }
    }
    for (size_t i = 0; i < sizeof(decoder_codes) / sizeof(decoder_codes[0]); i++) {
        cr_expect(seen[decoder_codes[i]], "%s", proto_code_text(decoder_codes[i]));
    }
}

Test(proto_vectors, every_operation_is_taken_at_least_once)
{
    bool taken[PROTO_OP_COUNT] = {false};
    static char bytes[TEXT_BYTES];
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *vector = json_array_get(cases, i);
        const char *via = json_string_value(json_object_get(vector, "via"));
        if (strcmp(via, "ws") == 0) {
            static struct proto_message message;
            struct proto_error error;
            if (proto_decode_message(bytes, bytes_of(vector, bytes), &message, &error)) {
                taken[message.op] = true;
            }
        }
    }
    for (uint32_t op = 0; op < PROTO_OP_COUNT; op++) {
        const bool is_message = op != PROTO_OP_INCIDENT_PHOTO; /* it comes with its file */
        cr_expect(taken[op] == is_message, "%s", proto_name(PROTO_LIST_OP, op));
    }
}

#include "proto/proto_error.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_text.h"

#define CODE_TEXT(name, text, status, title)   text,
#define CODE_TITLE(name, text, status, title)  title,
#define CODE_STATUS(name, text, status, title) status,

static const char *const texts[PROTO_CODE_COUNT] = {PROTO_CODE_LIST(CODE_TEXT)};
static const char *const titles[PROTO_CODE_COUNT] = {PROTO_CODE_LIST(CODE_TITLE)};
static const int statuses[PROTO_CODE_COUNT] = {PROTO_CODE_LIST(CODE_STATUS)};

const char *proto_code_text(enum proto_code code)
{
    assert(code < PROTO_CODE_COUNT);
    return texts[code];
}

const char *proto_code_title(enum proto_code code)
{
    assert(code < PROTO_CODE_COUNT);
    return titles[code];
}

int proto_code_status(enum proto_code code)
{
    assert(code < PROTO_CODE_COUNT);
    return statuses[code];
}

bool proto_code_retry(enum proto_code code)
{
    assert(code < PROTO_CODE_COUNT);
    return code == PROTO_BUSY || code == PROTO_RATE_LIMITED || code == PROTO_TOO_MANY_ATTEMPTS;
}

enum proto_code proto_code_find(const char *text)
{
    assert(text != NULL);
    uint32_t code = 0;
    while (code < PROTO_CODE_COUNT && strcmp(texts[code], text) != 0) {
        code++;
    }
    return (enum proto_code)code;
}

void proto_error_set(struct proto_error *error, enum proto_code code, const char *pointer,
                     const char *detail)
{
    assert(code < PROTO_CODE_COUNT);
    assert(detail != NULL);
    *error = (struct proto_error){.code = code, .has_pointer = pointer != NULL};
    struct proto_line line = proto_line_start(error->detail, sizeof(error->detail));
    proto_line_text(&line, detail);
    if (pointer != NULL) {
        struct proto_line where = proto_line_start(error->pointer, sizeof(error->pointer));
        proto_line_text(&where, pointer);
        assert(!where.cut); /* half a pointer points elsewhere */
    }
}

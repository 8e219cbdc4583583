#include "engine/core/command.h"

#include <assert.h>

const char *command_kind_name(enum command_kind kind)
{
#define COMMAND_TEXT(name, text) text,
    static const char *const texts[] = {COMMAND_KIND_LIST(COMMAND_TEXT)};
#undef COMMAND_TEXT
    assert(kind < COMMAND_KIND_COUNT);
    return texts[kind];
}

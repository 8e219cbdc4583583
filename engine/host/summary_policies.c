#include <assert.h>
#include <string.h>

#include "engine/host/summary.h"

/* `text` + " + " + `word`, unless the word is there; "..." where it does not fit. */
static void add_word(char *text, size_t size, const char *word)
{
    static const char joint[] = " + ";
    static const char more[] = " + ...";
    const size_t used = strlen(text);
    const size_t length = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        const bool begins = at == text || at[-1] == ' ';
        if (begins && (at[length] == ' ' || at[length] == '\0')) {
            return;
        }
    }
    if (used > 0 && used + sizeof joint - 1 + length + sizeof more > size) {
        if (used + sizeof more <= size && strstr(text, more) == NULL) {
            memcpy(text + used, more, sizeof more);
        }
        return;
    }
    assert(length < size);
    const size_t begin = used == 0 ? 0 : used + sizeof joint - 1;
    if (used > 0) {
        memcpy(text + used, joint, sizeof joint - 1);
    }
    memcpy(text + begin, word, length + 1);
}

static bool visit(void *context, const struct history_policy *policy)
{
    struct summary_policies *policies = context;
    if (policies->count == SUMMARY_POLICIES_MAX) {
        policies->count--;
        memmove(&policies->each[0], &policies->each[1], policies->count * sizeof policies->each[0]);
    }
    policies->each[policies->count] = *policy;
    policies->count++;
    add_word(policies->names, sizeof policies->names, policy->name);
    add_word(policies->clocks, sizeof policies->clocks,
             types_name(TYPES_CLOCK_START, (uint32_t)policy->clock_start));
    return true;
}

enum status summary_policies_read(struct summary_policies *policies, struct history_reader *reader,
                                  const struct history_filter *filter, char error[256])
{
    *policies = (struct summary_policies){0};
    return history_reader_policies(reader, filter->from_ms, filter->to_ms, visit, policies, error);
}

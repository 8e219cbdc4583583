#include "engine/host/config_policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "engine/net/translate_policy.h"

static bool is_path(const char *text)
{
    const size_t size = strlen(text);
    return strchr(text, '/') != NULL || (size > 5 && strcmp(text + size - 5, ".json") == 0);
}

enum status config_policy_load(const char *name_or_path, struct policy *policy, char error[512])
{
    char text[PROTO_MESSAGE_MAX + 1]; /* one more, to see that it is too much */
    if (!is_path(name_or_path)) {
        if (policy_preset(name_or_path, policy) == STATUS_OK) {
            return STATUS_OK;
        }
        snprintf(error, 512,
                 "policy must be mutual-aid, echelon, place-class or the path of a file, not "
                 "\"%.60s\"",
                 name_or_path);
        return STATUS_BAD_INPUT;
    }
    FILE *file = fopen(name_or_path, "r");
    if (file == NULL) {
        snprintf(error, 512, "policy %.400s: %s", name_or_path, uv_strerror(-errno));
        return STATUS_BAD_INPUT;
    }
    const size_t size = fread(text, 1, sizeof text, file);
    const bool is_read = ferror(file) == 0;
    fclose(file);
    struct proto_policy read;
    struct proto_error why;
    if (!is_read) {
        snprintf(error, 512, "policy %.400s: it cannot be read", name_or_path);
        return STATUS_BAD_INPUT;
    }
    if (!proto_decode_policy(text, size, &read, &why)) {
        snprintf(error, 512, "policy %.200s at %.100s: %.180s", name_or_path,
                 why.has_pointer && why.pointer[0] != '\0' ? why.pointer : "/", why.detail);
        return STATUS_BAD_INPUT;
    }
    translate_policy_from(&read, policy);
    return STATUS_OK;
}

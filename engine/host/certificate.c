#include "engine/host/certificate.h"

#include <stdio.h>
#include <string.h>

#include "engine/host/log.h"

/* One sentence a day, and at once when it is another one than before. */
static void warn(struct certificate_part *part, const char *sentence, int64_t wall_ms)
{
    const bool is_known = strcmp(part->trouble, sentence) == 0;
    if (is_known && wall_ms - part->warned_ms < CERTIFICATE_AGAIN_MS) {
        return;
    }
    snprintf(part->trouble, sizeof part->trouble, "%s", sentence);
    part->warned_ms = wall_ms;
    part->warnings++;
    log_write(LOG_WARNING, "%s", sentence);
}

void certificate_look(struct daemon *daemon, int64_t wall_ms)
{
    struct certificate_part *part = &daemon->certificate;
    const char *path = daemon->config->certificate;
    char sentence[512];
    char error[256] = "";
    bool is_new = false;
    const enum status status =
        net_server_renew_certificate(daemon->server, &is_new, &part->ends_ms, error);
    if (status == STATUS_NOT_FOUND) {
        return;
    }
    if (status != STATUS_OK) {
        snprintf(sentence, sizeof sentence, "%s; the certificate before it serves on", error);
        warn(part, sentence, wall_ms);
        return;
    }
    const int64_t left_ms = part->ends_ms - wall_ms;
    if (is_new) {
        log_write(LOG_INFO, "the certificate %s is another one; it serves new connections", path);
    }
    if (left_ms <= 0) {
        snprintf(sentence, sizeof sentence,
                 "the certificate %s is not valid any more: no phone gets in", path);
        warn(part, sentence, wall_ms);
    } else if (left_ms < CERTIFICATE_WARN_MS) {
        snprintf(sentence, sizeof sentence,
                 "the certificate %s ends within %d days; put the next one there", path,
                 CERTIFICATE_WARN_DAYS);
        warn(part, sentence, wall_ms);
    } else {
        part->trouble[0] = '\0';
    }
}

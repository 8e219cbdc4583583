/* certificate: what is said about one that is renewed, late or missing. The server is the test's
 * own. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/host/certificate.h"
#include "engine/host/log.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define NOW_MS (20000 * DAY_MS)

static struct daemon *daemon_parts;
static struct config settings;
static struct {
    enum status status;
    bool is_new;
    int64_t ends_ms;
    const char *error;
} files;

enum status net_server_renew_certificate(struct net_server *server, bool *is_new, int64_t *ends_ms,
                                         char error[256])
{
    (void)server;
    *is_new = files.is_new;
    if (files.status == STATUS_OK) {
        *ends_ms = files.ends_ms;
    }
    snprintf(error, 256, "%s", files.error);
    return files.status;
}

static void set_up(void)
{
    daemon_parts = calloc(1, sizeof *daemon_parts);
    cr_assert(daemon_parts != NULL);
    snprintf(settings.certificate, sizeof settings.certificate, "cert.pem");
    daemon_parts->config = &settings;
    log_set_level(LOG_ERROR);
    files.status = STATUS_OK;
    files.is_new = false;
    files.error = "";
    files.ends_ms = NOW_MS + 60 * DAY_MS;
}

static void tear_down(void)
{
    free(daemon_parts);
    daemon_parts = NULL;
}

TestSuite(certificate, .init = set_up, .fini = tear_down);

static uint32_t warnings_at(int64_t wall_ms)
{
    certificate_look(daemon_parts, wall_ms);
    return daemon_parts->certificate.warnings;
}

Test(certificate, one_that_is_valid_for_weeks_is_no_news)
{
    cr_expect(eq(u32, warnings_at(NOW_MS), 0));
    cr_expect(eq(i64, daemon_parts->certificate.ends_ms, files.ends_ms));
}

Test(certificate, one_that_ends_soon_is_said_once_a_day)
{
    files.ends_ms = NOW_MS + CERTIFICATE_WARN_MS;
    cr_expect(eq(u32, warnings_at(NOW_MS), 0));
    cr_expect(eq(u32, warnings_at(NOW_MS + 1), 1));
    cr_expect(eq(u32, warnings_at(NOW_MS + DAY_MS), 1));
    cr_expect(eq(u32, warnings_at(NOW_MS + DAY_MS + 1), 2));
}

Test(certificate, its_end_is_said_at_once)
{
    files.ends_ms = NOW_MS;
    cr_expect(eq(u32, warnings_at(NOW_MS - 1), 1));
    cr_expect(eq(u32, warnings_at(NOW_MS), 2));
}

Test(certificate, files_that_cannot_be_used_keep_the_end_of_the_one_that_serves)
{
    cr_expect(eq(u32, warnings_at(NOW_MS), 0));
    files.status = STATUS_BAD_INPUT;
    files.error = "the key cannot be used";
    cr_expect(eq(u32, warnings_at(NOW_MS + 1), 1));
    cr_expect(eq(i64, daemon_parts->certificate.ends_ms, files.ends_ms));
}

Test(certificate, a_trouble_that_is_over_is_said_anew_when_it_comes_again)
{
    files.ends_ms = NOW_MS + DAY_MS;
    cr_expect(eq(u32, warnings_at(NOW_MS), 1));
    files.ends_ms = NOW_MS + 90 * DAY_MS;
    files.is_new = true;
    cr_expect(eq(u32, warnings_at(NOW_MS + 1), 1));
    cr_expect(eq(u32, warnings_at(files.ends_ms - DAY_MS), 2));
}

Test(certificate, plain_http_has_none)
{
    files.status = STATUS_NOT_FOUND;
    cr_expect(eq(u32, warnings_at(NOW_MS), 0));
    cr_expect(eq(i64, daemon_parts->certificate.ends_ms, 0));
}

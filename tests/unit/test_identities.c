/* identities: the table of tokens holds those that are valid, be it years. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "engine/host/identities_private.h"
#include "tests/support/store_given.h"

#define NOW     1767225600000
#define HOUR_MS 3600000

static uv_loop_t loop;
static char directory[GIVEN_PATH_SIZE];
static struct identities *identities;
static int64_t now_ms;

static int64_t tell_now(void *context)
{
    (void)context;
    return now_ms;
}

static void set_up(void)
{
    static const struct identities_events events = {.now_ms = tell_now};
    char path[GIVEN_PATH_SIZE];
    char error[256];
    now_ms = NOW;
    store_given_directory(directory);
    store_given_path(directory, "identity.db", path);
    const struct identities_config config = {.path = path, .session_hours = 12};
    uv_loop_init(&loop);
    cr_assert(
        eq(int, identities_create(&loop, &config, &events, NULL, &identities, error), STATUS_OK),
        "%s", error);
}

static void tear_down(void)
{
    identities_stop(identities);
    uv_run(&loop, UV_RUN_DEFAULT);
    identities_destroy(identities);
    identities = NULL;
    cr_expect(eq(int, uv_loop_close(&loop), 0));
    store_given_remove(directory);
}

TestSuite(identities, .init = set_up, .fini = tear_down, .timeout = 60);

/* A token as a login at `now_ms` adds it. */
static void given_token(const char *text)
{
    const struct identity identity = {.expires_ms = now_ms + 12 * HOUR_MS};
    struct identity_token token = {.expires_ms = identity.expires_ms};
    identity_store_fingerprint(text, token.hash);
    identities_add_token(identities, &token, &identity);
}

static void sweep_all(void)
{
    for (uint32_t i = 0; i < TOKEN_BUCKETS / TOKEN_SWEEP; i++) {
        identities_forget_expired(identities);
    }
}

Test(identities, a_token_that_has_ended_is_forgotten)
{
    struct identity identity;
    given_token("early");
    now_ms += HOUR_MS;
    given_token("late");
    now_ms = NOW + 12 * HOUR_MS;
    sweep_all();
    cr_expect(eq(u32, identities_figures(identities).tokens, 1));
    cr_expect(not(identities_authenticate(identities, "early", &identity)));
    cr_expect(identities_authenticate(identities, "late", &identity));
}

Test(identities, months_of_logins_leave_those_of_the_last_shift)
{
    for (uint32_t shift = 0; shift < 200; shift++) {
        char text[32];
        for (uint32_t unit = 0; unit < 50; unit++) {
            (void)snprintf(text, sizeof text, "%u of shift %u", unit, shift);
            given_token(text);
        }
        sweep_all();
        now_ms += 12 * HOUR_MS;
    }
    cr_expect(eq(u32, identities_figures(identities).tokens, 50));
}

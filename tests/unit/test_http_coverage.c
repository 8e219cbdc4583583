/* GET /v1/coverage: what a dispatcher is told of his circles. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/api_given.h"

static struct given given;

static void set_up(void)
{
    given_init(&given);
    given_begin(&given);
    given_districts(&given);
    given_user(&given, "li", ROLE_DISPATCHER, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "west", ROLE_DISPATCHER, given_scope("A"), UNIT_NONE);
    given_user(&given, "admin", ROLE_ADMINISTRATOR, SCOPE_CITY, UNIT_NONE);
}

static void tear_down(void)
{
    given_end(&given);
}

TestSuite(http_coverage, .init = set_up, .fini = tear_down, .timeout = 60);

static void given_circle(int32_t east_m)
{
    world_circle(&given.world, east_m, 0, 300);
    given_take(&given);
}

static void look(void)
{
    for (uint32_t i = 0; i < 20; i++) {
        given.world.now_ms += 50;
        engine_coverage_refresh(given.world.engine, given.world.now_ms);
    }
    given_durable(&given);
}

static const struct fake_reply *get(const char *user, const char *query)
{
    static char authorization[64];
    snprintf(authorization, sizeof authorization, "Bearer %s", user);
    struct net_request request = {.method = "GET",
                                  .path = "/v1/coverage",
                                  .query = query,
                                  .authorization = authorization,
                                  .idempotency_key = "",
                                  .content_type = "",
                                  .if_none_match = "",
                                  .accept = "",
                                  .origin = "",
                                  .signature = "",
                                  .peer = "192.0.2.1"};
    const struct fake_reply *reply =
        fake_net_reply(given.net, fake_net_request(given.net, &request));
    cr_assert(reply != NULL);
    return reply;
}

/* Lists of the answer as "K1:5 K2:5"; `list` is "gaps" or "lost". */
static const char *listed(const char *user, const char *query, const char *list)
{
    static char text[256];
    const struct fake_reply *reply = get(user, query);
    cr_assert(eq(int, reply->status, 200));
    json_t *json = json_loadb(reply->body, reply->body_size, 0, NULL);
    cr_assert(json != NULL);
    const json_t *items = json_object_get(json_object_get(json, "coverage"), list);
    text[0] = '\0';
    size_t i = 0;
    const json_t *item = NULL;
    json_array_foreach(items, i, item)
    {
        const json_t *move = json_object_get(item, "move");
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s:%s%s%s", i == 0 ? "" : " ",
                 json_string_value(json_object_get(item, "circle")),
                 json_string_value(json_object_get(item, "tier")), json_is_object(move) ? "<" : "",
                 json_is_object(move) ? json_string_value(json_object_get(move, "unit")) : "");
    }
    json_decref(json);
    return text;
}

static void expect_listed(const char *user, const char *query, const char *list, const char *right)
{
    const char *text = listed(user, query, list);
    cr_expect(given_same(text, right), "%s, not %s", text, right);
}

Test(http_coverage, gaps_come_with_the_move_that_closes_them)
{
    given_circle(-2000);                              /* K0, in the west */
    given_circle(2000);                               /* K1, in the east */
    (void)given_unit(&given, UNIT_CAR, 2000, 0, 'B'); /* U2 */
    (void)given_unit(&given, UNIT_CAR, 2500, 0, 'B'); /* U3 */
    look();
    expect_listed("li", "", "gaps", "K0:1 K0:3 K0:5<U2 K1:1 K1:3");
    expect_listed("west", "", "gaps", "K0:1 K0:3 K0:5<U2");
}

Test(http_coverage, what_would_be_missing_without_a_unit_is_told_beforehand)
{
    given_circle(-2000);
    (void)given_unit(&given, UNIT_CAR, -2000, 0, 'A'); /* U1 */
    look();
    expect_listed("li", "without=U1", "lost", "K0:5");
    expect_listed("li", "", "lost", "");
    (void)given_unit(&given, UNIT_CAR, -1500, 0, 'A'); /* U2 */
    look();
    expect_listed("li", "without=U1", "lost", "");
    expect_listed("li", "without=U1%2CU2", "lost", "K0:5");
}

Test(http_coverage, refuses_what_it_cannot_read_and_who_may_not_ask)
{
    given_circle(-2000);
    (void)given_unit(&given, UNIT_CAR, 2000, 0, 'B'); /* U1 */
    look();
    cr_expect(eq(int, get("li", "without=U9")->status, 400));
    cr_expect(eq(int, get("west", "without=U1")->status, 400)); /* not his */
    cr_expect(eq(int, get("li", "without=U1,U1,U1,U1,U1,U1,U1")->status, 200));
    cr_expect(eq(int, get("li", "without=U1,U1,U1,U1,U1,U1,U1,U1")->status, 400));
    cr_expect(eq(int, get("li", "without=%ZZ")->status, 400));
    cr_expect(eq(int, get("admin", "")->status, 403));
}

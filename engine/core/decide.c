#include "engine/core/decide.h"

#include <assert.h>
#include <string.h>

#include "engine/core/circle_plan.h"
#include "engine/core/passed.h"
#include "engine/core/preempt.h"
#include "engine/core/presence.h"

/* Candidates listed beyond those wanted: what a dispatcher may want to choose instead. Beyond
 * reach a search has a city to cross for each more of them. */
#define ALTERNATIVES        8u
#define ALTERNATIVES_BEYOND 1u
#define ON_THE_SPOT_M       60u

static uint32_t listed_max(uint32_t wanted, uint32_t alternatives)
{
    return wanted + alternatives < CANDIDATES_MAX ? wanted + alternatives : CANDIDATES_MAX;
}

void decide_begin(const struct step *step)
{
    step->engine->scratch->around_is_known = false;
}

bool decide_has_free(const struct engine *engine, const struct incident *incident, enum tier tier)
{
    const uint32_t kinds = policy_kinds(state_policy_of(engine, incident), tier);
    uint32_t count = 0;
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        const bool serves = (kinds >> kind & 1u) != 0;
        count += serves ? engine->presence->counts[kind][AVAILABILITY_FREE] : 0;
    }
    return count > 0;
}

uint32_t decide_chosen_count(const struct decision_made *made)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        count += made->candidates[i].chosen ? 1 : 0;
    }
    return count;
}

/* Bits that the plan asks but which no unit of those kinds carries in this roster are not
 * asked for: a city that does not write down who is armed is not left without anybody. */
static uint32_t asked_capabilities(const struct engine *engine, const struct incident *incident,
                                   enum tier tier, uint32_t kinds)
{
    const struct policy *policy = state_policy_of(engine, incident);
    uint32_t bits = policy_plan(policy, incident->type, incident->priority).capabilities[tier];
    for (uint32_t bit = 0; bit < 32; bit++) {
        uint32_t capable = 0;
        for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
            capable += (kinds >> kind & 1u) != 0 ? engine->presence->capable[kind][bit] : 0;
        }
        bits &= capable > 0 ? UINT32_MAX : ~(1u << bit);
    }
    return bits;
}

static bool goes_before(uint32_t travel_ms, uint32_t unit_id, const struct candidate *candidate)
{
    return travel_ms != candidate->travel_ms ? travel_ms < candidate->travel_ms
                                             : unit_id < candidate->unit_id;
}

/* Keep the list sorted by travel time, then id, and no longer than `max`. */
static void insert(struct decision_made *made, uint32_t max, const struct geo_nearest_hit *hit)
{
    uint32_t i = made->candidate_count;
    while (i > 0 && goes_before(hit->travel_ms, hit->unit_id, &made->candidates[i - 1])) {
        i--;
    }
    if (i == max) {
        return;
    }
    if (made->candidate_count < max) {
        made->candidate_count++;
    }
    for (uint32_t k = made->candidate_count - 1; k > i; k--) {
        made->candidates[k] = made->candidates[k - 1];
    }
    made->candidates[i] = (struct candidate){
        .unit_id = hit->unit_id, .travel_ms = hit->travel_ms, .estimated = hit->estimated};
}

/* Of those who were preferred: how far the farthest who goes is. */
static uint32_t farthest_ms(const struct decision_made *made, bool by_plan)
{
    uint32_t most_ms = 0;
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        const struct candidate *candidate = &made->candidates[i];
        const bool is_preferred = by_plan ? candidate->by_plan : candidate->own_area;
        if (candidate->chosen && is_preferred && candidate->travel_ms > most_ms) {
            most_ms = candidate->travel_ms;
        }
    }
    return most_ms;
}

struct decide_outdone decide_outdone(const struct decision_made *made)
{
    const uint32_t plan_ms = made->plan == PLAN_NONE ? 0 : farthest_ms(made, true);
    const uint32_t area_ms = made->area_first ? farthest_ms(made, false) : 0;
    struct decide_outdone outdone = {.by_plan = 0};
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        const struct candidate *candidate = &made->candidates[i];
        if (candidate->chosen || candidate->given_to != 0) {
            continue;
        }
        if (!candidate->by_plan && candidate->travel_ms < plan_ms) {
            outdone.by_plan++;
        } else if (!candidate->own_area && candidate->travel_ms < area_ms) {
            outdone.by_area++;
        }
    }
    return outdone;
}

/* How many a search of this profile can find at most: it ends with the last of them. */
static uint32_t count_free(const struct engine *engine, const struct passed_rules *rules,
                           enum geo_profile profile, uint32_t *flags)
{
    uint32_t count = 0;
    *flags = 0;
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        if ((rules->kinds >> kind & 1u) != 0 &&
            policy_profile(engine->config.emergency_kinds, (enum unit_kind)kind) == profile) {
            *flags |= PRESENCE_KIND_FLAG(kind);
            count += engine->presence->counts[kind][AVAILABILITY_FREE];
        }
    }
    for (uint32_t i = 0; i < rules->excluded_count; i++) {
        const uint32_t kind = engine->presence->kinds[rules->excluded[i].unit_id];
        count -=
            policy_profile(engine->config.emergency_kinds, (enum unit_kind)kind) == profile ? 1 : 0;
    }
    return count;
}

uint32_t decide_come_straight(const struct engine *engine, const struct geo_nearest_query *query,
                              struct geo_nearest_hit hits[], uint32_t count, uint32_t hits_max)
{
    const struct geo_fleet *fleet = engine->presence->fleet;
    struct geo_fleet_hit around[GEO_NEAREST_HITS_MAX];
    const uint32_t around_count =
        geo_fleet_within(fleet, query->at, ON_THE_SPOT_M, (struct geo_fleet_filter){NULL, NULL},
                         around, GEO_NEAREST_HITS_MAX);
    for (uint32_t i = 0; i < around_count; i++) {
        const struct geo_fleet_unit *unit = geo_fleet_get(fleet, around[i].unit_id);
        const uint32_t travel_ms = geo_straight_ms(unit->at, query->at, GEO_PROFILE_FOOT);
        if (!unit->linked || unit->profile != GEO_PROFILE_FOOT ||
            (unit->flags & query->flags_any) == 0 ||
            (unit->flags & query->flags_all) != query->flags_all || travel_ms > query->limit_ms) {
            continue;
        }
        uint32_t at = 0;
        while (at < count && hits[at].unit_id != around[i].unit_id) {
            at++;
        }
        if (at == hits_max || (at < count && hits[at].travel_ms <= travel_ms)) {
            continue;
        }
        hits[at] = (struct geo_nearest_hit){
            .unit_id = around[i].unit_id, .travel_ms = travel_ms, .estimated = true};
        count += at == count ? 1 : 0;
    }
    return count;
}

struct scope {
    uint32_t limit_ms, max;
    uint32_t flags; /* that a unit has to have beside the capabilities */
};

/* The `max` nearest of all profiles: each profile's `max` nearest contain them. */
static void gather(const struct step *step, const struct passed_rules *rules,
                   const struct scope *scope, struct decision_made *made)
{
    const struct engine *engine = step->engine;
    made->candidate_count = 0;
    for (uint32_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        uint32_t flags = 0;
        const uint32_t found_max = count_free(engine, rules, (enum geo_profile)profile, &flags);
        if (found_max == 0) {
            continue;
        }
        const struct geo_nearest_query query = {
            .at = rules->incident->at,
            .profile = (enum geo_profile)profile,
            .flags_any = flags,
            .flags_all = PRESENCE_CAPABILITY_FLAGS(rules->capabilities) | scope->flags,
            .limit_ms = scope->limit_ms,
            .hits_max = found_max < scope->max ? found_max : scope->max,
        };
        struct geo_nearest_hit hits[2 * GEO_NEAREST_HITS_MAX];
        bool estimated = false;
        uint32_t count = geo_nearest(engine->search, engine->config.map, engine->presence->fleet,
                                     &query, hits, &estimated);
        if (profile == GEO_PROFILE_FOOT && engine->config.map != NULL) {
            count = decide_come_straight(engine, &query, hits, count, 2 * GEO_NEAREST_HITS_MAX);
        }
        for (uint32_t i = 0; i < count; i++) {
            insert(made, scope->max, &hits[i]);
        }
    }
}

/* Who heads the list whoever is nearer: whom the plan of the circle names, then whoever belongs to
 * the place's beat or grid; of each the nearest who can be there in time. */
struct first {
    struct candidate candidates[CANDIDATES_MAX];
    uint32_t count;
};

static bool is_among(const struct first *first, uint32_t unit_id)
{
    for (uint32_t i = 0; i < first->count; i++) {
        if (first->candidates[i].unit_id == unit_id) {
            return true;
        }
    }
    return false;
}

/* Those that are marked, behind those who are first already. */
static void gather_marked(const struct step *step, const struct passed_rules *rules,
                          uint32_t marked, uint32_t max, struct decision_made *made,
                          struct first *first)
{
    const struct scope scope = {.limit_ms = rules->incident->tiers[rules->tier].reach_ms,
                                .max = marked < max ? marked : max,
                                .flags = PRESENCE_MARK_FLAG};
    made->candidate_count = 0;
    if (scope.max > 0) {
        gather(step, rules, &scope, made);
    }
    for (uint32_t i = 0; i < made->candidate_count && first->count < max; i++) {
        if (!is_among(first, made->candidates[i].unit_id)) {
            first->candidates[first->count++] = made->candidates[i];
        }
    }
}

static void gather_first(const struct step *step, const struct passed_rules *rules, uint32_t max,
                         struct decision_made *made, struct first *first)
{
    const struct engine *engine = step->engine;
    first->count = 0;
    uint32_t named_count = 0;
    const uint32_t *named = circle_plan_units(engine, rules->incident, rules->tier, &named_count);
    const uint32_t marked = presence_mark_named(engine, named, named_count);
    gather_marked(step, rules, marked, max, made, first);
    presence_unmark_named(engine, named, named_count);
    if (made->area_first) {
        const uint32_t of_area = presence_mark(engine, rules->incident->areas);
        gather_marked(step, rules, of_area, max, made, first);
        presence_unmark(engine, rules->incident->areas);
    }
}

/* They head the list, the others follow as near as they are. */
static void put_first(struct decision_made *made, const struct first *first, uint32_t max)
{
    struct first list = *first;
    for (uint32_t i = 0; i < made->candidate_count && list.count < max; i++) {
        if (!is_among(first, made->candidates[i].unit_id)) {
            list.candidates[list.count++] = made->candidates[i];
        }
    }
    made->candidate_count = list.count;
    memcpy(made->candidates, list.candidates, list.count * sizeof list.candidates[0]);
}

/* Who could go, the first `wanted` of them first; answers how long the list may get. */
static uint32_t find(const struct step *step, const struct decide_request *request,
                     const struct passed_rules *rules, uint32_t wanted, struct decision_made *made)
{
    const struct policy *whole = state_policy_of(step->engine, request->incident);
    const struct tier_policy *policy = &whole->tiers[request->tier];
    const uint32_t reach_ms = request->incident->tiers[request->tier].reach_ms;
    const bool is_usual = request->listed == 0;
    struct scope scope = {.limit_ms = reach_ms,
                          .max = is_usual ? listed_max(wanted, ALTERNATIVES) : request->listed};
    const uint32_t enough = is_usual ? wanted : scope.max;
    struct first first;
    gather_first(step, rules, enough, made, &first);
    gather(step, rules, &scope, made);
    const bool goes_beyond = policy->beyond_reach && !request->volunteers;
    if (made->candidate_count < enough && goes_beyond && whole->search_ms > reach_ms) {
        scope.max = is_usual ? listed_max(wanted, ALTERNATIVES_BEYOND) : scope.max;
        scope.limit_ms = whole->search_ms;
        gather(step, rules, &scope, made);
    }
    if (first.count > 0) {
        put_first(made, &first, scope.max);
    }
    return scope.max;
}

static bool is_named(const uint32_t unit_ids[], uint32_t unit_count, uint32_t unit_id)
{
    for (uint32_t i = 0; i < unit_count; i++) {
        if (unit_ids[i] == unit_id) {
            return true;
        }
    }
    return false;
}

static void choose(const struct step *step, const struct incident *incident, uint32_t wanted,
                   struct decision_made *made)
{
    const uint32_t reach_ms = incident->tiers[made->tier].reach_ms;
    uint32_t named_count = 0;
    const uint32_t *named = circle_plan_units(step->engine, incident, made->tier, &named_count);
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        struct candidate *candidate = &made->candidates[i];
        const bool is_known = presence_position(step->engine, candidate->unit_id, step->at_ms,
                                                &candidate->at, &candidate->fix_age_ms);
        assert(is_known); /* or the road search could not have met it */
        candidate->rank = (uint8_t)i;
        candidate->in_reach = candidate->travel_ms <= reach_ms;
        candidate->chosen = i < wanted;
        candidate->own_area = presence_is_of(step->engine, candidate->unit_id, incident->areas);
        candidate->by_plan = is_named(named, named_count, candidate->unit_id);
        candidate->given_to = 0;
    }
}

/* PLAN_NONE: none that names anybody. */
static uint32_t plan_naming(const struct engine *engine, const struct incident *incident,
                            enum tier tier)
{
    uint32_t count = 0;
    (void)circle_plan_units(engine, incident, tier, &count);
    return count == 0 ? PLAN_NONE : circle_plan_of(engine, incident)->index;
}

void decide_tier(const struct step *step, const struct decide_request *request,
                 struct decision_made *made)
{
    const struct engine *engine = step->engine;
    const struct incident *incident = request->incident;
    const struct policy *whole = state_policy_of(engine, incident);
    const struct tier_policy *policy = &whole->tiers[request->tier];
    const struct geo_map *map = engine->config.map;
    const uint32_t room =
        engine->assignment_ids.max - engine->assignment_ids.count - request->taken_count;
    const uint32_t wanted = request->wanted < room ? request->wanted : room;

    presence_sweep(engine, step->at_ms);
    made->incident_id = incident->id;
    made->tier = request->tier;
    made->generation = incident->generation;
    made->map_id = map == NULL ? 0 : map->header->map_id;
    made->traffic_version = engine_traffic_version(engine);
    made->automatic = request->automatic;
    made->area_first = policy->area_first;
    made->plan = plan_naming(engine, incident, request->tier);
    made->together = 0;
    made->wave = 0;
    made->preemptable_count = 0;

    struct passed_rules rules = {
        .incident = incident,
        .tier = request->tier,
        .kinds = request->volunteers ? 1u << UNIT_VOLUNTEER : policy_kinds(whole, request->tier),
        .capabilities = asked_capabilities(engine, incident, request->tier, policy->kinds),
    };
    passed_exclude(step, request, &rules);
    for (uint32_t i = 0; i < rules.excluded_count; i++) {
        presence_hide(engine, rules.excluded[i].unit_id);
    }
    const uint32_t max = find(step, request, &rules, wanted, made);
    for (uint32_t i = 0; i < rules.excluded_count; i++) {
        presence_show(engine, rules.excluded[i].unit_id);
    }
    choose(step, incident, wanted, made);
    if (made->candidate_count < wanted && !request->quiet && !request->volunteers) {
        preempt_list(step, &rules, whole, made);
    }
    if (request->quiet && made->candidate_count == 0) {
        return;
    }
    rules.left_over = made->candidate_count == max ? REASON_ENOUGH
                      : wanted < request->wanted   ? REASON_CAPACITY
                                                   : REASON_TOO_FAR;
    passed_list(step, &rules, made);
    passed_count(step, &rules, made);
}

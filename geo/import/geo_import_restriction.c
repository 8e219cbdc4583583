#include "geo/import/geo_import_restriction.h"

#include <string.h>

#define CAR        (1u << GEO_PROFILE_CAR)
#define MOTORCYCLE (1u << GEO_PROFILE_MOTORCYCLE)
#define MOTORS     (CAR | MOTORCYCLE)

struct word {
    const char *text;
    uint8_t profiles;
};

/* Vehicles that OpenStreetMap names and that are ours; all others (hgv, bus, bicycle ...) are not.
 */
static const struct word vehicles[] = {
    {"motorcar", CAR}, {"motorcycle", MOTORCYCLE}, {"motor_vehicle", MOTORS}, {"vehicle", MOTORS}};

static const char *const kinds[] = {
    "no_left_turn", "no_right_turn",  "no_straight_on",  "no_u_turn",        "no_entry",
    "no_exit",      "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
};

static uint8_t profiles_of(const char *vehicle, size_t length)
{
    for (size_t i = 0; i < sizeof vehicles / sizeof vehicles[0]; i++) {
        if (strlen(vehicles[i].text) == length && memcmp(vehicles[i].text, vehicle, length) == 0) {
            return vehicles[i].profiles;
        }
    }
    return 0;
}

/* "bus;motorcar" and "bus, motorcar" */
static uint8_t excepted(struct geo_import_tags tags)
{
    const char *text = geo_import_tags_value(tags, "except");
    uint8_t profiles = 0;
    while (text != NULL && *text != '\0') {
        text += strspn(text, ";, ");
        const size_t length = strcspn(text, ";, ");
        profiles |= profiles_of(text, length);
        text += length;
    }
    return profiles;
}

static bool is_known(const char *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i], kind) == 0) {
            return true;
        }
    }
    return false;
}

/* Who is bound by a tag "restriction", "restriction:VEHICLE" or one of them with ":conditional". */
struct bound {
    bool is_restriction, is_conditional;
    uint8_t profiles;
};

static struct bound bound_by(struct geo_import_tags tags, const char *key)
{
    static const char word[] = "restriction";
    static const char condition[] = "conditional";
    struct bound bound = {.is_restriction = false};
    if (strncmp(key, word, strlen(word)) != 0) {
        return bound;
    }
    const char *rest = key + strlen(word);
    if (*rest != '\0' && *rest != ':') {
        return bound;
    }
    bound.is_restriction = true;
    bound.profiles = MOTORS;
    const char *type = geo_import_tags_value(tags, "type");
    if (strncmp(type, "restriction:", strlen("restriction:")) == 0) { /* as it was done once */
        bound.profiles = profiles_of(type + strlen(word) + 1, strlen(type) - strlen(word) - 1);
    }
    while (*rest == ':') {
        rest++;
        const size_t length = strcspn(rest, ":");
        if (length == strlen(condition) && memcmp(rest, condition, length) == 0) {
            bound.is_conditional = true;
        } else {
            bound.profiles = profiles_of(rest, length);
        }
        rest += length;
    }
    bound.is_conditional = bound.is_conditional || geo_import_tags_value(tags, "day_on") != NULL ||
                           geo_import_tags_value(tags, "hour_on") != NULL;
    return bound;
}

/* The members by their role; counts of what may come once only. */
struct cast {
    const struct geo_import_member *via;
    uint32_t from_count, to_count, via_nodes, via_ways;
};

static struct cast cast_of(struct geo_import_members members)
{
    struct cast cast = {.via = NULL};
    for (size_t i = 0; i < members.count; i++) {
        const struct geo_import_member *member = &members.items[i];
        const bool is_way = member->kind == GEO_IMPORT_MEMBER_WAY;
        cast.from_count += is_way && strcmp(member->role, "from") == 0;
        cast.to_count += is_way && strcmp(member->role, "to") == 0;
        if (strcmp(member->role, "via") == 0) {
            cast.via_ways += is_way;
            cast.via_nodes += member->kind == GEO_IMPORT_MEMBER_NODE;
            cast.via = member;
        }
    }
    return cast;
}

static bool is_complete(const struct cast *cast, const char *kind)
{
    if (cast->via_nodes != 1 || cast->from_count == 0 || cast->to_count == 0) {
        return false;
    }
    return (cast->from_count == 1 || strcmp(kind, "no_entry") == 0) &&
           (cast->to_count == 1 || strcmp(kind, "no_exit") == 0);
}

static enum geo_status add_turns(struct geo_import_members members, struct geo_import_turn like,
                                 struct geo_import_list *turns)
{
    for (size_t i = 0; i < members.count; i++) {
        const struct geo_import_member *from = &members.items[i];
        if (from->kind != GEO_IMPORT_MEMBER_WAY || strcmp(from->role, "from") != 0) {
            continue;
        }
        for (size_t k = 0; k < members.count; k++) {
            const struct geo_import_member *to = &members.items[k];
            if (to->kind != GEO_IMPORT_MEMBER_WAY || strcmp(to->role, "to") != 0) {
                continue;
            }
            struct geo_import_turn *turn = geo_import_list_add(turns);
            if (turn == NULL) {
                return GEO_NO_MEMORY;
            }
            *turn = like;
            turn->from_id = from->id;
            turn->to_id = to->id;
        }
    }
    return GEO_OK;
}

/* What one tag comes to. The turns of a tag that can be followed are added. */
static enum geo_status read_tag(struct geo_import_members members, const char *kind,
                                struct geo_import_turn like, struct geo_import_list *turns,
                                enum geo_import_count *outcome)
{
    const struct cast cast = cast_of(members);
    if (!is_known(kind) || (cast.via_ways == 0 && !is_complete(&cast, kind))) {
        *outcome = GEO_IMPORT_RESTRICTIONS_BROKEN;
        return GEO_OK;
    }
    if (cast.via_ways > 0) {
        *outcome = GEO_IMPORT_RESTRICTIONS_VIA_WAY;
        return GEO_OK;
    }
    *outcome = GEO_IMPORT_RESTRICTIONS_FOLLOWED;
    like.via_id = cast.via->id;
    like.is_only = strncmp(kind, "only_", strlen("only_")) == 0;
    like.is_u_turn = strcmp(kind, "no_u_turn") == 0;
    return add_turns(members, like, turns);
}

enum geo_status geo_import_restriction_read(struct geo_import_tags tags,
                                            struct geo_import_members members, uint32_t relation,
                                            struct geo_import_list *turns,
                                            enum geo_import_count *outcome)
{
    bool is_conditional = false;
    bool is_ours = false;
    *outcome = GEO_IMPORT_RESTRICTIONS_BROKEN;
    for (size_t i = 0; i < tags.count; i++) {
        const struct bound bound = bound_by(tags, tags.items[i].key);
        const uint8_t profiles = bound.profiles & (uint8_t)~excepted(tags);
        if (!bound.is_restriction) {
            continue;
        }
        if (profiles == 0 || bound.is_conditional) {
            is_conditional = is_conditional || profiles != 0;
            *outcome = is_ours ? *outcome : GEO_IMPORT_RESTRICTIONS_OTHERS;
            continue;
        }
        is_ours = true;
        enum geo_import_count one = *outcome;
        const struct geo_import_turn like = {.relation = relation, .profiles = profiles};
        const enum geo_status status = read_tag(members, tags.items[i].value, like, turns, &one);
        if (status != GEO_OK) {
            return status;
        }
        *outcome = *outcome == GEO_IMPORT_RESTRICTIONS_FOLLOWED ? *outcome : one;
    }
    if (is_conditional && !is_ours) {
        *outcome = GEO_IMPORT_RESTRICTIONS_CONDITIONAL;
    }
    return GEO_OK;
}

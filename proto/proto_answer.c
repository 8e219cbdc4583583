#include "proto/proto_answer.h"

#include <assert.h>

void proto_encode_login_answer(struct proto_buffer *buffer, const char *token, int64_t expires_ms,
                               const struct proto_user *user)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "token", token);
    proto_member_time(buffer, "expires_ms", expires_ms);
    proto_json_name(buffer, "user");
    proto_encode_user(buffer, user);
    proto_json_end(buffer, '}');
}

void proto_encode_me(struct proto_buffer *buffer, const struct proto_user *user, int64_t expires_ms)
{
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, "user");
    proto_encode_user(buffer, user);
    proto_member_time(buffer, "expires_ms", expires_ms);
    proto_json_end(buffer, '}');
}

void proto_encode_user_answer(struct proto_buffer *buffer, const struct proto_user *user)
{
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, "user");
    proto_encode_user(buffer, user);
    proto_json_end(buffer, '}');
}

void proto_frame_page_begin(struct proto_buffer *buffer, const char *name)
{
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, name);
    proto_json_begin(buffer, '[');
}

void proto_frame_page_end(struct proto_buffer *buffer, uint64_t seq)
{
    proto_json_end(buffer, ']');
    if (seq > 0) {
        proto_member_int(buffer, "seq", (int64_t)seq);
    }
    proto_json_end(buffer, '}');
}

void proto_frame_page_end_next(struct proto_buffer *buffer, uint32_t next_id, uint64_t seq)
{
    proto_json_end(buffer, ']');
    proto_member_id(buffer, "next", next_id);
    proto_member_int(buffer, "seq", (int64_t)seq);
    proto_json_end(buffer, '}');
}

void proto_encode_map_answer(struct proto_buffer *buffer, const struct proto_map *map)
{
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, "map");
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "id", map->id);
    proto_member_text(buffer, "name", map->name);
    proto_member_text(buffer, "attribution", map->attribution);
    proto_json_name(buffer, "bounds");
    proto_json_begin(buffer, '[');
    proto_json_e7(buffer, map->south_west.lon_e7);
    proto_json_e7(buffer, map->south_west.lat_e7);
    proto_json_e7(buffer, map->north_east.lon_e7);
    proto_json_e7(buffer, map->north_east.lat_e7);
    proto_json_end(buffer, ']');
    proto_member_bool(buffer, "has_roads", map->has_roads);
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

void proto_encode_roster_answer(struct proto_buffer *buffer, uint32_t added, uint32_t updated,
                                uint64_t seq)
{
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "added", added);
    proto_member_int(buffer, "updated", updated);
    proto_member_int(buffer, "seq", (int64_t)seq);
    proto_json_end(buffer, '}');
}

void proto_encode_roster_problem(struct proto_buffer *buffer, const struct proto_roster *roster)
{
    assert(roster->error_count > 0);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "about:blank");
    proto_member_int(buffer, "status", proto_code_status(PROTO_BAD_ROSTER));
    proto_member_text(buffer, "code", proto_code_text(PROTO_BAD_ROSTER));
    proto_member_text(buffer, "title", proto_code_title(PROTO_BAD_ROSTER));
    proto_member_text(buffer, "detail", "nothing was taken over; correct every line listed");
    proto_json_name(buffer, "errors");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < roster->error_count; i++) {
        const struct proto_roster_error *error = &roster->errors[i];
        proto_json_begin(buffer, '{');
        proto_member_int(buffer, "line", error->at.line);
        proto_member_int(buffer, "column", error->at.column);
        proto_member_text(buffer, "detail", error->detail);
        proto_json_end(buffer, '}');
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
}

void proto_encode_device(struct proto_buffer *buffer, const char *unit, const char *secret)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "unit", unit);
    proto_member_text(buffer, "secret", secret);
    proto_json_end(buffer, '}');
}

void proto_encode_street(struct proto_buffer *buffer, const char *name, const char *kind,
                         struct proto_place at)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "name", name);
    proto_member_text(buffer, "kind", kind);
    proto_member_place(buffer, true, at);
    proto_json_end(buffer, '}');
}

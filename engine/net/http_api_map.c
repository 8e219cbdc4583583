#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/http_api.h"
#include "engine/net/http_api_query.h"
#include "engine/net/translate.h"
#include "proto/proto_answer.h"

#define MAP_TEXT_SIZE     256u
#define STREETS_MAX       50u
#define STREETS_DEFAULT   10u
#define TILE_ZOOM_MAX     22u
#define TILE_HEADERS_SIZE 160u

static void hex16(uint64_t value, char out[17])
{
    static const char digits[] = "0123456789abcdef";
    for (unsigned i = 0; i < 16; i++) {
        out[i] = digits[value >> (60 - 4 * i) & 15u];
    }
    out[16] = '\0';
}

/* The text of a member on the top level of the map's own description, "" if it has none. It was
 * written by the importer: plain JSON without spaces that matter. */
static void meta_text(const struct geo_map *map, const char *name, char out[MAP_TEXT_SIZE])
{
    const size_t name_size = strlen(name);
    size_t depth = 0;
    size_t size = 0;
    bool in_text = false;
    bool found = false;
    size_t start = 0;
    for (size_t i = 0; i < map->meta_size && map->meta[i] != '\0'; i++) {
        const char byte = map->meta[i];
        if (in_text) {
            if (byte == '"') {
                in_text = false;
                if (found) {
                    break;
                }
                size_t after = i + 1;
                while (after < map->meta_size && map->meta[after] == ' ') {
                    after++;
                }
                found = depth == 1 && after < map->meta_size && map->meta[after] == ':' &&
                        i - start == name_size && memcmp(map->meta + start, name, name_size) == 0;
                continue;
            }
            const bool escaped = byte == '\\' && i + 1 < map->meta_size;
            if (found && size + 1 < MAP_TEXT_SIZE) {
                out[size++] = map->meta[escaped ? i + 1 : i];
            }
            i += escaped;
            continue;
        }
        in_text = byte == '"';
        start = i + 1;
        depth += byte == '{' || byte == '[';
        depth -= (byte == '}' || byte == ']') && depth > 0;
    }
    out[size] = '\0';
}

static const struct geo_map *map_of(struct api *api, const struct net_request *request)
{
    const struct geo_map *map = api_engine_config(api)->map;
    if (map == NULL) {
        http_api_problem(api, request, PROTO_NOT_FOUND, NULL, "The engine runs without a map");
    }
    return map;
}

void http_api_map_get(struct api *api, const struct net_request *request,
                      const struct identity *identity)
{
    char id[17];
    char name[MAP_TEXT_SIZE];
    char attribution[MAP_TEXT_SIZE];
    const struct geo_map *map = map_of(api, request);
    (void)identity;
    if (map == NULL) {
        return;
    }
    hex16(map->header->map_id, id);
    meta_text(map, "name", name);
    meta_text(map, "attribution", attribution);
    const struct proto_map answer = {
        .id = id,
        .name = name,
        .attribution = attribution,
        .south_west = {.lat_e7 = map->header->south_e7, .lon_e7 = map->header->west_e7},
        .north_east = {.lat_e7 = map->header->north_e7, .lon_e7 = map->header->east_e7},
        .has_roads = map->edge_count > 0,
    };
    proto_buffer_clear(&api->buffer);
    proto_encode_map_answer(&api->buffer, &answer);
    api_reply_buffer(api, request->id, 200);
}

void http_api_map_streets(struct api *api, const struct net_request *request,
                          const struct identity *identity)
{
    char text[128];
    uint32_t streets[STREETS_MAX];
    uint32_t limit = STREETS_DEFAULT;
    (void)identity;
    if (http_api_query_text(request->query, "q", text, sizeof text) != HTTP_API_QUERY_OK ||
        text[0] == '\0') {
        http_api_problem(
            api, request, PROTO_BAD_REQUEST, NULL,
            "q must be the beginning of a street's or a place's name, at most 127 bytes");
        return;
    }
    if (http_api_query_number(request->query, "limit", 1, STREETS_MAX, &limit) ==
        HTTP_API_QUERY_BAD) {
        http_api_problem(api, request, PROTO_BAD_REQUEST, NULL, "limit must be 1 to 50");
        return;
    }
    const struct geo_map *map = map_of(api, request);
    if (map == NULL) {
        return;
    }
    const uint32_t count = geo_map_find_name(map, text, streets, limit);
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "streets");
    for (uint32_t i = 0; i < count; i++) {
        const struct geo_name *name = &map->names[streets[i]];
        proto_encode_street(&api->buffer, map->text + name->name,
                            geo_name_kind_text((enum geo_name_kind)name->kind),
                            translate_place(name->at));
    }
    proto_frame_page_end(&api->buffer, 0);
    api_reply_buffer(api, request->id, 200);
}

/* "/tiles/{z}/{x}/{y}" */
static bool tile_path(const char *path, uint32_t at[3])
{
    const char *text = path + sizeof "/tiles/" - 1;
    for (unsigned i = 0; i < 3; i++) {
        const uint32_t max = i == 0 ? TILE_ZOOM_MAX : (UINT32_C(1) << at[0]) - 1;
        if (!http_api_query_digits(&text, max, &at[i])) {
            return false;
        }
        if (i < 2 && *text++ != '/') {
            return false;
        }
    }
    return *text == '\0';
}

void http_api_map_tile(struct api *api, const struct net_request *request,
                       const struct identity *identity)
{
    uint32_t at[3] = {0, 0, 0};
    char id[17];
    (void)identity;
    if (!tile_path(request->path, at)) {
        http_api_problem(api, request, PROTO_NOT_FOUND, NULL, "Tiles are /tiles/{z}/{x}/{y}");
        return;
    }
    const struct geo_map *map = map_of(api, request);
    if (map == NULL) {
        return;
    }
    /* The map never changes under its id, so neither does a tile. */
    hex16(map->header->map_id, id);
    char headers[TILE_HEADERS_SIZE] = "Cache-Control: private, max-age=86400\r\nETag: \"";
    strncat(headers, id, sizeof headers - strlen(headers) - 1);
    strncat(headers, "\"\r\n", sizeof headers - strlen(headers) - 1);
    struct net_response response = {.status = 204, .extra_headers = headers};
    if (strstr(request->if_none_match, id) != NULL) {
        response.status = 304;
        net_server_reply(api->server, request->id, &response);
        return;
    }
    size_t size = 0;
    response.body = geo_map_tile(map, at[0], at[1], at[2], &size);
    if (response.body != NULL) {
        response.status = 200;
        response.content_type = "application/vnd.mapbox-vector-tile";
        response.body_size = size;
        response.body_borrowed = true;
        strncat(headers, "Content-Encoding: gzip\r\n", sizeof headers - strlen(headers) - 1);
    }
    net_server_reply(api->server, request->id, &response);
}

#include "engine/net/net_private.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The web pages, from one directory and nowhere else: every name is resolved and must still lie
 * inside of it. */

#define PATH_BYTES_MAX 4096u
#define FILE_BYTES_MAX (64u << 20)

struct file {
    uv_file handle;
    uint64_t size;
    uint64_t modified_ns;
};

static const struct {
    const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

static const struct {
    const char *path, *file;
} pages[] = {
    {"/", "/index.html"},      {"/console", "/console.html"},       {"/unit", "/unit.html"},
    {"/setup", "/setup.html"}, {"/supervisor", "/supervisor.html"}, {"/admin", "/admin.html"},
};

static const struct {
    const char *name, *suffix;
} encodings[] = {{"br", ".br"}, {"gzip", ".gz"}};

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (net_text_ends(path, types[i].suffix)) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

static const char *file_of(const char *path)
{
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(path, pages[i].path) == 0) {
            return pages[i].file;
        }
    }
    return path;
}

enum status net_static_find_root(const char *web_root, char **resolved, char error[256])
{
    uv_fs_t request;
    const int result = uv_fs_realpath(NULL, &request, web_root, NULL);
    if (result == 0) {
        const size_t size = strlen(request.ptr) + 1;
        *resolved = malloc(size);
        if (*resolved != NULL) {
            memcpy(*resolved, request.ptr, size);
        }
    }
    uv_fs_req_cleanup(&request);
    if (result != 0) {
        snprintf(error, 256, "the web root %s cannot be opened: %s", web_root, uv_strerror(result));
        return STATUS_BAD_INPUT;
    }
    return *resolved == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

/* Whether the name, links followed, lies below the root. */
static bool is_inside(const struct net_server *server, const char *name)
{
    uv_fs_t request;
    bool inside = false;
    if (uv_fs_realpath(NULL, &request, name, NULL) == 0) {
        const char *real = request.ptr;
        const size_t root_size = strlen(server->web_root);
        inside = strncmp(real, server->web_root, root_size) == 0 && real[root_size] == '/';
    }
    uv_fs_req_cleanup(&request);
    return inside;
}

static void close_file(const struct file *file)
{
    uv_fs_t request;
    uv_fs_close(NULL, &request, file->handle, NULL);
    uv_fs_req_cleanup(&request);
}

static bool open_file(const struct net_server *server, const char *path, const char *suffix,
                      struct file *file)
{
    char name[PATH_BYTES_MAX];
    const int size = snprintf(name, sizeof name, "%s%s%s", server->web_root, path, suffix);
    if (size < 0 || (size_t)size >= sizeof name || !is_inside(server, name)) {
        return false;
    }
    uv_fs_t request;
    file->handle = (uv_file)uv_fs_open(NULL, &request, name, UV_FS_O_RDONLY, 0, NULL);
    uv_fs_req_cleanup(&request);
    if (file->handle < 0) {
        return false;
    }
    const int result = uv_fs_fstat(NULL, &request, file->handle, NULL);
    const uv_stat_t stat = request.statbuf;
    uv_fs_req_cleanup(&request);
    if (result != 0 || !S_ISREG(stat.st_mode) || stat.st_size > FILE_BYTES_MAX) {
        close_file(file);
        return false;
    }
    file->size = stat.st_size;
    file->modified_ns =
        (uint64_t)stat.st_mtim.tv_sec * UINT64_C(1000000000) + (uint64_t)stat.st_mtim.tv_nsec;
    return true;
}

/* NULL: unreadable, shorter than it said, or no memory. */
static uint8_t *read_file(const struct file *file)
{
    uint8_t *bytes = malloc(file->size == 0 ? 1 : file->size);
    size_t done = 0;
    while (bytes != NULL && done < file->size) {
        uv_buf_t part = uv_buf_init((char *)bytes + done, (unsigned int)(file->size - done));
        uv_fs_t request;
        const int result = uv_fs_read(NULL, &request, file->handle, &part, 1, (int64_t)done, NULL);
        uv_fs_req_cleanup(&request);
        if (result <= 0) {
            free(bytes);
            return NULL;
        }
        done += (size_t)result;
    }
    return bytes;
}

static const char *cache_of(const char *path)
{
    return net_text_starts(path, "/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

/* Open the smallest form that the client understands: -1 is the plain one. */
static bool open_best(const struct net_connection *connection, const char *path, struct file *file,
                      int *encoding)
{
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        if (net_text_list_has(connection->exchange->accept_encoding, encodings[i].name) &&
            open_file(connection->server, path, encodings[i].suffix, file)) {
            *encoding = (int)i;
            return true;
        }
    }
    *encoding = -1;
    return open_file(connection->server, path, "", file);
}

static void reply_file(struct net_connection *connection, const char *path, const struct file *file,
                       int encoding)
{
    char etag[64];
    char headers[512];
    const char *name = encoding < 0 ? "" : encodings[encoding].name;
    snprintf(etag, sizeof etag, "\"%" PRIx64 "-%" PRIx64 "%s%s\"", file->modified_ns, file->size,
             encoding < 0 ? "" : "-", name);
    snprintf(headers, sizeof headers,
             "ETag: %s\r\nCache-Control: %s\r\nVary: Accept-Encoding\r\n%s%s%s", etag,
             cache_of(path), encoding < 0 ? "" : "Content-Encoding: ", name,
             encoding < 0 ? "" : "\r\n");
    struct net_response response = {.status = 304, .extra_headers = headers};
    if (net_text_etag_matches(connection->exchange->request.if_none_match, etag)) {
        net_reply_submit(connection, &response, NULL);
        return;
    }
    uint8_t *bytes = read_file(file);
    if (bytes == NULL) {
        net_reply_problem(connection, &(struct net_problem){500, PROTO_INTERNAL,
                                                            "the file cannot be read", NULL});
        return;
    }
    response.status = 200;
    response.content_type = type_of(path);
    response.body = bytes;
    response.body_size = file->size;
    net_reply_submit(connection, &response, bytes);
}

bool net_static_serve(struct net_connection *connection)
{
    const char *path = file_of(connection->exchange->request.path);
    if (connection->server->web_root == NULL || strstr(path, "/.") != NULL) {
        return false; /* dot files are nobody's business */
    }
    struct file file;
    int encoding = -1;
    if (!open_best(connection, path, &file, &encoding)) {
        return false;
    }
    reply_file(connection, path, &file, encoding);
    close_file(&file);
    return true;
}

/* The web pages: names, types, caching, compressed forms, and no way out of the directory. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/net_given.h"

static struct ws_client client;
static struct ws_answer answer;
static char parent[64];
static char root[80];

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    cr_assert(file != NULL);
    fputs(text, file);
    fclose(file);
}

static void set_up(void)
{
    char path[160];
    client = (struct ws_client){.fd = -1};
    snprintf(parent, sizeof parent, "/tmp/net_static_XXXXXX");
    cr_assert(mkdtemp(parent) != NULL);
    snprintf(root, sizeof root, "%s/web", parent);
    mkdir(root, 0700);
    snprintf(path, sizeof path, "%s/assets", root);
    mkdir(path, 0700);
    write_file(parent, "secret.txt", "secret");
    write_file(root, "index.html", "<p>index</p>");
    write_file(root, "console.html", "<p>console</p>");
    write_file(root, "sw.js", "self");
    write_file(root, "app.webmanifest", "{}");
    write_file(root, ".hidden", "hidden");
    write_file(root, "assets/app-1a2b.js", "plain");
    write_file(root, "assets/app-1a2b.js.gz", "zipped");
    write_file(root, "assets/app-1a2b.js.br", "brotli");
    write_file(root, "assets/worker.mjs", "w");
    snprintf(path, sizeof path, "%s/escape.txt", root);
    cr_assert(symlink("../secret.txt", path) == 0);
    net_given_defaults();
    given.config.web_root = root;
    net_given_start();
    net_given_client(&client);
}

static void tear_down(void)
{
    char command[160];
    ws_client_answer_free(&answer);
    ws_client_close(&client);
    net_given_stop();
    snprintf(command, sizeof command, "rm -r %s", parent);
    cr_expect(system(command) == 0); // NOLINT(cert-env33-c): a path of our own making
}

TestSuite(net_static, .init = set_up, .fini = tear_down, .timeout = 60);

static void get(const char *path, const char *headers)
{
    ws_client_answer_free(&answer);
    cr_assert(ws_client_request(&client, "GET", path, headers, NULL, &answer));
}

static void expect(int status, const char *body, const char *type, const char *cache)
{
    cr_expect(eq(int, answer.status, status));
    cr_expect(strcmp((char *)answer.body, body) == 0, "%s", (char *)answer.body);
    const char *value = ws_client_header(&answer, "Content-Type");
    cr_expect(value != NULL && strcmp(value, type) == 0, "type %s", value);
    value = ws_client_header(&answer, "Cache-Control");
    cr_expect(value != NULL && strcmp(value, cache) == 0, "cache %s", value);
}

Test(net_static, serves_the_pages_by_their_short_names)
{
    get("/", NULL);
    expect(200, "<p>index</p>", "text/html; charset=utf-8", "no-cache");
    const char *policy = ws_client_header(&answer, "Content-Security-Policy");
    cr_assert(policy != NULL);
    cr_expect(strstr(policy, "default-src 'self'; script-src 'self';") != NULL);
    cr_expect(strstr(policy, "frame-ancestors 'none'") != NULL);
    get("/console?x=1", NULL);
    expect(200, "<p>console</p>", "text/html; charset=utf-8", "no-cache");
    get("/unit", NULL); /* there is no unit.html here */
    cr_expect(eq(int, answer.status, 404));
}

Test(net_static, keeps_hashed_assets_for_ever_and_others_fresh)
{
    get("/assets/app-1a2b.js", NULL);
    expect(200, "plain", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable");
    cr_expect(ws_client_header(&answer, "Content-Encoding") == NULL);
    get("/assets/worker.mjs", NULL);
    expect(200, "w", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable");
    get("/sw.js", NULL);
    expect(200, "self", "text/javascript; charset=utf-8", "no-cache");
    get("/app.webmanifest", NULL);
    expect(200, "{}", "application/manifest+json", "no-cache");
}

static void expect_encoding(const char *accepted, const char *body, const char *encoding)
{
    char header[128];
    snprintf(header, sizeof header, "Accept-Encoding: %s\r\n", accepted);
    get("/assets/app-1a2b.js", header);
    cr_expect(strcmp((char *)answer.body, body) == 0, "%s: %s", accepted, (char *)answer.body);
    const char *value = ws_client_header(&answer, "Content-Encoding");
    cr_expect(strcmp(value == NULL ? "none" : value, encoding) == 0, "%s: %s", accepted, value);
    value = ws_client_header(&answer, "Vary");
    cr_expect(value != NULL && strcmp(value, "Accept-Encoding") == 0);
}

Test(net_static, serves_the_smallest_form_the_client_takes)
{
    expect_encoding("gzip, deflate, br", "brotli", "br");
    expect_encoding("gzip", "zipped", "gzip");
    expect_encoding("br;q=0, gzip", "zipped", "gzip");
    expect_encoding("identity", "plain", "none");
}

Test(net_static, answers_304_to_who_has_it)
{
    char etag[128];
    char header[192];
    get("/assets/app-1a2b.js", NULL);
    snprintf(etag, sizeof etag, "%s", ws_client_header(&answer, "ETag"));
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", etag);
    get("/assets/app-1a2b.js", header);
    cr_expect(eq(int, answer.status, 304));
    cr_expect(eq(sz, answer.body_size, 0));
    cr_expect(strcmp(ws_client_header(&answer, "ETag"), etag) == 0);
    snprintf(header, sizeof header, "If-None-Match: %s\r\nAccept-Encoding: gzip\r\n", etag);
    get("/assets/app-1a2b.js", header); /* another form has another name */
    cr_expect(eq(int, answer.status, 200));
    write_file(root, "assets/app-1a2b.js", "changed");
    snprintf(header, sizeof header, "If-None-Match: %s\r\n", etag);
    get("/assets/app-1a2b.js", header);
    cr_expect(eq(int, answer.status, 200));
    cr_expect(eq(str, (char *)answer.body, "changed"));
}

Test(net_static, head_has_the_length_and_no_body)
{
    cr_assert(ws_client_request(&client, "HEAD", "/console", NULL, NULL, &answer));
    cr_expect(eq(int, answer.status, 200));
    cr_expect(strcmp(ws_client_header(&answer, "Content-Length"), "14") == 0);
    get("/", NULL); /* nothing is left over on the connection */
    cr_expect(eq(int, answer.status, 200));
}

Test(net_static, never_leaves_its_directory)
{
    static const char *const paths[] = {"/../secret.txt",
                                        "/assets/../../secret.txt",
                                        "/%2e%2e/secret.txt",
                                        "/..%2fsecret.txt",
                                        "/assets/..%2f..%2fsecret.txt",
                                        "/%2e%2e%2fsecret.txt",
                                        "/escape.txt",
                                        "//secret.txt",
                                        "/.hidden",
                                        "/assets/",
                                        "/assets",
                                        "/./.hidden",
                                        "/%2ehidden",
                                        "/index.html/../../secret.txt",
                                        "/....//secret.txt"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        ws_client_close(&client);
        net_given_client(&client);
        get(paths[i], NULL);
        cr_expect(answer.status == 404 || answer.status == 400 || answer.status == 403, "%s: %d",
                  paths[i], answer.status);
        cr_expect(strstr((char *)answer.body, "secret\n") == NULL);
        cr_expect(strcmp((char *)answer.body, "secret") != 0, "%s", paths[i]);
        cr_expect(strcmp((char *)answer.body, "hidden") != 0, "%s", paths[i]);
    }
}

Test(net_static, the_api_is_never_shadowed_by_files)
{
    char path[160];
    snprintf(path, sizeof path, "%s/v1", root);
    mkdir(path, 0700);
    write_file(root, "v1/echo", "a file");
    get("/v1/echo", NULL);
    cr_expect(eq(str, (char *)answer.body, "GET|/v1/echo||||||||"));
}

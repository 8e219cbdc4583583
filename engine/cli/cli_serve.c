#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/host/daemon.h"
#include "engine/host/log.h"

extern char **environ;

static enum log_level level_of(const char *name)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    for (unsigned int i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            return (enum log_level)i;
        }
    }
    return LOG_INFO;
}

int cli_serve(int argc, char *argv[])
{
    const char *file = NULL;
    if (argc >= 2 && strcmp(argv[0], "--config") == 0) {
        file = argv[1];
        argc -= 2;
        argv += 2;
    }
    static struct config config;
    char error[512];
    if (config_load(&config, file, environ, argc, argv, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan: %s\n", error);
        return 2;
    }
    log_set_level(level_of(config.log_level));
    return daemon_run(&config);
}

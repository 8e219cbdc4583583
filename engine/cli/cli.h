#ifndef ENGINE_CLI_CLI_H
#define ENGINE_CLI_CLI_H

/* One binary, one word for what it shall do. Each command gets the arguments after its word and
 * answers the exit status. */
int cli_serve(int argc, char *argv[]);
int cli_import(int argc, char *argv[]);
int cli_verify_map(int argc, char *argv[]);
int cli_whatif(int argc, char *argv[]);
int cli_replay(int argc, char *argv[]);
int cli_report(int argc, char *argv[]);
int cli_verify(int argc, char *argv[]);
int cli_replay_check(int argc, char *argv[]);
int cli_demo_roster(int argc, char *argv[]);

#endif

#ifndef ENGINE_SIM_SIMULATE_H
#define ENGINE_SIM_SIMULATE_H

/* `kuaifan simulate`: a fleet and callers as real clients of the public protocol. Answers the exit
 * status: 0, and with --check 1 if the ledger and the record differ. */
int simulate_main(int argc, char *argv[]);

#endif

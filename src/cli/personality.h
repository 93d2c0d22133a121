/*
 * personality - what the engine's one program is, by the name that it is called by (spec ignition
 * 1.1): a distribution links ignition-apply and ignition-rmcfg to it.
 */
#ifndef SLIPWAY_CLI_PERSONALITY_H
#define SLIPWAY_CLI_PERSONALITY_H

/** ignition_apply_main - apply a config in a container.  Return: exit status. */
int ignition_apply_main(int argc, char **argv);

/** ignition_rmcfg_main - delete the config from the platform.  Return: exit status. */
int ignition_rmcfg_main(int argc, char **argv);

#endif

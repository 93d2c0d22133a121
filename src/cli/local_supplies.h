/*
 * local_supplies - local files and trees for what a front end asks for.
 *
 * Owns: which names lie inside the directory that the user gave (--files-dir), reading what is
 * there, and its ceiling.  Leaves to others: what is asked for and what becomes of it
 * (config/supplies, the dialects).
 */
#ifndef SLIPWAY_CLI_LOCAL_SUPPLIES_H
#define SLIPWAY_CLI_LOCAL_SUPPLIES_H

#include <stdbool.h>

#include "base/error.h"
#include "config/supplies.h"

/* Of all that is read for one config. */
#define LOCAL_SUPPLIES_BYTES_MAX ((size_t)256 << 20)
/* Directories within directories of a tree, and all that is in it. */
#define LOCAL_SUPPLIES_DEPTH_MAX   64
#define LOCAL_SUPPLIES_ENTRIES_MAX 100000

struct local_supplies;

/**
 * local_supplies_new - what is below @directory may be read.
 * @directory: NULL: nothing may, and every answer is that no directory was given
 * @ret: free with local_supplies_free(), after the supplies that it answered
 *
 * Return: 0; -errno when @directory cannot be opened.
 */
int local_supplies_new(const char *directory, struct local_supplies **ret, struct error *err);
void local_supplies_free(struct local_supplies *local);

/**
 * local_supplies_answer - answer what @supplies misses of the kinds SUPPLY_FILE and SUPPLY_TREE.
 *
 * What cannot be read is answered with a problem.  Links are followed inside the directory only;
 * those inside a tree are entries of it.
 *
 * Return: whether anything was answered: then the front end is to be asked again.
 */
bool local_supplies_answer(struct local_supplies *local, struct supplies *supplies);

DEFINE_RELEASE(struct local_supplies *, local_supplies_free)

#endif

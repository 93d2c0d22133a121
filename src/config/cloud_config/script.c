/* script - user data that is a program (spec configs 1.11). */
#include "config/cloud_config/lowering.h"

#define SCRIPT_PATH "/var/lib/coreos-cloudinit/scripts/user-data"
#define SCRIPT_MODE 0744
#define SCRIPT_UNIT "coreos-cloudinit-user-data.service"

/* The kernel follows the script's own #!, which upstream ignored in favour of bash. */
static const char unit_text[] =
	"[Unit]\n"
	"Description=Unit generated and executed by coreos-cloudinit on behalf of user\n"
	"Wants=network-online.target\n"
	"After=network-online.target\n"
	"ConditionPathExists=!" SCRIPT_PATH ".done\n"
	"\n"
	"[Service]\n"
	"Type=oneshot\n"
	"RemainAfterExit=yes\n"
	"ExecStart=" SCRIPT_PATH "\n"
	"ExecStartPost=/usr/bin/touch " SCRIPT_PATH ".done\n"
	"\n"
	"[Install]\n"
	"WantedBy=multi-user.target\n";

void cloud_lower_script(struct draft *draft, struct slice text)
{
	const struct origin origin = draft->config->origin;
	struct config_unit *unit = draft_unit(draft, SLICE(SCRIPT_UNIT), origin);

	draft_file(draft, SLICE(SCRIPT_PATH), SCRIPT_MODE, text, origin);
	unit->contents = slice_of(unit_text);
	unit->enabled = (struct config_bool){ true, true };
}

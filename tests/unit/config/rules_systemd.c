/* rules_systemd - names and contents of units, and the [Install] sections that enabling needs. */
#include "rules_rows.h"

#define UNIT(...)    (&(struct config_unit){ __VA_ARGS__ })
#define NAMED(text)  UNIT(.name = STR(text))
#define BAD_NAME     "error .name: invalid systemd unit extension\n"
#define BAD_CONTENTS "error .contents: invalid unit content: unable to find end of section\n"
#define NOT_INSTALLED(quoted)                                                                      \
	"warning .contents: unit \"" quoted                                                        \
	"\" is enabled, but has no install section so enable does nothing\n"
#define SERVICE "[Service]\nExecStart=/bin/true\n"
#define INSTALL "[Install]\nWantedBy=a.target\n"

static const struct rules_row unit_rows[] = {
	{ "service", NAMED("a.service") },
	{ "socket", NAMED("a.socket") },
	{ "device", NAMED("a.device") },
	{ "mount", NAMED("a.mount") },
	{ "automount", NAMED("a.automount") },
	{ "swap", NAMED("a.swap") },
	{ "target", NAMED("a.target") },
	{ "path", NAMED("a.path") },
	{ "timer", NAMED("a.timer") },
	{ "snapshot", NAMED("a.snapshot") },
	{ "slice", NAMED("a.slice") },
	{ "scope", NAMED("a.scope") },
	{ "an extension alone", NAMED(".service") },
	{ "an instance", NAMED("a@b.c.service") },
	{ "no name", UNIT(), BAD_NAME },
	{ "no extension", NAMED("service"), BAD_NAME },
	{ "a dot at the end", NAMED("a.service."), BAD_NAME },
	{ "an extension before a slash", NAMED("a.service/b"), BAD_NAME },
	{ "an extension has one case", NAMED("a.Service"), BAD_NAME },
	{ "another extension", NAMED("a.network"), BAD_NAME },
	{ "bad contents after a bad name", UNIT(.name = STR("a"), .contents = STR("[")),
	  BAD_NAME BAD_CONTENTS },
	{ "bad contents of an enabled unit",
	  UNIT(.name = STR("a.service"), .contents = STR("["), .enabled = TRUE), BAD_CONTENTS },
	{ "enabled with an [Install] section",
	  UNIT(.name = STR("a.service"), .contents = STR(SERVICE INSTALL), .enabled = TRUE) },
	{ "enabled without one",
	  UNIT(.name = STR("a.service"), .contents = STR(SERVICE), .enabled = TRUE),
	  NOT_INSTALLED("a.service") },
	{ "enabled with an empty one",
	  UNIT(.name = STR("a.service"), .contents = STR(SERVICE "[Install]\n#A=b\n"),
	       .enabled = TRUE),
	  NOT_INSTALLED("a.service") },
	{ "not enabled without one",
	  UNIT(.name = STR("a.service"), .contents = STR(SERVICE), .enabled = FALSE) },
	{ "enabled without contents", UNIT(.name = STR("a.service"), .enabled = TRUE) },
	{ "enabled with empty contents",
	  UNIT(.name = STR("a.service"), .contents = STR(""), .enabled = TRUE) },
	{ "the name is quoted",
	  UNIT(.name = STR("a\"\\\n.service"), .contents = STR(" "), .enabled = TRUE),
	  NOT_INSTALLED("a\\\"\\\\\\n.service") },
};

#define DROPIN(...) (&(struct config_dropin){ __VA_ARGS__ })

static const struct rules_row dropin_rows[] = {
	{ "a drop-in", DROPIN(.name = STR("a.conf"), .contents = STR(SERVICE)) },
	{ "contents before the name", DROPIN(.name = STR("a"), .contents = STR("[")),
	  BAD_CONTENTS "error .name: invalid systemd drop-in extension\n" },
	{ "no contents", DROPIN(.name = STR(".conf")) },
	{ "a unit's extension", DROPIN(.name = STR("a.service")),
	  "error .name: invalid systemd drop-in extension\n" },
};

#define UNITS(...) (&(struct config_systemd){ .units = LIST(struct config_unit, __VA_ARGS__) })
#define INSTANCE(text)                                                                             \
	{                                                                                          \
		.name = STR(text), .enabled = TRUE                                                 \
	}
#define TEMPLATE(text, unit)                                                                       \
	{                                                                                          \
		.name = STR(text), .contents = STR(unit)                                           \
	}
#define UNINSTALLED(n, template, instance)                                                         \
	"warning .units." #n                                                                       \
	".contents: template unit \"" template "\" for \"" instance                                \
					       "\" doesn't have Install section\n"

static const struct rules_row systemd_rows[] = {
	{ "no units", &(struct config_systemd){} },
	{ "an instance of a template without [Install]",
	  UNITS(INSTANCE("t@i.service"), TEMPLATE("t@.service", SERVICE)),
	  UNINSTALLED(0, "t@.service", "t@i.service") },
	{ "all instances",
	  UNITS(TEMPLATE("t@.service", SERVICE), INSTANCE("t@i.service"), INSTANCE("t@j.service")),
	  UNINSTALLED(1, "t@.service", "t@i.service") UNINSTALLED(2, "t@.service", "t@j.service") },
	{ "a template with [Install]",
	  UNITS(INSTANCE("t@i.service"), TEMPLATE("t@.service", SERVICE INSTALL)) },
	{ "a template that does not parse",
	  UNITS(INSTANCE("t@i.service"), TEMPLATE("t@.service", "[")) },
	{ "a template without contents",
	  UNITS(INSTANCE("t@i.service"), { .name = STR("t@.service") }) },
	{ "a template with empty contents",
	  UNITS(INSTANCE("t@i.service"), TEMPLATE("t@.service", "")) },
	{ "a template elsewhere", UNITS(INSTANCE("t@i.service")) },
	{ "an instance that is not enabled",
	  UNITS({ .name = STR("t@i.service"), .enabled = FALSE }, { .name = STR("t@j.service") },
		TEMPLATE("t@.service", SERVICE)) },
	{ "the template itself is no instance",
	  UNITS({ .name = STR("t@.service"), .enabled = TRUE, .contents = STR(SERVICE) }) },
	{ "only services have instances",
	  UNITS(INSTANCE("t@i.timer"), TEMPLATE("t@.timer", SERVICE)) },
	{ "the first at sign that leaves a name counts",
	  UNITS(INSTANCE("t@i@j.service"), TEMPLATE("t@.service", SERVICE),
		TEMPLATE("t@i@.service", SERVICE)),
	  UNINSTALLED(0, "t@.service", "t@i@j.service") },
	{ "an at sign in front is part of the name",
	  UNITS(INSTANCE("@t@i.service"), TEMPLATE("@.service", SERVICE),
		TEMPLATE("@t@.service", SERVICE)),
	  UNINSTALLED(0, "@t@.service", "@t@i.service") },
	{ "an instance may be an at sign",
	  UNITS(INSTANCE("t@@.service"), TEMPLATE("t@.service", SERVICE)),
	  UNINSTALLED(0, "t@.service", "t@@.service") },
	{ "no newline in an instance",
	  UNITS(INSTANCE("t@i\nj.service"), TEMPLATE("t@.service", SERVICE)) },
	{ "of templates with one name the last counts",
	  UNITS(INSTANCE("t@i.service"), TEMPLATE("t@.service", SERVICE),
		TEMPLATE("t@.service", INSTALL)) },
};

int main(void)
{
	RULES_ROWS(rules_unit, unit_rows);
	RULES_ROWS(rules_dropin, dropin_rows);
	RULES_ROWS(rules_systemd, systemd_rows);
	return tap_done();
}

"""All commands: `flask <feature> <verb>` (docs/commands.md).

They are listed by name and words, and their modules are imported when they are called: one
command of one feature would bring all features along, and `--help` too (decision 24).
"""

from flask import Flask

from ddplatform import lazy
from ddplatform.infrastructure.lazy_commands import Verb, Verbs, lazy_commands

COMMANDS: tuple[Verb | Verbs, ...] = (
    Verbs(
        "access",
        "Who may do what.",
        lambda: lazy.access.access,
        (Verb("matrix", "Every endpoint, its address, and the roles that may use it."),),
    ),
    Verbs(
        "analysis",
        "Ask a map where risk comes from, on whom it depends, what it does not know.",
        lambda: lazy.analysis.analysis,
        (
            Verb(
                "blind-spots",
                "Share of volume that ends in unknown origin, tier by tier, of a node "
                "(or the business).",
            ),
            Verb("choke-points", "Nodes that others, or much of the volume, cannot go round."),
            Verb("circles", "Nodes that through others buy from themselves."),
            Verb(
                "dependence",
                "Shares of suppliers, countries, regions, goods of a node (or the "
                "business); Herfindahl.",
            ),
            Verb(
                "origins",
                "Where the exposure of a node (or the business) comes from: origins "
                "and paths, adding up.",
            ),
            Verb("paths", "All ways between two nodes, the one that carries most first."),
            Verb(
                "products",
                "Goods that flow to a node (or the business), with HS codes and what is not known.",
            ),
            Verb(
                "reach", "Which own operations and goods a node (or the busiest supplier) touches."
            ),
            Verb(
                "stop",
                "Who is short of what if a node (or the busiest supplier) stops; who "
                "has another source.",
            ),
            Verb(
                "what-if",
                "Index, exposure and rank before and after changes; the map stays as it is.",
            ),
        ),
    ),
    Verbs(
        "assets",
        "Icons, fonts and map outline for the pages.",
        lambda: lazy.assets.assets,
        (
            Verb(
                "build",
                "Copy the files the pages use, with their licences, into static/vendor.",
                is_alone=True,
            ),
        ),
    ),
    Verbs(
        "audit",
        "The log that an outsider can check.",
        lambda: lazy.audit.audit,
        (
            Verb("verify", "Check order, chain, tree and signed heads of an organisation's log."),
            Verb(
                "verify-report",
                "Tell which sealed report FILE belongs to, and whether file, facts and log agree.",
                lambda: lazy.reports.verify_report,
            ),
        ),
    ),
    Verbs(
        "backup",
        "Encrypted backups of database, files and keys.",
        lambda: lazy.backup.backup,
        (
            Verb(
                "create",
                "Write an encrypted backup while the platform runs; keys only under "
                "their own passphrase.",
            ),
            Verb(
                "restore",
                "Restore a backup into an empty place, check it there, and only then "
                "put it in force.",
            ),
            Verb("verify", "Check every byte of a backup without restoring it."),
        ),
    ),
    Verbs(
        "database",
        "Prepare the database server.",
        lambda: lazy.database.database,
        (
            Verb(
                "roles",
                "Print the SQL that makes the roles of a PostgreSQL database, for a superuser to "
                "run.",
                is_alone=True,
            ),
        ),
    ),
    Verbs(
        "demo",
        "The sample company.",
        lambda: lazy.demo.demo,
        (
            Verb(
                "load",
                "Make the sample company; a second time changes nothing. Refused beside real data.",
            ),
        ),
    ),
    Verbs(
        "files",
        "Upkeep of stored files.",
        lambda: lazy.files.files,
        (
            Verb(
                "sweep",
                "Remove files that no record names, of all organisations, a day after they were "
                "kept.",
            ),
        ),
    ),
    Verbs(
        "frameworks",
        "Laws and standards, and the evidence for each requirement.",
        lambda: lazy.frameworks.frameworks,
        (
            Verb(
                "coverage",
                "Each requirement of FRAMEWORK: covered, partly, missing. Evidence is "
                "not a judgement.",
            ),
        ),
    ),
    Verbs(
        "keys",
        "Keys of the installation.",
        lambda: lazy.keys.keys,
        (
            Verb(
                "renewed", "Record that you put a new secret into SETTING; its age counts from now."
            ),
            Verb(
                "rotate",
                "Change KEY while the platform runs; interrupted, it goes on when it is "
                "called again.",
            ),
            Verb("status", "Age of each key and secret against its period; 1: one is overdue."),
        ),
    ),
    Verbs(
        "organisations",
        "Organisations and their people.",
        lambda: lazy.organisations.organisations,
        (
            Verb("add-person", "Give a person a role and a password."),
            Verb("create", "Found an organisation."),
            Verb(
                "invite-founder",
                "Mail a link with which somebody founds an organisation in the browser.",
                lambda: lazy.founding.invite_founder,
            ),
            Verb(
                "name-officer",
                "Name the first safeguarding officer; a further one begins after the waiting "
                "period.",
                lambda: lazy.officers.name_officer,
            ),
            Verb(
                "open-case",
                "Agree to an officer's emergency access where no second officer can.",
                lambda: lazy.custody.open_case,
            ),
            Verb(
                "remove-officer",
                "Take a safeguarding officer out of an organisation; all officers are told.",
                lambda: lazy.officers.remove_officer,
            ),
        ),
    ),
    Verbs(
        "personal-data",
        "What the platform holds about a person.",
        lambda: lazy.personal_data.personal_data,
        (
            Verb("erase-case", "Destroy the key of a remediation case and print the receipt."),
            Verb("erase-person", "Anonymise an account everywhere and print the receipt."),
            Verb(
                "export",
                "Write what is held about an account into a ZIP archive of JSON files.",
            ),
            Verb(
                "replay-erasures",
                "Erase again what was erased before, after the database came from an older copy.",
            ),
        ),
    ),
    Verbs(
        "questionnaires",
        "Check, evaluate, score and export questionnaires (XLSForm).",
        lambda: lazy.forms.questionnaires,
        (
            Verb(
                "check",
                "List every fault of each FORM with its cell and the way to correct it.",
                is_alone=True,
            ),
            Verb(
                "evaluate",
                "Print the state of every question of FORM after the steps of ANSWERS.",
                is_alone=True,
            ),
            Verb(
                "export",
                "Write the shipped questionnaire REF for ODK and KoboToolbox.",
                is_alone=True,
            ),
            Verb("score", "Print the risk signals of ANSWERS to FORM.", is_alone=True),
        ),
    ),
    Verbs(
        "reference",
        "Figures on countries and goods that risk assessments rest on.",
        lambda: lazy.reference.reference,
        (
            Verb(
                "sync",
                "Install the data that came with this version; the same data again change nothing.",
            ),
        ),
    ),
    Verbs(
        "reports",
        "Sealed reports: the same facts give the same bytes.",
        lambda: lazy.reports.reports,
        (
            Verb(
                "build",
                "Seal a report and write one of its files; unchanged records give the "
                "report sealed before.",
            ),
            Verb("list-definitions", "The reports that can be made."),
        ),
    ),
    Verbs(
        "retention",
        "Periods of retention, legal holds and removal.",
        lambda: lazy.retention.retention,
        (
            Verb("apply", "Remove now what is due and not held, as the nightly job does."),
            Verb(
                "classes",
                "The retention classes: period, clock, reason, owner, and what removes them.",
            ),
            Verb("dry-run", "Count what the nightly job would remove now; nothing is changed."),
            Verb("hold", "Keep everything of a class until a day, with the reason."),
            Verb("release", "End a hold before its day."),
        ),
    ),
    Verbs(
        "risk",
        "Score risk to children and follow it through a value chain.",
        lambda: lazy.assessment.risk,
        (
            Verb(
                "assess", "Score every node and issue of a map, keep the run and print the scores."
            ),
            Verb(
                "compare-methods",
                "Score a map as of today by RM-1.0 and by RM-2.0 and print what moves. "
                "No run is kept.",
                lambda: lazy.method_comparison.compare_methods_of_map,
            ),
            Verb(
                "propagate",
                "Follow the risk of one issue through the links of GRAPH.json.",
                is_alone=True,
            ),
            Verb(
                "score",
                "Score each case of CASES.json on its own and print the scores in the same order.",
                is_alone=True,
            ),
        ),
    ),
    Verbs(
        "screening",
        "Official lists that the maps are screened against.",
        lambda: lazy.screening.screening,
        (
            Verb(
                "import",
                "Import a release of an official list: a CSV, or the saved page with its tables.",
            ),
        ),
    ),
    Verbs(
        "sessions",
        "Sessions of people who are signed in.",
        lambda: lazy.sessions.sessions,
        (
            Verb(
                "end",
                "Sign a person out everywhere, or everybody; the next page asks for the password.",
            ),
        ),
    ),
    Verbs(
        "second-factor",
        "Second factors of people.",
        lambda: lazy.second_factor.second_factor,
        (
            Verb(
                "remove",
                "Remove a person's second factor and end their sessions; a mail tells the person.",
            ),
        ),
    ),
    Verbs(
        "single-sign-on",
        "Sign-in of organisations at their own OpenID Connect providers.",
        lambda: lazy.single_sign_on.single_sign_on,
        (
            Verb("set", "Set or change the provider at which members of an organisation sign in."),
            Verb("show", "Show the provider of an organisation; the secret is never shown."),
            Verb("remove", "Remove the provider; its people sign in with their passwords."),
        ),
    ),
    Verbs(
        "value-chain",
        "Nodes and links of a map: bring lists in, send maps out.",
        lambda: lazy.map_files.value_chain,
        (
            Verb("export", "Write a map to a file; reading it elsewhere gives the same map."),
            Verb(
                "import",
                "Bring CSV, XLSX, XLS or value-chain JSON files into a map, all or nothing.",
            ),
            Verb("match", "Find likely duplicates within one list or between two.", is_alone=True),
            Verb(
                "match-pairs",
                "Score given pairs of records; each is written in the order of the list.",
                is_alone=True,
            ),
        ),
    ),
    Verbs(
        "visit-plan",
        "Questionnaires and visits for a budget, the largest gain first.",
        lambda: lazy.assessment_plan.visit_plan,
        (
            Verb(
                "export",
                "A kept plan as it was made, with a reason for each line; of one name the newest.",
            ),
            Verb(
                "propose",
                "Work a plan out for a budget. It is not kept: who keeps one stands "
                "behind it on its page.",
            ),
        ),
    ),
    Verb(
        "serve",
        "Answer browsers, with limits on bodies, headers, waiting and connections.",
        lambda: lazy.web_server.serve,
    ),
    Verb(
        "worker",
        "Do the work that pages put off: imports, assessments, mail, reports.",
        lambda: lazy.jobs.worker,
    ),
)


def register(app: Flask) -> None:
    """Hang the commands into the application."""
    for command in lazy_commands(COMMANDS):
        app.cli.add_command(command)

// A host with very many services below a directory: init scripts with their links in every level, and files of xinetd.d.
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *root;
static int failed;

static void check(int result)
{
    if (result < 0 && errno != EEXIST)
        failed = 1;
}

static void folder(const char *path)
{
    char name[512];
    snprintf(name, sizeof name, "%s%s", root, path);
    check(mkdir(name, 0755));
}

static FILE *file(const char *directory, const char *letter, unsigned number)
{
    char name[512];
    snprintf(name, sizeof name, "%s/etc/%s/%s%u", root, directory, letter, number);
    FILE *made = fopen(name, "we");
    failed |= made == NULL;
    return made;
}

// The tenth part of the scripts needs others, in chains of a few.
static void script(unsigned number)
{
    FILE *made = file("init.d", "s", number);
    if (!made)
        return;
    fprintf(made, "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: s%u\n# Required-Start: $network", number);
    if (number % 10 == 9)
        fprintf(made, " s%u s%u", number / 10, number / 2);
    fputs("\n# Default-Start: 3 5\n# Default-Stop: 0 1 2 4 6\n# Short-Description: a service\n### END INIT INFO\n", made);
    for (unsigned line = 0; line < 60; line++)
        fputs("case \"$1\" in start) echo \"some line of a script\" ;; esac\n", made);
    failed |= fclose(made) != 0;
    for (unsigned level = 0; level < 7; level++) {
        char target[64], link[512];
        snprintf(target, sizeof target, "../init.d/s%u", number);
        snprintf(link, sizeof link, "%s/etc/rc%u.d/%c50s%u", root, level, level == 3 || level == 5 ? 'S' : 'K', number);
        check(symlink(target, link));
    }
}

static void service(unsigned number)
{
    FILE *made = file("xinetd.d", "x", number);
    if (!made)
        return;
    fprintf(made, "# default: off\nservice x%u\n{\n\tsocket_type\t= stream\n\twait\t\t= no\n\tdisable\t\t= yes\n}\n", number);
    failed |= fclose(made) != 0;
}

int run_catalogue(const char *directory, unsigned scripts, unsigned services)
{
    static const char *const folders[] = { "", "/etc", "/etc/init.d", "/etc/xinetd.d", "/etc/rc0.d", "/etc/rc1.d", "/etc/rc2.d",
                                           "/etc/rc3.d", "/etc/rc4.d", "/etc/rc5.d", "/etc/rc6.d" };
    root = directory;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        folder(folders[i]);
    for (unsigned number = 0; number < scripts && !failed; number++)
        script(number);
    for (unsigned number = 0; number < services && !failed; number++)
        service(number);
    return failed;
}

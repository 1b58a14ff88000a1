using System;

namespace Roused.Inetd;

/// <summary>
/// What openbsd-inetd takes out of the environment before any server sees it, unless -E is given: what belongs to whoever started the daemon
/// (a home, a terminal, a name) or makes programs load and look for things elsewhere.
/// </summary>
internal static class Laundry
{
    private static readonly string[] Taken =
    [
        "DISPLAY=", "EDITOR=", "GROUP=", "HOME=", "IFS=", "LD_", "LOGNAME=", "MAIL=", "PATH=", "PRINTER=", "PWD=", "SHELL=", "SHLVL=",
        "SSH", "TERM", "TMP", "USER=", "VISUAL=",
    ];

    public static string[] Clean(string[] environment) => Array.FindAll(
        environment, static word => !Array.Exists(Taken, start => word.StartsWith(start, StringComparison.Ordinal)));
}

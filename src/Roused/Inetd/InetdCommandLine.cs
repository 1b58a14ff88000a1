using System;
using System.Collections.Generic;
using Rouse.Config.Inetd;
using Rouse.Linux;

namespace Roused.Inetd;

/// <summary>
/// The command lines of the inetds: short options may stand together and with their value (<c>-dq128</c>), long ones take it after
/// <c>=</c> or in the next word. An option that two inetds mean differently is taken as the chosen one means it.
/// </summary>
internal sealed partial class InetdCommandLine
{
    public const int WrongUse = 1;

    /// <summary>An option that is known and not to be had here: EX_USAGE of GNU programs is another.</summary>
    public const int NotToBeHad = 2;

    private const string DefaultFile = "/etc/inetd.conf";
    private const string DefaultDirectory = "/etc/inetd.d";
    private const string DefaultPidFile = "/run/inetd.pid";

    private readonly List<string> _files = [];

    private InetdCommandLine(InetdGrammar grammar) => Options = new InetdOptions(grammar);

    public InetdOptions Options { get; private set; }

    public bool Debug { get; private set; }

    public bool StaysInForeground { get; private set; }

    /// <summary>-E: servers get the daemon's environment as it is. Only openbsd-inetd takes anything out.</summary>
    public bool KeepsEnvironment { get; private set; }

    /// <summary>--environment.</summary>
    public bool TellsConnection { get; private set; }

    /// <summary>--resolve.</summary>
    public bool TellsNames { get; private set; }

    /// <summary>-q; null for the daemon's own.</summary>
    public int? Backlog { get; private set; }

    /// <summary>Empty for none.</summary>
    public string PidFile { get; private set; } = DefaultPidFile;

    /// <summary>The pid file was named: that it cannot be written is an error.</summary>
    public bool NamesPidFile { get; private set; }

    /// <summary>Null where the daemon chooses, "none" for no control socket.</summary>
    public string? Control { get; private set; }

    public bool ShowsHelp { get; private set; }

    public bool ShowsVersion { get; private set; }

    /// <summary>What is wrong with the command line; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The exit status that goes with <see cref="Fault"/>.</summary>
    public int FaultStatus { get; private set; } = WrongUse;

    /// <summary>The configuration: a file or directory, and what is read after it if it is there.</summary>
    public IReadOnlyList<string> Paths => _files.Count > 0 ? _files
        : Options.Grammar == InetdGrammar.Inetutils ? [DefaultFile, DefaultDirectory] : [DefaultFile];

    public static InetdCommandLine Parse(string name, string[] arguments, bool isRoot)
    {
        InetdCommandLine line = new(name == "inetutils-inetd" ? InetdGrammar.Inetutils : InetdGrammar.Debian);
        line.ChooseDialect(arguments);
        bool onlyFiles = false;
        for (int i = 0; i < arguments.Length && line.Fault is null; i++)
        {
            string word = arguments[i];
            if (onlyFiles || word.Length < 2 || word[0] != '-')
            {
                line._files.Add(ThisProcess.Absolute(word));
            }
            else if (word == "--")
            {
                onlyFiles = true;
            }
            else if (word.StartsWith("--", StringComparison.Ordinal))
            {
                line.Long(word[2..], arguments, ref i);
            }
            else
            {
                line.Short(word[1..], arguments, ref i);
            }
        }

        line.CheckFiles(isRoot);
        return line;
    }

    // The other options are read as this one says, wherever it stands.
    private void ChooseDialect(string[] arguments)
    {
        for (int i = 0; i < arguments.Length && arguments[i] != "--"; i++)
        {
            string? dialect = arguments[i].StartsWith("--dialect=", StringComparison.Ordinal) ? arguments[i]["--dialect=".Length..]
                : arguments[i] == "--dialect" && i + 1 < arguments.Length ? arguments[i + 1] : null;
            if (dialect is null)
            {
                continue;
            }

            if (InetdGrammar.Find(dialect) is { } grammar)
            {
                Options = new InetdOptions(grammar);
            }
            else
            {
                Fault = $"--dialect knows debian, openbsd, inetutils, freebsd and netbsd, not '{dialect}'";
            }
        }
    }

    private void CheckFiles(bool isRoot)
    {
        bool isDebian = Options.Grammar == InetdGrammar.Debian;
        if (Fault is null && !ShowsHelp && !ShowsVersion && isDebian && _files.Count == 0 && !isRoot)
        {
            Fault = "non-root must specify a config file";
        }
        else if (Fault is null && _files.Count > 1 && Options.Grammar != InetdGrammar.Inetutils)
        {
            Fault = "more than one argument specified";
        }
    }
}

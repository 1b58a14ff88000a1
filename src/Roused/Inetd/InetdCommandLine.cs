using System;
using System.Collections.Generic;
using System.Globalization;
using Rouse.Config.Inetd;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Roused.Inetd;

/// <summary>
/// The command lines of the inetds: short options may stand together and with their value (<c>-dq128</c>), long ones take it after
/// <c>=</c> or in the next word. An option that two inetds mean differently is taken as the chosen one means it.
/// </summary>
internal sealed class InetdCommandLine
{
    public const int WrongUse = 1;

    /// <summary>An option that is known and not to be had here: EX_USAGE of GNU programs is another.</summary>
    public const int NotToBeHad = 2;

    private const string TakesValue = "qRcCsa";
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

    private void Long(string option, string[] arguments, ref int index)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? option : option[..equals];
        string? value = equals < 0 ? null : option[(equals + 1)..];
        if (name is "rate" or "control" or "dialect" && value is null)
        {
            value = index + 1 < arguments.Length ? arguments[++index] : null;
            Fault ??= value is null ? $"option --{name} needs a value" : null;
        }
        else if (value is not null && name is not ("rate" or "control" or "dialect" or "pidfile"))
        {
            Fault = $"option --{name} takes no value";
        }

        switch (name)
        {
            case "debug":
                Debug = true;
                break;
            case "rate":
                Options = Options with { StartsPerMinute = Number("--rate", value ?? "") };
                break;
            case "pidfile":
                NamePidFile(value ?? "");
                break;
            case "control":
                Control = value is null or ControlPath.None ? value : ThisProcess.Absolute(value);
                break;
            case "dialect":
                break;
            case "environment":
                TellsConnection = true;
                break;
            case "resolve":
                Fault ??= "--resolve is not supported, as a slow name server would hold up every service; "
                    + "--environment tells servers the addresses, which they can look up themselves";
                FaultStatus = NotToBeHad;
                break;
            case "help" or "usage":
                ShowsHelp = true;
                break;
            case "version":
                ShowsVersion = true;
                break;
            default:
                Fault ??= $"unknown option --{name}";
                break;
        }
    }

    private void Short(string options, string[] arguments, ref int index)
    {
        for (int at = 0; at < options.Length && Fault is null; at++)
        {
            char option = options[at];
            string rest = options[(at + 1)..];
            if (TakesValue.Contains(option))
            {
                string? value = rest.Length > 0 ? rest : index + 1 < arguments.Length ? arguments[++index] : null;
                if (value is null)
                {
                    Fault = $"option -{option} needs a value";
                    return;
                }

                SetValue(option, value);
                return;
            }

            if (option == 'p')
            {
                SetPidFile(rest, arguments, ref index);
                return;
            }

            SetFlag(option);
        }
    }

    private void SetValue(char option, string value)
    {
        switch (option)
        {
            case 'q':
                Backlog = Number("-q", value);
                break;
            case 'R':
                Options = Options with { StartsPerMinute = Number("-R", value) };
                break;
            case 'c':
                Options = Options with { MostChildren = Number("-c", value) };
                break;
            case 'C':
                Options = Options with { PerSourcePerMinute = Number("-C", value) };
                break;
            case 's':
                Options = Options with { MostPerSource = Number("-s", value) };
                break;
            default:
                Options = Options with { Address = value };
                break;
        }
    }

    private void SetFlag(char option)
    {
        bool isFreeBsd = Options.Grammar == InetdGrammar.FreeBsd;
        switch (option)
        {
            case 'd':
                Debug = true;
                break;
            case 'i' or 'f':
                StaysInForeground = true;
                break;
            case 'E':
                KeepsEnvironment = true;
                break;
            case 'l' when isFreeBsd:
                Options = Options with { LogsConnections = true };
                break;
            case 'l' or 'w':
                Options = Options with { AsksWrappers = true };
                break;
            case 'W':
                Options = Options with { AsksWrappersForInternal = true };
                break;
            case 'h' or '?':
                ShowsHelp = true;
                break;
            case 'V':
                ShowsVersion = true;
                break;
            default:
                Fault = $"unknown option -{option}";
                FaultStatus = Options.Grammar == InetdGrammar.Inetutils ? 64 : WrongUse;
                break;
        }
    }

    // inetutils: the name, if there is one, stands in the same word. FreeBSD: it must be there, in this word or the next.
    private void SetPidFile(string rest, string[] arguments, ref int index)
    {
        InetdGrammar grammar = Options.Grammar;
        if (rest.Length > 0 || grammar == InetdGrammar.Inetutils)
        {
            NamePidFile(rest);
        }
        else if (grammar == InetdGrammar.FreeBsd && index + 1 < arguments.Length)
        {
            NamePidFile(arguments[++index]);
        }
        else
        {
            Fault = "-p is not clear: FreeBSD's inetd takes the next word as the pid file, that of inetutils writes none. "
                + "Write -pFILE or --pidfile=FILE, or --pidfile= for none";
            FaultStatus = NotToBeHad;
        }
    }

    private void NamePidFile(string path)
    {
        PidFile = path.Length == 0 ? "" : ThisProcess.Absolute(path);
        NamesPidFile = path.Length > 0;
    }

    private int Number(string option, string value)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        Fault ??= option is "-R" or "--rate"
            ? $"{option} {value}: bad value for service invocation rate"
            : $"option {option} needs a number, not '{value}'";
        return 0;
    }
}

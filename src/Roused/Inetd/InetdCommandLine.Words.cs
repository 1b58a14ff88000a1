using System;
using System.Globalization;
using Rouse.Config.Inetd;
using Rouse.Linux;
using Rouse.Server.Control;

namespace Roused.Inetd;

/// <summary>Each word of the command line.</summary>
internal sealed partial class InetdCommandLine
{
    private const string TakesValue = "qRcCsa";

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
                // The original's implies the other.
                (TellsConnection, TellsNames) = (true, true);
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

using System;
using System.Collections.Generic;
using Rouse.Runlevels;

namespace Rouse.Tools.Chkconfig;

/// <summary>What is to be done.</summary>
internal enum ChkconfigVerb
{
    List,
    Query,
    Add,
    Delete,
    Override,
    On,
    Off,
    Reset,
    ResetPriorities,
    Version,
    Help,
}

/// <summary>Which kind of service a name means.</summary>
[Flags]
internal enum ServiceKinds
{
    None = 0,
    Sysv = 1,
    Xinetd = 2,
    Any = 3,
}

/// <summary>
/// chkconfig's command line: long options before, between or behind the words, a value behind an equals sign or in the next word. Ours are
/// <c>--root</c>, <c>--id</c>, <c>--dry-run</c> and <c>--control</c>.
/// </summary>
internal sealed class ChkconfigOptions
{
    private readonly List<string> _words = [];
    private ChkconfigVerb? _verb;

    public ChkconfigVerb Verb { get; private set; }

    /// <summary>Empty where none is named.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Null where none are given.</summary>
    public Levels? Levels { get; private set; }

    public ServiceKinds Kinds { get; private set; } = ServiceKinds.Any;

    public bool IsRedirected { get; private set; } = true;

    public string Root { get; private set; } = "/";

    public string? Id { get; private set; }

    public bool IsDryRun { get; private set; }

    /// <summary>The running super-server's socket, where it is not at its usual place.</summary>
    public string? Control { get; private set; }

    /// <summary>What is wrong; the usage alone where this is empty and <see cref="IsWrong"/>.</summary>
    public string Complaint { get; private set; } = "";

    public bool IsWrong { get; private set; }

    public static ChkconfigOptions Parse(IReadOnlyList<string> arguments)
    {
        ChkconfigOptions options = new();
        bool isOver = false;
        for (int i = 0; i < arguments.Count && !options.IsWrong; i++)
        {
            string word = arguments[i];
            if (isOver || word.Length < 2 || word[0] != '-')
            {
                options._words.Add(word);
            }
            else if (word == "--")
            {
                isOver = true;
            }
            else
            {
                options.TakeOption(word, arguments, ref i);
            }
        }

        if (!options.IsWrong)
        {
            options.Conclude();
        }

        return options;
    }

    private void TakeOption(string word, IReadOnlyList<string> arguments, ref int i)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word : word[..equals];
        string? value = equals < 0 ? null : word[(equals + 1)..];
        switch (name)
        {
            case "--list":
                TakeVerb(ChkconfigVerb.List);
                break;
            case "--add":
                TakeVerb(ChkconfigVerb.Add);
                break;
            case "--del":
                TakeVerb(ChkconfigVerb.Delete);
                break;
            case "--override":
                TakeVerb(ChkconfigVerb.Override);
                break;
            case "--no-redirect":
                IsRedirected = false;
                break;
            case "--dry-run":
                IsDryRun = true;
                break;
            case "--version" or "-v":
                _verb = ChkconfigVerb.Version;
                break;
            case "--help" or "-?" or "--usage":
                _verb = ChkconfigVerb.Help;
                break;
            case "--level" or "--levels" or "--type" or "--root" or "--id" or "--control":
                if (value is null && ++i >= arguments.Count)
                {
                    Complain($"{word}: missing argument");
                    return;
                }

                TakeValue(name, value ?? arguments[i]);
                break;
            default:
                Complain($"{word}: unknown option");
                break;
        }
    }

    private void TakeVerb(ChkconfigVerb verb)
    {
        if (_verb is not null && _verb != verb)
        {
            Complain("only one of --list, --add, --del, or --override may be specified");
        }

        _verb = verb;
    }

    private void TakeValue(string option, string value)
    {
        switch (option)
        {
            case "--type":
                Kinds = value switch { "sysv" => ServiceKinds.Sysv, "xinetd" => ServiceKinds.Xinetd, _ => ServiceKinds.None };
                if (Kinds == ServiceKinds.None)
                {
                    Complain("--type must be 'sysv' or 'xinetd'");
                }

                break;
            case "--root":
                Root = value;
                break;
            case "--id":
                Id = value;
                break;
            case "--control":
                Control = value;
                break;
            default:
                if (!Runlevels.Levels.TryParse(value, out Levels levels))
                {
                    // The original shows its usage alone.
                    Complain($"{option}: '{value}' is no set of runlevels; write digits of 0 to 6 in one word, such as 345");
                }

                Levels = levels;
                break;
        }
    }

    private void Conclude()
    {
        Name = _words.Count > 0 ? _words[0] : "";
        switch (_verb)
        {
            case ChkconfigVerb.Version or ChkconfigVerb.Help:
                Verb = _verb.Value;
                return;
            case ChkconfigVerb.List:
                Verb = ChkconfigVerb.List;
                IsWrong = _words.Count > 1;
                return;
            case { } verb:
                Verb = verb;
                IsWrong = _words.Count != 1;
                return;
            default:
                break;
        }

        if (_words.Count == 0)
        {
            Verb = ChkconfigVerb.List;
        }
        else if (_words.Count == 1)
        {
            Verb = ChkconfigVerb.Query;
            if (Levels is { IsSingle: false })
            {
                Complain("only one runlevel may be specified for a chkconfig query");
            }
        }
        else
        {
            Verb = _words[1] switch
            {
                "on" => ChkconfigVerb.On,
                "off" => ChkconfigVerb.Off,
                "reset" => ChkconfigVerb.Reset,
                "resetpriorities" => ChkconfigVerb.ResetPriorities,
                _ => ChkconfigVerb.Help,
            };
            IsWrong = _words.Count > 2 || Verb == ChkconfigVerb.Help;
        }
    }

    private void Complain(string text)
    {
        IsWrong = true;
        Complaint = Complaint.Length == 0 ? text : Complaint;
    }
}

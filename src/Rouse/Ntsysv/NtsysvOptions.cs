using System;
using System.Collections.Generic;
using Rouse.Runlevels;

namespace Rouse.Tools.Ntsysv;

/// <summary>The words of ntsysv(8).</summary>
internal sealed record NtsysvOptions
{
    public const string Usage =
        "usage: ntsysv [--back] [--level LEVELS] [--root DIR] [--control PATH]\n"
        + "       ntsysv --help | --version\n";

    /// <summary>The second button goes back, not away: for programs that call this one.</summary>
    public bool Back { get; private init; }

    public Levels Levels { get; private init; } = Levels.Usual;

    public string Root { get; private init; } = "/";

    /// <summary>Null: the usual one, where the root is this machine's.</summary>
    public string? Control { get; private init; }

    public bool Help { get; private init; }

    public bool Version { get; private init; }

    /// <summary>What is wrong with the words; empty where nothing is.</summary>
    public string Fault { get; private init; } = "";

    public static NtsysvOptions Parse(IReadOnlyList<string> words)
    {
        NtsysvOptions options = new();
        for (int i = 0; i < words.Count && options.Fault.Length == 0; i++)
        {
            int equals = words[i].StartsWith("--", StringComparison.Ordinal) ? words[i].IndexOf('=', StringComparison.Ordinal) : -1;
            string name = equals < 0 ? words[i] : words[i][..equals];
            string? Value() => equals >= 0 ? words[i][(equals + 1)..] : i + 1 < words.Count ? words[++i] : null;
            options = name switch
            {
                "--back" when equals < 0 => options with { Back = true },
                "--help" or "-h" or "-?" when equals < 0 => options with { Help = true },
                "--version" when equals < 0 => options with { Version = true },
                "--level" or "--levels" => options.WithLevels(name, Value()),
                "--root" => Value() is { Length: > 0 } root ? options with { Root = root } : Missing(name, "a directory"),
                "--control" => Value() is { Length: > 0 } path ? options with { Control = path } : Missing(name, "a path"),
                _ => new NtsysvOptions { Fault = $"{words[i]}: unknown option" },
            };
        }

        return options;
    }

    private NtsysvOptions WithLevels(string name, string? value) => value switch
    {
        null => Missing(name, "runlevels, such as 345"),
        _ when Levels.TryParse(value, out Levels levels) => this with { Levels = levels },
        _ => new NtsysvOptions { Fault = $"{name}: '{value}' is no word of runlevels; write digits of 0 to 6, such as 345" },
    };

    private static NtsysvOptions Missing(string name, string what) => new() { Fault = $"{name} needs {what}" };
}

using System;
using System.Buffers;
using System.Text;

namespace Rouse.Runlevels.Scripts;

/// <summary>A word that a script gives away, and the line that it stands in, counted from 1.</summary>
public readonly record struct ScriptHint(string Value, int Line)
{
    public bool IsGiven => Value is { Length: > 0 };
}

/// <summary>
/// What an init script says of its program beside its header: the comments <c>pidfile:</c> and <c>processname:</c>, and what it assigns to
/// the variables that scripts have by custom. The script is not run, and what would need a shell to know is not known: good for a guess.
/// </summary>
public sealed record ScriptHints
{
    private static readonly SearchValues<char> EndOfWord = SearchValues.Create(" \t;#&|");
    private static readonly SearchValues<char> ForTheShell = SearchValues.Create("$`\\*?(){}<> \t");

    public ScriptHint PidFile { get; private init; }

    public ScriptHint ProcessName { get; private init; }

    /// <summary>An absolute path.</summary>
    public ScriptHint Program { get; private init; }

    public ScriptHint Port { get; private init; }

    public ScriptHint User { get; private init; }

    /// <summary>It has a verb <c>reload</c>.</summary>
    public bool Reloads { get; private init; }

    public static ScriptHints Read(ReadOnlySpan<byte> script)
    {
        ScriptHints hints = new();
        int number = 0;
        foreach (Range range in script.Split((byte)'\n'))
        {
            number++;
            string line = Encoding.Latin1.GetString(script[range]).Trim();
            hints = line.StartsWith('#') ? hints.WithComment(line.TrimStart('#').Trim(), number) : hints.WithCommand(line, number);
        }

        return hints;
    }

    private ScriptHints WithComment(string text, int line)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string value = colon < 0 ? "" : FirstWord(text[(colon + 1)..].Trim());
        return value.Length == 0 ? this : text[..colon] switch
        {
            "pidfile" when value[0] == '/' => this with { PidFile = Keep(PidFile, value, line) },
            "processname" => this with { ProcessName = Keep(ProcessName, value, line) },
            _ => this,
        };
    }

    private ScriptHints WithCommand(string text, int line)
    {
        ScriptHints hints = Reloads || !NamesReload(text) ? this : this with { Reloads = true };
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string value = equals <= 0 ? "" : Assigned(text[(equals + 1)..]);
        if (value.Length == 0)
        {
            return hints;
        }

        string name = text[..equals].ToUpperInvariant();
        name = name.StartsWith("EXPORT ", StringComparison.Ordinal) ? name["EXPORT ".Length..].Trim() : name;
        return name switch
        {
            "DAEMON" or "EXEC" or "PROG" or "SERVER" or "BINARY" when value[0] == '/' => hints with { Program = Keep(Program, value, line) },
            "PIDFILE" or "PID_FILE" when value[0] == '/' => hints with { PidFile = Keep(PidFile, value, line) },
            "PORT" => hints with { Port = Keep(Port, value, line) },
            "USER" or "DAEMON_USER" or "RUN_AS" => hints with { User = Keep(User, value, line) },
            _ => hints,
        };
    }

    // The first one counts, as the one that is written down for people to see.
    private static ScriptHint Keep(in ScriptHint known, string value, int line) => known.IsGiven ? known : new ScriptHint(value, line);

    // In quotes or up to a blank; empty where a shell would have to say what it is.
    private static string Assigned(string text)
    {
        char quote = text.Length > 0 && text[0] is '"' or '\'' ? text[0] : '\0';
        int end = quote == '\0' ? text.AsSpan().IndexOfAny(EndOfWord) : text.IndexOf(quote, 1);
        string value = quote == '\0' ? end < 0 ? text : text[..end] : end < 0 ? "" : text[1..end];
        return value.AsSpan().IndexOfAny(ForTheShell) < 0 ? value : "";
    }

    private static string FirstWord(string text)
    {
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? text : text[..end];
    }

    // A case's label or a usage line: reload) |reload| {reload|
    private static bool NamesReload(string text)
    {
        const string Verb = "reload";
        for (int at = 0; (at = text.IndexOf(Verb, at, StringComparison.Ordinal)) >= 0; at += Verb.Length)
        {
            char before = at == 0 ? '|' : text[at - 1];
            char after = at + Verb.Length == text.Length ? ' ' : text[at + Verb.Length];
            if (before is '|' or '{' or '(' or ' ' or '"' or '\'' && after is ')' or '|' or '}')
            {
                return true;
            }
        }

        return false;
    }
}

using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Rouse.Config.Text;
using Rouse.Linux;

namespace Rouse.Tools.Wrappers;

/// <summary>
/// A line of inetd.conf as far as the rules of tcp_wrappers are concerned: which program it starts, and under which name that asks the
/// rules. Dialects differ in the fields before, so the program is looked for where a path stands.
/// </summary>
internal sealed record InetdLine(SourceSpan Span, string Protocol, string Path, string Name, string NextArgument)
{
    /// <summary>Where tcpd looks for servers that are named without a path.</summary>
    public const string DaemonDirectory = "/usr/sbin";

    /// <summary>The name that rules are written for.</summary>
    public string Daemon => Name.StartsWith('/') ? BaseName(Name) : Name;

    public bool IsTcpd => Same(BaseName(Path), "tcpd");

    /// <summary>The server that is started in the end.</summary>
    public string Server => !IsTcpd ? Path : Name.StartsWith('/') ? Name : $"{DaemonDirectory}/{Name}";

    public WrapStatus Status
    {
        get
        {
            if (IsTcpd || Same(BaseName(Path), "miscd"))
            {
                return WrapStatus.Wrapped;
            }

            // A server of the same name elsewhere may be the real one, with tcpd in its place here.
            string real = $"{DaemonDirectory}/{Name}";
            return Same(Path, real) || Files.KindOf(real) == FileKind.Missing ? WrapStatus.Not : WrapStatus.Perhaps;
        }
    }

    /// <summary>False where the line is no entry, one of an internal service, or not whole.</summary>
    public static bool TryRead(SourceFile file, int number, [NotNullWhen(true)] out InetdLine? line)
    {
        line = null;
        string text = SourceFile.Decode(file.Line(number));
        string[] words = text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].StartsWith('#'))
        {
            return false;
        }

        // service, socket type, protocol, wait, user, server, arguments; System V's has no service, some have no user.
        Queue<string> rest = new(words);
        string service = rest.Dequeue();
        if (!Same(service, "stream") && !Same(service, "dgram"))
        {
            _ = rest.TryDequeue(out _);
        }

        _ = rest.TryDequeue(out string? protocol);
        _ = rest.TryDequeue(out _);
        if (!rest.TryDequeue(out string? path) || (!path.StartsWith('/') && !rest.TryDequeue(out path)))
        {
            return false;
        }

        path = path.TrimStart('?');
        if (Same(path, "internal") || (IsNumber(path, '-') && !rest.TryDequeue(out path)))
        {
            return false;
        }

        if (!rest.TryDequeue(out string? name) || (IsNumber(name, '0') && !rest.TryDequeue(out name)))
        {
            return false;
        }

        _ = rest.TryDequeue(out string? next);
        line = new InetdLine(new SourceSpan(file, file.StartOf(number), text.Length), protocol ?? "", path, name, next ?? "");
        return true;
    }

    /// <summary>The line is an entry that ends before its server's name.</summary>
    public static bool IsIncomplete(SourceFile file, int number)
    {
        // The entry would be whole if it went on.
        string text = SourceFile.Decode(file.Line(number));
        string[] words = text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 5 && !words[0].StartsWith('#') && !Array.Exists(words, static word => Same(word, "internal"));
    }

    public static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    public static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static bool IsNumber(string word, char besides)
    {
        foreach (char c in word)
        {
            if (!char.IsAsciiDigit(c) && c != besides)
            {
                return false;
            }
        }

        return true;
    }
}

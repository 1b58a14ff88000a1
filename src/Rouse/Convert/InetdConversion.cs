using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Inetd;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Tools.Convert;

/// <summary>One service of a converted file: its entry's text, and a name for a file of its own.</summary>
internal sealed record ConvertedService(string FileName, byte[] Text);

/// <summary>
/// inetd.conf as entries of xinetd.conf that mean the same to this super-server: read back, each gives the definition that -inetd_compat
/// makes of the line. Comments come along, and so do lines that Debian's update-inetd has switched off. What cannot be converted stays
/// as a comment with the reason.
/// </summary>
internal sealed class InetdConversion
{
    private readonly HashSet<string> _fileNames = new(StringComparer.Ordinal);
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly List<ConvertedService> _services = [];
    private readonly ArrayBufferWriter<byte> _whole = new();

    private InetdConversion()
    {
    }

    /// <summary>What is wrong with lines, in their order.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

    public IReadOnlyList<ConvertedService> Services => _services;

    /// <summary>All services in one file, with defaults before them.</summary>
    public ReadOnlySpan<byte> Whole => _whole.WrittenSpan;

    public bool IsComplete { get; private set; } = true;

    public static InetdConversion Of(SourceFile file, IConfigHost host, InetdGrammar? grammar = null)
    {
        InetdConversion conversion = new();
        conversion.WriteHead(file.Path);
        InetdParser parser = new(file, host, grammar ?? InetdGrammar.Debian);
        for (int number = 1; number <= file.LineCount;)
        {
            number = conversion.Convert(file, parser, number);
        }

        return conversion;
    }

    private void WriteHead(string path)
    {
        EntryText text = new(_whole);
        text.Write(
            $"""
            # {Visible(path)}, converted by rouse convert.
            # What inetd has no words for is worth a look: only_from, per_source, instances, cps; see xinetd.conf(5).


            """);
        text.Begin("defaults");
        text.Attribute("log_type", "SYSLOG daemon info");
        text.Attribute("log_on_success", "HOST PID");
        text.Attribute("log_on_failure", "HOST");
        text.End();
    }

    // The line to go on with.
    private int Convert(SourceFile file, InetdParser parser, int number)
    {
        if (parser.TryReadOff(number, out InetdEntry? off))
        {
            Take(off!, isOff: true);
            return number + 1;
        }

        List<InetdEntry> entries = [];
        int next = parser.Read(number, entries);
        foreach (InetdEntry entry in entries)
        {
            Convert(file, entry);
        }

        if (parser.Stop is { } stop)
        {
            IsComplete = false;
            _diagnostics.Add(stop);
            new EntryText(_whole).Write($"# What follows is not converted: {stop.Message}\n");
            for (int rest = number; rest <= file.LineCount; rest++)
            {
                new EntryText(_whole).Write($"#   {Visible(SourceFile.Decode(file.Line(rest)))}\n");
            }

            return next;
        }

        ReadOnlySpan<byte> line = file.Line(number);
        if (entries.Count == 0 && !line.Trim(" \t\r\v\f"u8).IsEmpty)
        {
            // A line of nothing but addresses: what it says stands in each entry.
            string mark = line.TrimStart(" \t\r\v\f"u8)[0] == (byte)'#' ? "" : "# ";
            new EntryText(_whole).Write($"{mark}{Visible(SourceFile.Decode(line))}\n");
        }

        return next;
    }

    private void Convert(SourceFile file, InetdEntry entry)
    {
        if (entry.IsBroken)
        {
            _diagnostics.AddRange(entry.Diagnostics());
            foreach (Diagnostic diagnostic in entry.Diagnostics())
            {
                Leave(entry, diagnostic.Message);
            }

            ShowLeft(entry);
        }
        else if (entry.IsLocal)
        {
            LeaveOut(file, entry, Codes.InetdLocalSocket, "xinetd.conf has no UNIX sockets");
        }
        else if (HasQuotes(entry))
        {
            LeaveOut(file, entry, Codes.InetdKeyValues, "xinetd.conf has no quotes, and a word of it holds a blank, or nothing");
        }
        else
        {
            _diagnostics.AddRange(entry.Diagnostics());
            Take(entry, entry.IsOff);
        }
    }

    private void LeaveOut(SourceFile file, InetdEntry entry, string code, string why)
    {
        _diagnostics.Add(new(code, Severity.Warning, entry.Name.In(file), $"this line is not converted: {why}. Let inetd go on serving it."));
        Leave(entry, $"{why}.");
        ShowLeft(entry);
    }

    private void Leave(InetdEntry entry, string why)
    {
        IsComplete = false;
        new EntryText(_whole).Write($"# Line {entry.File.Position(entry.Line.Start).Line} is not converted: {why}\n");
    }

    private void ShowLeft(InetdEntry entry)
    {
        foreach (string line in entry.Text(entry.Line).Split('\n'))
        {
            new EntryText(_whole).Write($"#   {Visible(line)}\n");
        }

        new EntryText(_whole).Write($"\n");
    }

    private static bool HasQuotes(InetdEntry entry)
    {
        foreach (string word in (string[])[entry.ServerPath ?? "/", .. entry.ArgumentWords ?? []])
        {
            if (word.Length == 0 || word.AsSpan().ContainsAnyInRange('\0', ' '))
            {
                return true;
            }
        }

        return false;
    }

    // xinetd.conf binds a service to one address.
    private void Take(InetdEntry entry, bool isOff)
    {
        string addresses = entry.Text(entry.Addresses);
        if (addresses.Length == 0 || addresses == "*" || entry.IsTcpmux)
        {
            Take(entry, isOff, "");
            return;
        }

        foreach (string address in addresses.Split(','))
        {
            Take(entry, isOff, address is ['[', .., ']'] ? address[1..^1] : address);
        }
    }

    private void Take(InetdEntry entry, bool isOff, string address)
    {
        ArrayBufferWriter<byte> buffer = new();
        EntryText text = new(buffer);
        if (entry.StartsPerMinute is int most)
        {
            text.Write($"# inetd starts it at most {most} times a minute; here as many may come in a second before it is closed.\n");
        }

        if (entry.PerSourcePerMinute is > 0 and int perMinute)
        {
            text.Write($"# Lost: at most {perMinute} connections a minute from one address. per_source limits how many it has at a time.\n");
        }

        if (entry.Buffers != default)
        {
            text.Write($"# Lost: sndbuf {entry.Buffers.Send}, rcvbuf {entry.Buffers.Receive} (0: the system's). xinetd.conf has no words for them.\n");
        }

        if (entry.Text(entry.Server).EndsWith("/tcpd", StringComparison.Ordinal))
        {
            text.Write("# tcpd asks the rules of tcp_wrappers. To have the daemon ask them, name the server itself and take NOLIBWRAP out.\n");
        }

        text.Begin($"service {entry.Text(entry.Name)}");
        WriteKind(text, entry, isOff, address);
        WriteServer(text, entry);
        text.End();
        _whole.Write(buffer.WrittenSpan);
        _services.Add(new ConvertedService(FileNameOf(entry), buffer.WrittenSpan.ToArray()));
    }

    private static void WriteKind(EntryText text, InetdEntry entry, bool isOff, string address)
    {
        if (isOff)
        {
            text.Attribute("disable", "yes");
        }

        if (entry.Types != ServiceTypes.None)
        {
            text.Attribute("type", Words(entry.Types));
        }

        if (address.Length > 0)
        {
            // Entries that differ in their address only need ids of their own.
            text.Attribute("id", $"{entry.Id ?? entry.Text(entry.Name)}-{address}");
            text.Attribute("bind", address);
        }
        else if (entry.Id is not null)
        {
            text.Attribute("id", entry.Id);
        }

        // Without a family xinetd serves both, as openbsd-inetd does with two services.
        ServiceFlags flags = entry.Family == InetdFamily.Each ? entry.Flags & ~ServiceFlags.IPv4 : entry.Flags;
        if (flags != ServiceFlags.None)
        {
            text.Attribute("flags", Words(flags));
        }

        text.Attribute("socket_type", entry.SocketTypeText);
        text.Attribute("protocol", entry.Text(entry.Protocol));
        if (entry.IsNumeric)
        {
            text.Attribute("port", entry.Text(entry.Name));
        }

        if (entry.IsRpc)
        {
            text.Attribute("rpc_version", entry.Text(entry.Versions));
        }

        if (entry.Family == InetdFamily.IPv6)
        {
            text.Attribute("v6only", "yes");
        }
    }

    private static void WriteServer(EntryText text, InetdEntry entry)
    {
        text.Attribute("wait", entry.Wait ? "yes" : "no");
        text.Attribute("user", entry.Text(entry.User));
        if (entry.Group.Length > 0)
        {
            text.Attribute("group", entry.Text(entry.Group));
        }

        text.Attribute("groups", "yes");
        if (entry.MostChildren is > 0 and int instances)
        {
            text.Attribute("instances", instances.ToString(CultureInfo.InvariantCulture));
        }

        if (entry.MostPerSource is > 0 and int perSource)
        {
            text.Attribute("per_source", perSource.ToString(CultureInfo.InvariantCulture));
        }

        if (entry.Cps is { } cps)
        {
            text.Attribute("cps", string.Create(CultureInfo.InvariantCulture, $"{cps.Rate} {cps.WaitSeconds}"));
        }

        if (!entry.IsInternal)
        {
            text.Attribute("server", entry.ServerPath ?? entry.Text(entry.Server));
            if (entry.Arguments.Length > 0)
            {
                text.Attribute("server_args", entry.ArgumentWords is { } words ? string.Join(' ', words) : entry.Text(entry.Arguments));
            }
        }
    }

    // includedir passes over names with a dot or a tilde; a slash would leave the directory.
    private string FileNameOf(InetdEntry entry)
    {
        string name = string.Create(entry.Name.Length, entry.Text(entry.Name), static (to, from) =>
        {
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '-' or '_' or '+' ? from[i] : '_';
            }
        });
        string candidate = name;
        for (int i = 1; !_fileNames.Add(candidate); i++)
        {
            candidate = i == 1 ? $"{name}-{(entry.SocketTypeText == "dgram" ? "dgram" : "stream")}" : $"{name}-{i}";
        }

        return candidate;
    }

    // The words of a set, as xinetd.conf writes them: the names of the type but for their case.
    private static string Words(Enum set) => set.ToString().Replace(",", "", StringComparison.Ordinal) is var words && set is ServiceFlags
        ? words.ToUpperInvariant().Replace("IPV", "IPv", StringComparison.Ordinal)
        : words.ToUpperInvariant();

    // A comment must stay on its line, whatever bytes it holds.
    private static string Visible(string text) => text.Replace('\r', ' ').Replace('\0', ' ');
}

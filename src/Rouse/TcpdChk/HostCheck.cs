using System;
using System.Buffers;
using System.Collections.Generic;
using Rouse.Access.Wrappers;
using Rouse.Config.Text;
using Rouse.Linux;
using Rouse.Server.Names;
using Rouse.Tools.Wrappers;

namespace Rouse.Tools.TcpdChk;

/// <summary>Asks the C library about the hosts and netgroups that rules name. Each is asked about once; may wait for name servers.</summary>
internal sealed class HostCheck(Warnings warnings)
{
    private static readonly string[] Words = ["ALL", "KNOWN", "UNKNOWN", "PARANOID", "LOCAL"];

    private static readonly SearchValues<char> NumberLetters = SearchValues.Create("0123456789.");

    private readonly Dictionary<string, int> _addresses = new(StringComparer.OrdinalIgnoreCase);

    public static bool IsReserved(string word) => Array.Exists(Words, reserved => WrapperNames.Is(reserved, word));

    /// <summary>Returns how many addresses the pattern's host has; 1 where the pattern is none of a single host.</summary>
    public int Check(string pattern, SourceSpan span)
    {
        if (pattern.Length == 0 || IsReserved(pattern) || pattern[0] == '/')
        {
            return 1;
        }

        if (pattern[0] == '@')
        {
            if (_addresses.TryAdd(pattern, 1) && !Netgroups.HasMembers(pattern[1..]))
            {
                warnings.Add($"{span}: {pattern[1..]}: unknown or empty netgroup");
            }

            return 1;
        }

        if (pattern.AsSpan().ContainsAny('*', '?') || pattern.Contains('/'))
        {
            return 1;
        }

        bool isNumber = pattern.AsSpan().IndexOfAnyExcept(NumberLetters) < 0;
        if (pattern[0] == '.' || pattern[^1] == '.')
        {
            TellOfDots(pattern, isNumber, span);
            return 1;
        }

        string host = pattern[0] == '[' && pattern[^1] == ']' ? pattern[1..^1] : pattern;
        if (!_addresses.TryGetValue(host, out int count))
        {
            count = host is "0.0.0.0" or "255.255.255.255" ? 1 : LookUp(host, span);
            _addresses.Add(host, count);
        }

        return count;
    }

    /// <summary>The patterns in a file that a rule names.</summary>
    public void CheckList(string path)
    {
        if (!Files.Read(path, out byte[] bytes).Ok)
        {
            return;
        }

        SourceFile file = new(path, bytes);
        for (int number = 1; number <= file.LineCount && bytes.Length > 0; number++)
        {
            string line = SourceFile.Decode(file.Line(number));
            int at = 0;
            foreach (string word in line.Split([' ', '\t', '\v', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries))
            {
                at = line.IndexOf(word, at, StringComparison.Ordinal);
                Check(word, new SourceSpan(file, file.StartOf(number) + at, word.Length));
                at += word.Length;
            }
        }
    }

    private void TellOfDots(string pattern, bool isNumber, SourceSpan span)
    {
        if (isNumber && pattern[0] == '.')
        {
            warnings.Add($"{span}: {pattern}: network number begins with dot");
        }
        else if (!isNumber && pattern[^1] == '.')
        {
            warnings.Add($"{span}: {pattern}: domain or host name ends in dot");
        }
    }

    private int LookUp(string host, SourceSpan span)
    {
        IReadOnlyList<SocketAddress>? addresses = HostNames.ReadNumeric(host) is { } numeric ? [numeric] : null;
        string? official = host;
        addresses ??= HostNames.ResolveAll(host, AddressFamily.Unspecified, out official);
        if (addresses is null)
        {
            warnings.Add($"{span}: {host}: host not found");
            return 0;
        }

        if (!WrapperNames.Is(host, official ?? ""))
        {
            warnings.Add($"{span}: {host}: hostname alias, and no host is seen under it (official name: {official ?? "unknown"})");
        }

        foreach (SocketAddress address in addresses)
        {
            WrapperName name = CheckedHostName.Of(address, out string? trouble);
            if (name.State != WrapperNameState.Known)
            {
                warnings.Add($"{span}: host address {HostNames.NumericNameOf(address)}: {trouble ?? "name lookup failed"}");
            }
        }

        return addresses.Count;
    }
}

using System;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using Rouse.Access.Wrappers;

namespace Rouse.Access.Tests.Wrappers;

/// <summary>Who asks, with everything that could be found out.</summary>
internal sealed record ModelWorld(string Daemon, string Client, string Name, string User, string Server, string ServerName, int Port, string[] Netgroups);

/// <summary>
/// The rules gone through word by word, as slowly and plainly as can be: each pattern by what the manual says of it, on text, with no
/// table and nothing kept. Only for rules without mistakes.
/// </summary>
internal static class WrapperModel
{
    public static WrapperOutcome Decide(string allow, string deny, ModelWorld world) =>
        First(allow, world) is { } granting ? Outcome(granting, WrapperOutcome.Granted)
        : First(deny, world) is { } denying ? Outcome(denying, WrapperOutcome.Denied)
        : WrapperOutcome.Granted;

    /// <summary>The first rule that fits, as its fields.</summary>
    private static string[]? First(string text, ModelWorld world) => text.Replace("\\\n", "", StringComparison.Ordinal).Split('\n')
        .Where(line => line.Trim().Length > 0 && line[0] != '#')
        .Select(line => Regex.Split(line, """:(?![^\[]*\])"""))
        .FirstOrDefault(fields => List(fields[0], word => Daemon(word, world)) && List(fields[1], word => Client(word, world)));

    private static WrapperOutcome Outcome(string[] fields, WrapperOutcome ofFile) => fields[^1].Trim() switch
    {
        _ when fields.Length < 3 => ofFile,
        "ALLOW" => WrapperOutcome.Granted,
        "DENY" => WrapperOutcome.Denied,
        var option when option.StartsWith("twist ", StringComparison.Ordinal) => WrapperOutcome.Twisted,
        _ => ofFile,
    };

    private static bool List(string text, Func<string, bool> fits)
    {
        string[] words = text.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int except = Array.IndexOf(words, "EXCEPT");
        return except < 0 ? words.Any(fits) : words[..except].Any(fits) && !List(string.Join(' ', words[(except + 1)..]), fits);
    }

    private static bool Daemon(string word, ModelWorld world)
    {
        int at = word.IndexOf('@', 1);
        string daemon = at < 0 ? word : word[..at];
        bool fits = int.TryParse(daemon, out int port) ? port == world.Port : Text(daemon, world.Daemon);
        return fits && (at < 0 || Host(word[(at + 1)..], world.Server, world.ServerName, []));
    }

    private static bool Client(string word, ModelWorld world)
    {
        int at = word.IndexOf('@', 1);
        return at < 0
            ? Host(word, world.Client, world.Name, world.Netgroups)
            : Host(word[(at + 1)..], world.Client, world.Name, world.Netgroups) && Text(word[..at], world.User);
    }

    private static bool Host(string pattern, string address, string name, string[] netgroups)
    {
        bool isKnown = name is not ("unknown" or "paranoid");
        if (pattern[0] == '@')
        {
            return netgroups.Contains(pattern[1..]);
        }

        switch (pattern)
        {
            case "KNOWN":
                return isKnown;
            case "LOCAL":
                return isKnown && !name.Contains('.');
        }

        if (pattern.Contains('/') || pattern[0] == '[')
        {
            string[] parts = pattern.Split('/');
            return InNetwork(IPAddress.Parse(parts[0].Trim('[', ']')), parts.Length > 1 ? parts[1] : "128", IPAddress.Parse(address));
        }

        return Text(pattern, address) || (pattern.Any(c => !char.IsAsciiDigit(c) && c != '.') && Text(pattern, name));
    }

    private static bool InNetwork(IPAddress network, string mask, IPAddress address)
    {
        byte[] net = network.GetAddressBytes();
        byte[] host = address.GetAddressBytes();
        if (net.Length != host.Length)
        {
            return false;
        }

        byte[] bits = mask.Contains('.')
            ? IPAddress.Parse(mask).GetAddressBytes()
            : [.. Enumerable.Range(0, net.Length).Select(i => (byte)(0xff00 >> Math.Clamp(int.Parse(mask) - (8 * i), 0, 8)))];
        return Enumerable.Range(0, net.Length).All(i => (host[i] & bits[i]) == (net[i] & bits[i]));
    }

    private static bool Text(string pattern, string text)
    {
        pattern = pattern.ToLowerInvariant();
        text = text.ToLowerInvariant();
        return pattern switch
        {
            _ when pattern.Contains('*') || pattern.Contains('?') =>
                Regex.IsMatch(text, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$"),
            _ when pattern[0] == '.' => text.Length > pattern.Length && text.EndsWith(pattern, StringComparison.Ordinal),
            "all" => true,
            "known" => text != "unknown",
            _ when pattern[^1] == '.' => text.StartsWith(pattern, StringComparison.Ordinal),
            _ => pattern == text,
        };
    }
}

using System;
using System.Collections.Generic;

namespace Rouse.Access.Wrappers;

/// <summary>A word of a list, and where in its line it stands.</summary>
internal readonly record struct RuleWord(string Text, int Index)
{
    public bool IsExcept => AsciiText.Same(Text, "EXCEPT");
}

/// <summary>How a rule's line falls into fields and words.</summary>
internal static class RuleSyntax
{
    private const string Separators = ", \t\r\n";

    /// <summary>Blank, or a comment: <c>#</c> counts at the line's very beginning only.</summary>
    public static bool IsNoRule(string text) => text.StartsWith('#') || text.AsSpan().IndexOfAnyExcept(" \t\r\n") < 0;

    /// <summary>The first <paramref name="wanted"/> outside of brackets (IPv6 addresses have colons) at or after a place; or -1.</summary>
    public static int Find(ReadOnlySpan<char> text, char wanted, int from = 0)
    {
        int depth = 0;
        for (int i = from; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '[':
                    depth++;
                    break;
                case ']':
                    // May fall below zero, where nothing is found either, as in the original.
                    depth--;
                    break;
                default:
                    if (depth == 0 && text[i] == wanted)
                    {
                        return i;
                    }

                    break;
            }
        }

        return -1;
    }

    /// <summary>The words between <paramref name="start"/> and <paramref name="end"/>, split at blanks and commas.</summary>
    public static List<RuleWord> Words(string text, int start, int end)
    {
        List<RuleWord> words = [];
        int at = start;
        while (at < end)
        {
            if (Separators.Contains(text[at]))
            {
                at++;
                continue;
            }

            int length = text.AsSpan(at, end - at).IndexOfAny(Separators);
            length = length < 0 ? end - at : length;
            words.Add(new RuleWord(text.Substring(at, length), at));
            at += length;
        }

        return words;
    }

    /// <summary>
    /// An IPv6 address without brackets as the last client: <c>ALL: 2001:db8::1</c> has its second colon where the address goes on.
    /// </summary>
    /// <param name="text">The rule.</param>
    /// <param name="colon">The first colon.</param>
    /// <param name="second">The second colon, or -1.</param>
    /// <param name="address">The address, without what follows it.</param>
    /// <param name="prefix">What follows it directly, such as <c>/48</c>; null where more words follow.</param>
    public static bool TryFindBareIpv6(string text, int colon, int second, out RuleWord address, out string? prefix)
    {
        address = default;
        prefix = null;
        if (second < 0)
        {
            return false;
        }

        List<RuleWord> clients = Words(text, colon + 1, second);
        int start = clients.Count == 0 ? colon + 1 : clients[^1].Index;
        start += text.Length - start - text.AsSpan(start).TrimStart(" \t").Length;
        ReadOnlySpan<char> rest = text.AsSpan(start).TrimEnd(" \t\r");
        int length = rest.IndexOfAny(", \t/");
        ReadOnlySpan<char> word = length < 0 ? rest : rest[..length];
        if (!word.Contains("::", StringComparison.Ordinal) || !QuadText.TryReadV6(word, out _))
        {
            return false;
        }

        address = new RuleWord(word.ToString(), start);
        prefix = rest[word.Length..].ContainsAny(Separators) ? null : rest[word.Length..].ToString();
        return true;
    }

    /// <summary>Splits <c>name@host</c>; a leading <c>@</c> (a netgroup) does not count. False where there is no host.</summary>
    public static bool TrySplitHost(string word, out string name, out string host)
    {
        int at = word.Length < 2 ? -1 : Find(word, '@', 1);
        name = at < 0 ? word : word[..at];
        host = at < 0 ? "" : word[(at + 1)..];
        return at >= 0;
    }
}

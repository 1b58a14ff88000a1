using System;
using System.Collections.Generic;

namespace Rouse.Access.Wrappers;

/// <summary>How a rule is kept.</summary>
internal enum RuleForm : byte
{
    /// <summary>As an object, with all that was read of it.</summary>
    Written,

    /// <summary>As the number of its line: plain, without options.</summary>
    Plain,

    /// <summary>The same with the one option ALLOW.</summary>
    PlainAllow,

    /// <summary>The same with the one option DENY.</summary>
    PlainDeny,
}

/// <summary>
/// The line of a rule that consists of daemons' names and <see cref="PlainWord"/>s, with ALLOW or DENY behind them at most, and that nothing
/// is to be told of. What such a rule means is in its text: nothing else need be kept of it.
/// </summary>
internal readonly ref struct PlainLine
{
    private PlainLine(ReadOnlySpan<byte> daemons, ReadOnlySpan<byte> clients, RuleForm form)
    {
        Daemons = daemons;
        Clients = clients;
        Form = form;
    }

    public ReadOnlySpan<byte> Daemons { get; }

    public ReadOnlySpan<byte> Clients { get; }

    public RuleForm Form { get; }

    /// <summary>Takes a line apart; false where it may be anything else.</summary>
    /// <param name="text">The line, without its end.</param>
    /// <param name="words">Gets the clients.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, List<PlainWord> words, out PlainLine read)
    {
        words.Clear();
        if (!TrySplit(text, out read))
        {
            return false;
        }

        bool any = false;
        for (PlainWords daemons = new(read.Daemons); daemons.Next(out ReadOnlySpan<byte> daemon);)
        {
            any = true;
            if (!PlainWord.IsDaemon(daemon))
            {
                return false;
            }
        }

        for (PlainWords clients = new(read.Clients); clients.Next(out ReadOnlySpan<byte> client);)
        {
            if (!PlainWord.TryRead(client, out PlainWord word))
            {
                return false;
            }

            words.Add(word);
        }

        return any && words.Count > 0;
    }

    /// <summary>The fields of a line that is known to be plain.</summary>
    public static PlainLine Of(ReadOnlySpan<byte> text)
    {
        TrySplit(text, out PlainLine read);
        return read;
    }

    /// <summary>What a rule says to a request; what the object of the same rule would.</summary>
    public Answer Match(in WrapperRequest request, in HostFacts client, ref Question question)
    {
        if (!FitsDaemon(request.Daemon))
        {
            return Answer.No;
        }

        Question asked = default;
        Answer any = Answer.No;
        for (PlainWords clients = new(Clients); clients.Next(out ReadOnlySpan<byte> text);)
        {
            PlainWord.TryRead(text, out PlainWord word);
            Answer one = word.Match(text, client, ref asked);
            if (one == Answer.Yes)
            {
                return Answer.Yes;
            }

            any = one == Answer.Ask ? Answer.Ask : any;
        }

        question = any == Answer.Ask ? asked : question;
        return any;
    }

    private bool FitsDaemon(string name)
    {
        for (PlainWords daemons = new(Daemons); daemons.Next(out ReadOnlySpan<byte> daemon);)
        {
            if (AsciiText.Same(DaemonNames.All, daemon) || AsciiText.Same(name, daemon))
            {
                return true;
            }
        }

        return false;
    }

    // A colon within brackets is one of an address.
    private static bool TrySplit(ReadOnlySpan<byte> text, out PlainLine read)
    {
        read = default;
        int colon = text.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[(colon + 1)..];
        int at = 0;
        while (true)
        {
            int found = rest[at..].IndexOfAny((byte)':', (byte)'[');
            if (found < 0)
            {
                read = new PlainLine(text[..colon], rest, RuleForm.Plain);
                return true;
            }

            at += found;
            if (rest[at] == (byte)':')
            {
                break;
            }

            int end = rest[at..].IndexOf((byte)']');
            if (end < 0)
            {
                return false;
            }

            at += end;
        }

        ReadOnlySpan<byte> option = rest[(at + 1)..].Trim(" \t\n\v\f\r"u8);
        RuleForm form = AsciiText.Same("ALLOW", option) ? RuleForm.PlainAllow : AsciiText.Same("DENY", option) ? RuleForm.PlainDeny : RuleForm.Written;
        read = new PlainLine(text[..colon], rest[..at], form);
        return form != RuleForm.Written;
    }
}

/// <summary>The words of a field, one after the other, split at blanks and commas as <see cref="RuleSyntax.Words"/> does.</summary>
internal ref struct PlainWords(ReadOnlySpan<byte> field)
{
    private ReadOnlySpan<byte> _rest = field;

    public bool Next(out ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> separators = ", \t\r\n"u8;
        _rest = _rest.TrimStart(separators);
        int length = _rest.IndexOfAny(separators);
        word = length < 0 ? _rest : _rest[..length];
        _rest = _rest[word.Length..];
        return !word.IsEmpty;
    }
}

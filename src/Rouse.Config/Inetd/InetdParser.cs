using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>
/// Takes a file of inetd.conf(5) apart, line by line. A line is an entry unless it is blank or its first byte other than blank or tab is
/// <c>#</c>; blanks and tabs separate its words; nothing is quoted and nothing is continued. NetBSD's keys and values
/// (<see cref="InetdKeyValues"/>) are another matter: they go over several lines, and several of them may stand on one.
/// </summary>
public sealed class InetdParser(SourceFile file, IConfigHost host, InetdGrammar? grammar = null)
{
    /// <summary>How Debian's update-inetd(8) switches a line off.</summary>
    private static ReadOnlySpan<byte> OffMark => "#<off>#"u8;

    public SourceFile File => file;

    /// <summary>The classic one unless another was asked for.</summary>
    public InetdGrammar Grammar { get; } = grammar ?? InetdGrammar.Classic;

    /// <summary>The addresses of the last line that has nothing but addresses: they hold until the next such line.</summary>
    internal TextRange Addresses { get; private set; }

    /// <summary>Why the file is not read to its end, and from where; null where it is.</summary>
    public Diagnostic? Stop { get; private set; }

    /// <summary>Each line that is an entry, broken ones included, in the order of the file.</summary>
    public IEnumerable<InetdEntry> Entries()
    {
        List<InetdEntry> entries = [];
        for (int number = 1; number <= file.LineCount;)
        {
            entries.Clear();
            number = Read(number, entries);
            foreach (InetdEntry entry in entries)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Adds the entries that begin in a line (counted from 1), mostly one or none; the line to go on with.</summary>
    public int Read(int number, List<InetdEntry> entries)
    {
        TextRange line = LineOf(number);
        while (true)
        {
            int text = Blanks.SkipSpaces(file.Bytes, line.Start, line.End);
            if (text == line.End || file.Bytes[text] == (byte)'#')
            {
                return number + 1;
            }

            if (!Grammar.IsClassic && IsAddressLine(line, out TextRange addresses))
            {
                Addresses = addresses;
                return number + 1;
            }

            if (!Grammar.HasKeyValues || ReadKeyValues(line) is not { } entry)
            {
                entries.Add(ReadWords(line, number, text));
                return number + 1;
            }

            if (Stop is not null)
            {
                return file.LineCount + 1;
            }

            // Behind the semicolon there may be another one.
            entries.Add(entry);
            number = file.Position(entry.Line.End - 1).Line;
            line = new TextRange(entry.Line.End, LineOf(number).End - entry.Line.End);
        }
    }

    /// <summary>The addresses before a service's name; where the grammar wants it so, they hold for the lines after it too.</summary>
    internal TextRange Remember(TextRange addresses)
    {
        Addresses = Grammar.AddressesStay ? addresses : Addresses;
        return addresses;
    }

    /// <summary>The entry in a line that is switched off (<c>#&lt;off&gt;#</c>); false where there is none, or none that can be read.</summary>
    public bool TryReadOff(int number, out InetdEntry? entry)
    {
        TextRange line = LineOf(number);
        entry = null;
        if (!Bytes(line).StartsWith(OffMark))
        {
            return false;
        }

        TextRange addresses = Addresses;
        entry = Read(new TextRange(line.Start + OffMark.Length, line.Length - OffMark.Length));
        Addresses = addresses;
        return !entry.IsBroken;
    }

    /// <summary>Where the next definition begins is not known.</summary>
    internal void StopAt(TextRange place, string what, string advice) => Stop ??= new Diagnostic(
        Codes.InetdKeyValues, Severity.Error, place.In(file), $"{what}; this definition and what follows it in the file are not read. {advice}");

    internal ReadOnlySpan<byte> Bytes(TextRange range) => file.Bytes.Slice(range.Start, range.Length);

    internal bool IsUser(ReadOnlySpan<byte> name) => host.FindUser(SourceFile.Decode(name)) is not null;

    private TextRange LineOf(int number)
    {
        int start = file.StartOf(number);
        ReadOnlySpan<byte> rest = file.Bytes[start..];
        int length = rest.IndexOf((byte)'\n');
        return new TextRange(start, length < 0 ? rest.Length : length);
    }

    private bool IsAddressLine(TextRange line, out TextRange addresses)
    {
        int at = line.Start;
        bool isOne = Blanks.NextWord(file.Bytes, ref at, line.End, out addresses) && addresses.Length > 1
            && file.Bytes[addresses.End - 1] == (byte)':' && file.Bytes[addresses.Start] != (byte)':'
            && !Blanks.NextWord(file.Bytes, ref at, line.End, out _);
        addresses = addresses with { Length = addresses.Length - 1 };
        return isOne;
    }

    // Null where the line is in the other notation.
    private InetdEntry? ReadKeyValues(TextRange line)
    {
        int at = line.Start;
        if (!Blanks.NextWord(file.Bytes, ref at, line.End, out TextRange service)
            || !InetdKeyValues.Begins(this, at, line.End, out bool isOff, out int rest))
        {
            return null;
        }

        InetdEntry entry = new(file, line) { IsOff = isOff };
        InetdServiceField.Read(this, entry, service);
        int end = InetdKeyValues.Read(this, entry, rest);
        entry.Line = end < 0 ? line : new TextRange(service.Start, end - service.Start);
        CheckBytes(entry);
        return entry;
    }

    private InetdEntry ReadWords(TextRange line, int number, int text)
    {
        InetdEntry entry = Read(line);
        if (text > line.Start && Grammar.BlankContinues && number > 1 && IsContinued(LineOf(number - 1)))
        {
            // Differs from openbsd-inetd: D-095, see docs/differences.md.
            entry.Report(
                Codes.InetdLeadingBlank,
                Severity.Warning,
                new TextRange(line.Start, text - line.Start),
                $"a blank begins this line, which {Grammar.Name}'s inetd takes for more words of the line before; here it is a line of its own",
                "Take the blank out, or join the two lines.");
        }

        return entry;
    }

    // An entry, or what was taken for more words of one.
    private bool IsContinued(TextRange line) => line.Length > 0 && file.Bytes[line.Start] != (byte)'#';

    private InetdEntry Read(TextRange line)
    {
        InetdEntry entry = new(file, line);
        int at = line.Start;
        int end = line.End;
        foreach (InetdField field in Grammar.Fields)
        {
            if (!Blanks.NextWord(file.Bytes, ref at, end, out TextRange word))
            {
                entry.Fail(
                    Codes.InetdFieldMissing,
                    entry.Name.Length > 0 ? entry.Name : line,
                    $"the line ends before its {field.Name}",
                    "A line is: service, socket type, protocol, wait or nowait, user, server, and its arguments.");
                return entry;
            }

            field.Read(this, entry, word);
        }

        ReadArguments(entry, at);
        CheckBytes(entry);
        return entry;
    }

    private void ReadArguments(InetdEntry entry, int at)
    {
        int first = -1;
        int last = at;
        while (Blanks.NextWord(file.Bytes, ref at, entry.Line.End, out TextRange word))
        {
            first = first < 0 ? word.Start : first;
            last = word.End;
            if (Bytes(word).StartsWith("#"u8))
            {
                entry.Findings.Add(new(
                    Codes.InetdLateComment,
                    Severity.Warning,
                    word.In(file),
                    $"{Quoted.Of(Bytes(word))} is an argument of the server, not a comment",
                    "A comment is a line of its own."));
            }
        }

        entry.Arguments = first < 0 ? default : new TextRange(first, last - first);
        if (!entry.IsInternal && first < 0 && Grammar.IsClassic)
        {
            // The original's child crashes with such a line, or the daemon itself does.
            entry.Fail(
                Codes.InetdFieldMissing,
                entry.Server,
                "the line ends before the server's arguments",
                "Write the server's name, its argument 0, after its path.");
        }
    }

    private void CheckBytes(InetdEntry entry)
    {
        ReadOnlySpan<byte> bytes = Bytes(entry.Line);
        if (bytes.Contains((byte)0))
        {
            entry.Fail(Codes.NulByte, entry.Name, "the line holds a byte 0", "Restore the file from where it came from.");
        }
        else if (bytes.EndsWith("\r"u8))
        {
            entry.Fail(
                Codes.CarriageReturn,
                entry.Name,
                "the line ends in CR LF, so that the last word has a carriage return in it",
                "Convert the file to lines that end in LF.");
        }
    }
}

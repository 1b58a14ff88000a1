using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>
/// NetBSD's second notation, inetd.conf(5), "Key-Values Notation": <c>[addresses:]service on|off key = value …, key = value …;</c>. It goes on
/// over as many lines as it takes, and its comments may begin anywhere. A key or value that is wrong leaves its definition out, and the next one
/// is read; where it is not clear where a definition ends, the rest of the file is not read.
/// </summary>
internal sealed partial class InetdKeyValues
{
    private readonly InetdParser _parser;
    private readonly InetdEntry _entry;
    private readonly int _end;
    private readonly List<InetdValue> _values = [];
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private int _at;
    private TextRange _key;
    private bool _hasCarriageReturn;

    private InetdKeyValues(InetdParser parser, InetdEntry entry, int at)
    {
        (_parser, _entry, _at) = (parser, entry, at);
        _end = parser.File.Bytes.Length;
    }

    private ReadOnlySpan<byte> Source => _parser.File.Bytes;

    /// <summary>What stands after the service's name is the beginning of such a definition, and where that goes on.</summary>
    public static bool Begins(InetdParser parser, int at, int lineEnd, out bool isOff, out int rest)
    {
        ReadOnlySpan<byte> bytes = parser.File.Bytes;
        bool isThere = Blanks.NextWord(bytes, ref at, lineEnd, out TextRange word);
        int comment = parser.Bytes(word).IndexOf((byte)'#');
        word = comment < 0 ? word : word with { Length = comment };
        isOff = parser.Bytes(word).SequenceEqual("off"u8);
        rest = word.End;
        return isThere && (isOff || parser.Bytes(word).SequenceEqual("on"u8));
    }

    /// <summary>Reads a definition into its entry; the place behind its semicolon, or −1 where its end cannot be found.</summary>
    public static int Read(InetdParser parser, InetdEntry entry, int at)
    {
        InetdKeyValues reader = new(parser, entry, at);
        while (true)
        {
            if (!reader.SkipBlanks() || !reader.ReadKey())
            {
                return -1;
            }

            byte mark = reader.ReadValues();
            if (mark == 0)
            {
                return -1;
            }

            reader.Take();
            if (mark == (byte)';')
            {
                reader.Complete();
                return reader._at;
            }
        }
    }

    // Blanks, line ends and comments; false at the end of the file.
    private bool SkipBlanks()
    {
        while (_at < _end)
        {
            if (Source[_at] == (byte)'#')
            {
                int length = Source[_at..].IndexOf((byte)'\n');
                _at = length < 0 ? _end : _at + length;
            }
            else if (Source[_at] is (byte)' ' or (byte)'\t' or (byte)'\n' || IsCarriageReturn())
            {
                _at++;
            }
            else
            {
                return true;
            }
        }

        Break(_entry.Name, "the definition does not end", "Write a semicolon behind its last value.");
        return false;
    }

    // Of a line that ends in CR LF: told once.
    private bool IsCarriageReturn()
    {
        bool isOne = Source[_at..].StartsWith("\r\n"u8);
        if (isOne && !_hasCarriageReturn)
        {
            _hasCarriageReturn = true;
            _entry.Fail(
                Codes.CarriageReturn, new TextRange(_at, 1), "lines of this definition end in CR LF", "Convert the file to lines that end in LF.");
        }

        return isOne;
    }

    private bool ReadKey()
    {
        int start = _at;
        while (_at < _end && (char.IsAsciiLetter((char)Source[_at]) || Source[_at] == (byte)'_'))
        {
            _at++;
        }

        _key = new TextRange(start, _at - start);
        if (!SkipBlanks())
        {
            return false;
        }

        if (Source[_at] != (byte)'=' || _key.Length == 0)
        {
            Break(
                new TextRange(_at, 1),
                $"a key and = are expected here, not {Quoted.Of(Source.Slice(_at, 1))}",
                "Write key = values, a comma between two keys, and a semicolon at the end.");
            return false;
        }

        _at++;
        return true;
    }

    // The mark behind the values: a comma or a semicolon; 0 where there is none.
    private byte ReadValues()
    {
        _values.Clear();
        while (SkipBlanks())
        {
            byte next = Source[_at];
            if (next is (byte)',' or (byte)';')
            {
                _at++;
                return next;
            }

            if (!ReadValue())
            {
                return 0;
            }
        }

        return 0;
    }

    private bool ReadValue()
    {
        int start = _at;
        StringBuilder text = new();
        bool isPlain = true;
        TextRange inner = default;
        while (_at < _end && Source[_at] is not ((byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'#' or (byte)',' or (byte)';') && !IsCarriageReturn())
        {
            if (Source[_at] is not ((byte)'"' or (byte)'\''))
            {
                text.Append((char)Source[_at++]);
                continue;
            }

            // A value that is quoted as a whole, and holds no escape, is what stands between the quotes.
            int open = _at;
            if (!ReadQuoted(text, ref isPlain))
            {
                return false;
            }

            isPlain &= open == start && inner == default;
            inner = new TextRange(open + 1, _at - open - 2);
        }

        TextRange place = new(start, _at - start);
        TextRange plain = inner == default ? place : inner.End + 1 == place.End ? inner : default;
        _values.Add(new InetdValue(place, isPlain ? plain : default, text.ToString()));
        return true;
    }

    private bool ReadQuoted(StringBuilder text, ref bool isPlain)
    {
        int open = _at;
        byte quote = Source[_at++];
        while (_at < _end && Source[_at] != (byte)'\n')
        {
            byte next = Source[_at++];
            if (next == quote)
            {
                return true;
            }

            if (next != (byte)'\\')
            {
                text.Append((char)next);
                continue;
            }

            isPlain = false;
            if (!ReadEscape(text))
            {
                return false;
            }
        }

        Break(new TextRange(open, 1), "this quote is not closed on its line", "Close it; a value ends with its line.");
        return false;
    }

    private bool ReadEscape(StringBuilder text)
    {
        int start = _at - 1;
        byte kind = _at < _end ? Source[_at] : (byte)'\n';
        int length = kind == (byte)'x' ? 4 : 2;
        int code = kind switch
        {
            (byte)'\\' or (byte)'\'' or (byte)'"' => kind,
            (byte)'n' => '\n',
            (byte)'t' => '\t',
            (byte)'r' => '\r',
            (byte)'x' when _end - start >= 4 && Utf8Parser.TryParse(Source.Slice(start + 2, 2), out byte value, out int used, 'X') && used == 2 => value,
            _ => -1,
        };
        if (code <= 0)
        {
            // A byte 0 would end the word in front of everything that follows it.
            Break(
                new TextRange(start, Math.Min(length, _end - start)),
                code == 0 ? "a value cannot hold a byte 0" : "there is no such escape",
                """In quotes there are \\, \n, \t, \r, \', \" and \xXX with two hexadecimal digits.""");
            return false;
        }

        text.Append((char)code);
        _at = start + length;
        return true;
    }

    private void Break(TextRange place, string what, string advice)
    {
        _entry.Fail(Codes.InetdKeyValues, place, what, advice);
        _parser.StopAt(place, what, advice);
    }
}

/// <summary>One value of a key.</summary>
/// <param name="Place">All of it, with its quotes.</param>
/// <param name="Plain">Where its text stands in the file as it is; empty where it does not, because of escapes or quotes within.</param>
internal readonly record struct InetdValue(TextRange Place, TextRange Plain, string Text);

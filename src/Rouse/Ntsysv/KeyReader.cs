using System;
using System.Collections.Generic;
using System.Text;

namespace Rouse.Tools.Ntsysv;

/// <summary>
/// Makes keys of the bytes that a terminal sends: ECMA-48 control sequences, those of xterm(1), of the Linux console (console_codes(4)) and
/// of VT100s. An escape byte alone is the Escape key once nothing has followed it for a while: <see cref="Flush"/>.
/// </summary>
internal sealed class KeyReader
{
    private const byte Escape = 0x1b;

    /// <summary>No key sends more; what is longer is thrown away.</summary>
    private const int LongestSequence = 32;

    private readonly List<byte> _sequence = [];

    /// <summary>A sequence has begun: it goes on, or it was the Escape key.</summary>
    public bool IsWaiting => _sequence.Count > 0;

    public void Read(ReadOnlySpan<byte> bytes, List<Key> keys)
    {
        foreach (byte value in bytes)
        {
            if (_sequence.Count > 0)
            {
                Continue(value, keys);
            }
            else if (value == Escape)
            {
                _sequence.Add(value);
            }
            else
            {
                keys.Add(Plain(value));
            }
        }
    }

    /// <summary>Nothing more comes: an escape byte alone was the key of that name, and half a sequence was none.</summary>
    public void Flush(List<Key> keys)
    {
        if (_sequence.Count == 1)
        {
            keys.Add(new Key(KeyKind.Escape));
        }

        _sequence.Clear();
    }

    private static Key Plain(byte value) => value switch
    {
        (byte)' ' => new Key(KeyKind.Space),
        (byte)'\r' or (byte)'\n' => new Key(KeyKind.Enter),
        (byte)'\t' => new Key(KeyKind.Tab),
        0x03 => new Key(KeyKind.Interrupt),
        0x0c => new Key(KeyKind.Redraw),
        > (byte)' ' and < 0x7f => new Key(KeyKind.Letter, (char)value),
        _ => new Key(KeyKind.Other),
    };

    private void Continue(byte value, List<Key> keys)
    {
        if (value == Escape)
        {
            // Pressed twice, or before another key's sequence.
            Flush(keys);
            _sequence.Add(value);
            return;
        }

        _sequence.Add(value);
        bool isControl = _sequence[1] is (byte)'[' or (byte)'O';
        bool isConsoleF = _sequence.Count > 2 && _sequence[1] == (byte)'[' && _sequence[2] == (byte)'[';
        if (!isControl)
        {
            // Alt and a key.
            _sequence.Clear();
        }
        else if (_sequence.Count > (isConsoleF ? 3 : 2) && value is >= 0x40 and < 0x7f)
        {
            keys.Add(new Key(KindOf(isConsoleF)));
            _sequence.Clear();
        }
        else if (_sequence.Count > LongestSequence)
        {
            _sequence.Clear();
        }
    }

    private KeyKind KindOf(bool isConsoleF)
    {
        char final = (char)_sequence[^1];
        if (isConsoleF)
        {
            return final == 'A' ? KeyKind.F1 : KeyKind.Other;
        }

        if (final != '~')
        {
            return final switch
            {
                'A' => KeyKind.Up,
                'B' => KeyKind.Down,
                'C' => KeyKind.Right,
                'D' => KeyKind.Left,
                'H' => KeyKind.Home,
                'F' => KeyKind.End,
                'M' => KeyKind.Enter,
                'P' => KeyKind.F1,
                'Z' => KeyKind.BackTab,
                _ => KeyKind.Other,
            };
        }

        // The number before the tilde, or before a semicolon and what was held down with the key.
        string number = Encoding.ASCII.GetString([.. _sequence[2..^1]]);
        int end = number.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? number : number[..end]) switch
        {
            "1" or "7" => KeyKind.Home,
            "4" or "8" => KeyKind.End,
            "5" => KeyKind.PageUp,
            "6" => KeyKind.PageDown,
            "11" => KeyKind.F1,
            "24" => KeyKind.F12,
            _ => KeyKind.Other,
        };
    }
}

using System;
using System.Globalization;

namespace Rouse.Server.Control;

/// <summary>
/// Writes JSON (RFC 8259), one object a line. Text is one char a byte; what is no printable ASCII is escaped, so that a line is ASCII
/// whatever a configuration holds, and char U+00XX is the byte XX. By hand, because a serializer would cost the idle daemon memory.
/// </summary>
internal sealed class JsonLine
{
    private byte[] _bytes = new byte[1024];
    private int _length;
    private bool _needsComma;

    public int Length => _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Opens an object: a line's, or an element of an array.</summary>
    public void Begin()
    {
        Separate();
        Append((byte)'{');
        _needsComma = false;
    }

    public void End() => Close((byte)'}');

    public void EndLine()
    {
        End();
        Append((byte)'\n');
        _needsComma = false;
    }

    public void BeginArray(string name)
    {
        Name(name);
        Append((byte)'[');
        _needsComma = false;
    }

    public void EndArray() => Close((byte)']');

    public void BeginObject(string name)
    {
        Name(name);
        Append((byte)'{');
        _needsComma = false;
    }

    public void Text(string name, string value)
    {
        Name(name);
        Quote(value);
    }

    public void Number(string name, long value)
    {
        Name(name);
        Append(value);
    }

    /// <summary>A number, or null where there is none.</summary>
    public void Number(string name, long? value)
    {
        if (value is { } number)
        {
            Number(name, number);
        }
        else
        {
            Name(name);
            Append("null"u8);
        }
    }

    public void Flag(string name, bool value)
    {
        Name(name);
        Append(value ? "true"u8 : "false"u8);
    }

    /// <summary>An element of an array of texts.</summary>
    public void Element(string value)
    {
        Separate();
        Quote(value);
        _needsComma = true;
    }

    /// <summary>An element of an array of numbers.</summary>
    public void Element(long value)
    {
        Separate();
        Append(value);
        _needsComma = true;
    }

    private void Name(string name)
    {
        Separate();
        Quote(name);
        Append((byte)':');
        _needsComma = true;
    }

    private void Separate()
    {
        if (_needsComma)
        {
            Append((byte)',');
        }
    }

    private void Close(byte bracket)
    {
        Append(bracket);
        _needsComma = true;
    }

    private void Quote(string text)
    {
        Append((byte)'"');
        foreach (char c in text)
        {
            if (c is '"' or '\\')
            {
                Append((byte)'\\');
                Append((byte)c);
            }
            else if (c is >= ' ' and <= '~')
            {
                Append((byte)c);
            }
            else
            {
                Append("\\u"u8);
                for (int shift = 12; shift >= 0; shift -= 4)
                {
                    Append("0123456789abcdef"u8[(c >> shift) & 0xf]);
                }
            }
        }

        Append((byte)'"');
    }

    private void Append(long value)
    {
        Reserve(20);
        value.TryFormat(_bytes.AsSpan(_length), out int written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    private void Append(byte one)
    {
        Reserve(1);
        _bytes[_length++] = one;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int count)
    {
        if (_length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        }
    }
}

using System;
using System.Buffers.Binary;

namespace Rouse.Server.Rpc;

/// <summary>External data representation (RFC 4506) into a buffer of the caller's: big-endian words, and strings filled up to words.</summary>
internal ref struct XdrWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void Word(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], value);
        Length += 4;
    }

    public void Text(ReadOnlySpan<byte> text)
    {
        Word((uint)text.Length);
        int whole = (text.Length + 3) & ~3;
        Span<byte> place = _buffer.Slice(Length, whole);
        place.Clear();
        text.CopyTo(place);
        Length += whole;
    }
}

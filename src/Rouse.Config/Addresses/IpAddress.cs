using System;
using System.Buffers.Binary;
using System.Globalization;

namespace Rouse.Config.Addresses;

/// <summary>
/// An IPv4 or IPv6 address in 16 bytes. IPv4 addresses are kept in their v4-mapped form (::ffff:a.b.c.d, RFC 4291 section 2.5.5.2), so
/// that a peer seen by a dual-stack socket and the same peer seen by an IPv4 socket are one and the same value.
/// </summary>
public readonly record struct IpAddress(UInt128 Value) : IComparable<IpAddress>
{
    private static readonly UInt128 MappedPrefix = (UInt128)0xffff << 32;

    public static IpAddress FromV4(uint hostOrder) => new(MappedPrefix | hostOrder);

    public static IpAddress FromBytes(ReadOnlySpan<byte> networkOrder) => networkOrder.Length == 4
        ? FromV4(BinaryPrimitives.ReadUInt32BigEndian(networkOrder))
        : new(BinaryPrimitives.ReadUInt128BigEndian(networkOrder));

    public bool IsV4 => Value >> 32 == 0xffff;

    /// <summary>fe80::/10 (RFC 4291 section 2.5.6): such an address means nothing without an interface.</summary>
    public bool IsLinkLocal => Value >> 118 == 0x3fa;

    /// <summary>The IPv4 address in host order; only where <see cref="IsV4"/>.</summary>
    public uint V4 => (uint)Value;

    public int CompareTo(IpAddress other) => Value.CompareTo(other.Value);

    public static bool operator <(IpAddress a, IpAddress b) => a.Value < b.Value;

    public static bool operator >(IpAddress a, IpAddress b) => a.Value > b.Value;

    public static bool operator <=(IpAddress a, IpAddress b) => a.Value <= b.Value;

    public static bool operator >=(IpAddress a, IpAddress b) => a.Value >= b.Value;

    /// <summary>Dotted quad, or IPv6 by RFC 5952. <paramref name="asMapped"/> shows IPv4 as <c>::ffff:a.b.c.d</c>.</summary>
    public string ToText(bool asMapped = false)
    {
        Span<byte> buffer = stackalloc byte[46];
        int length = Format(buffer, asMapped);
        return Text.SourceFile.Decode(buffer[..length]);
    }

    public override string ToString() => ToText();

    /// <summary>Writes the text of <see cref="ToText"/> as ASCII; at most 46 bytes, no allocation.</summary>
    public int Format(Span<byte> destination, bool asMapped = false)
    {
        int at = 0;
        if (IsV4)
        {
            if (asMapped)
            {
                "::ffff:"u8.CopyTo(destination);
                at = 7;
            }

            for (int shift = 24; shift >= 0; shift -= 8)
            {
                ((byte)(V4 >> shift)).TryFormat(destination[at..], out int n, default, CultureInfo.InvariantCulture);
                at += n;
                if (shift > 0)
                {
                    destination[at++] = (byte)'.';
                }
            }

            return at;
        }

        (int zeroStart, int zeroLength) = LongestZeroRun();
        for (int i = 0; i < 8; i++)
        {
            if (i == zeroStart)
            {
                destination[at++] = (byte)':';
                destination[at++] = (byte)':';
                i += zeroLength - 1;
                continue;
            }

            if (at > 0 && destination[at - 1] != (byte)':')
            {
                destination[at++] = (byte)':';
            }

            Group(i).TryFormat(destination[at..], out int n, "x", CultureInfo.InvariantCulture);
            at += n;
        }

        return at;
    }

    private ushort Group(int index) => (ushort)(Value >> (112 - (16 * index)));

    private (int Start, int Length) LongestZeroRun()
    {
        int bestStart = -1;
        int bestLength = 1;
        int start = 0;
        for (int i = 0; i <= 8; i++)
        {
            if (i < 8 && Group(i) == 0)
            {
                continue;
            }

            if (i - start > bestLength)
            {
                (bestStart, bestLength) = (start, i - start);
            }

            start = i + 1;
        }

        return (bestStart, bestLength);
    }
}

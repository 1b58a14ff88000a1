using System;
using System.Buffers.Binary;

namespace Rouse.Config.Addresses;

/// <summary>Numeric addresses as the C library reads them: inet_aton(3) for IPv4, inet_pton(3) for IPv6.</summary>
public static class AddressText
{
    /// <summary>Holds nothing that a host's name would have to have.</summary>
    public static bool IsDigitsAndDots(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
        {
            if (c is (< (byte)'0' or > (byte)'9') and not (byte)'.')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An IPv4 or IPv6 address; IPv4 in any shape of inet_aton(3).</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out IpAddress address)
    {
        if (text.Contains((byte)':'))
        {
            return TryReadV6(text, out address);
        }

        bool understood = TryReadV4(text, out uint v4, out _);
        address = IpAddress.FromV4(v4);
        return understood;
    }

    /// <summary>
    /// One to four parts, each decimal, octal (leading 0) or hexadecimal (leading 0x); the last part fills all the bytes that are left,
    /// so that <c>10</c> is 0.0.0.10 and <c>10.1</c> is 10.0.0.1.
    /// </summary>
    public static bool TryReadV4(ReadOnlySpan<byte> text, out uint address, out int parts)
    {
        address = 0;
        for (parts = 1; ; parts++)
        {
            int dot = text.IndexOf((byte)'.');
            if (!TryReadPart(dot < 0 ? text : text[..dot], out uint part))
            {
                return false;
            }

            if (dot < 0)
            {
                int bitsLeft = 8 * (5 - parts);
                address |= part;
                return bitsLeft == 32 || part < 1u << bitsLeft;
            }

            if (part > 255 || parts == 4)
            {
                return false;
            }

            address |= part << (32 - (8 * parts));
            text = text[(dot + 1)..];
        }
    }

    /// <summary>inet_network(3) with the zero bytes that it leaves out put back, as networks(5) has it: <c>10.1</c> is 10.1.0.0.</summary>
    public static bool TryReadNetworkNumber(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            int dot = text.IndexOf((byte)'.');
            if (!TryReadPart(dot < 0 ? text : text[..dot], out uint part) || part > 255)
            {
                return false;
            }

            address |= part << shift;
            if (dot < 0)
            {
                return true;
            }

            text = text[(dot + 1)..];
        }

        return false;
    }

    public static bool TryReadV6(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        int at = 0;
        int gap = -1;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            int colon = text.IndexOf((byte)':');
            ReadOnlySpan<byte> group = colon < 0 ? text : text[..colon];
            if (colon < 0 && group.Contains((byte)'.'))
            {
                if (at > 12 || !TryReadDottedQuad(group, bytes[at..]))
                {
                    return false;
                }

                at += 4;
                break;
            }

            if (at > 14 || !TryReadGroup(group, out ushort value))
            {
                return false;
            }

            BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], value);
            at += 2;
            if (colon < 0)
            {
                break;
            }

            text = text[(colon + 1)..];
            if (text.IsEmpty)
            {
                return false;
            }

            if (text[0] == (byte)':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = at;
                text = text[1..];
            }
        }

        if (gap < 0 ? at != 16 : at >= 16)
        {
            return false;
        }

        if (gap >= 0)
        {
            bytes[gap..at].CopyTo(bytes[(16 - at + gap)..]);
            bytes[gap..(16 - at + gap)].Clear();
        }

        address = IpAddress.FromBytes(bytes);
        return true;
    }

    private static bool TryReadPart(ReadOnlySpan<byte> text, out uint value)
    {
        uint radix = 10;
        if (text.Length > 1 && text[0] == (byte)'0')
        {
            bool isHexadecimal = (text[1] | 0x20) == (byte)'x';
            radix = isHexadecimal ? 16u : 8u;
            text = isHexadecimal ? text[2..] : text[1..];
        }

        ulong sum = 0;
        foreach (byte c in text)
        {
            uint digit = Digit(c);
            sum = (sum * radix) + digit;
            if (digit >= radix || sum > uint.MaxValue)
            {
                value = 0;
                return false;
            }
        }

        value = (uint)sum;
        return !text.IsEmpty;
    }

    private static bool TryReadDottedQuad(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        // inet_pton(3) takes four plain decimal numbers only.
        for (int i = 0; i < 4; i++)
        {
            int dot = text.IndexOf((byte)'.');
            ReadOnlySpan<byte> part = dot < 0 ? text : text[..dot];
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == (byte)'0') || (dot < 0) != (i == 3)
                || !TryReadPart(part, out uint value) || value > 255)
            {
                return false;
            }

            destination[i] = (byte)value;
            text = dot < 0 ? [] : text[(dot + 1)..];
        }

        return true;
    }

    private static bool TryReadGroup(ReadOnlySpan<byte> text, out ushort value)
    {
        value = 0;
        foreach (byte c in text)
        {
            uint digit = Digit(c);
            if (digit > 15)
            {
                return false;
            }

            value = (ushort)((value << 4) | (ushort)digit);
        }

        return text.Length is > 0 and <= 4;
    }

    private static uint Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => (uint)(c - '0'),
        >= (byte)'a' and <= (byte)'f' => (uint)(c - 'a' + 10),
        >= (byte)'A' and <= (byte)'F' => (uint)(c - 'A' + 10),
        _ => 99,
    };
}

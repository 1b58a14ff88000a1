using System;
using System.Collections.Generic;
using Rouse.Config.Hosts;
using Rouse.Config.Text;

namespace Rouse.Config.Addresses;

/// <summary>What became of a word of only_from or no_access.</summary>
internal enum PatternFault
{
    None,
    Comma,
    FactorForm,
    BadPrefixLength,
    Zone,
    NotUnderstood,
}

/// <summary>
/// Reads the words of only_from and no_access (xinetd.conf(5)) in the original's order: numeric address, host name, address with prefix
/// length, factorised address, network name.
/// </summary>
internal sealed class AddressPatterns(IConfigHost host, HostDatabases databases)
{
    /// <summary>Adds what a word stands for to <paramref name="into"/>; on a fault nothing is added.</summary>
    public PatternFault Read(ReadOnlySpan<byte> word, SourceSpan span, List<AddressPattern> into)
    {
        int brace = word.IndexOf((byte)'{');
        if (brace >= 0)
        {
            return ReadFactorised(word, brace, span, into);
        }

        if (word.Contains((byte)','))
        {
            return PatternFault.Comma;
        }

        int slash = word.IndexOf((byte)'/');
        if (slash >= 0)
        {
            return ReadPrefixed(word, slash, span, into);
        }

        return TryReadNumeric(word, out IpAddress address, out int length) ? Add(into, address, length, span) : ReadName(word, span, into);
    }

    /// <summary>An IPv4 address whose last bytes are zero stands for the network that the other bytes name.</summary>
    public static int WildcardLength(uint address)
    {
        int bits = 32;
        while (bits > 0 && (address & 0xff) == 0)
        {
            address >>= 8;
            bits -= 8;
        }

        return 96 + bits;
    }

    private static bool TryReadNumeric(ReadOnlySpan<byte> word, out IpAddress address, out int length)
    {
        bool understood = AddressText.TryRead(word, out address);
        length = !address.IsV4 ? (address.Value == 0 ? 0 : 128)
            : word.Contains((byte)':') ? 128
            : WildcardLength(address.V4);
        return understood;
    }

    private PatternFault ReadName(ReadOnlySpan<byte> word, SourceSpan span, List<AddressPattern> into)
    {
        bool onlyDigitsAndDots = AddressText.IsDigitsAndDots(word);
        if (word[0] == (byte)'.')
        {
            if (onlyDigitsAndDots)
            {
                return PatternFault.NotUnderstood;
            }

            into.Add(new(AddressPatternKind.Domain, default, 0, SourceFile.Decode(word), span));
            return PatternFault.None;
        }

        if (word.Contains((byte)':'))
        {
            return word.Contains((byte)'%') ? PatternFault.Zone : PatternFault.NotUnderstood;
        }

        string name = SourceFile.Decode(word);
        if (!onlyDigitsAndDots && host.Resolve(name).Count > 0)
        {
            into.Add(new(AddressPatternKind.HostName, default, 0, name, span));
            return PatternFault.None;
        }

        return databases.TryFindNetwork(word, out uint network) && network != 0
            ? Add(into, IpAddress.FromV4(network), WildcardLength(network), span)
            : PatternFault.NotUnderstood;
    }

    private static PatternFault ReadPrefixed(ReadOnlySpan<byte> word, int slash, SourceSpan span, List<AddressPattern> into)
    {
        if (!AddressText.TryRead(word[..slash], out IpAddress address))
        {
            return PatternFault.NotUnderstood;
        }

        ReadOnlySpan<byte> digits = word[(slash + 1)..];
        bool isV4 = !word[..slash].Contains((byte)':');
        int most = isV4 ? 32 : 128;
        int length = 0;
        foreach (byte c in digits)
        {
            length = c is >= (byte)'0' and <= (byte)'9' && length <= most ? (length * 10) + c - '0' : most + 1;
        }

        if (digits.IsEmpty || length > most)
        {
            return PatternFault.BadPrefixLength;
        }

        return Add(into, address, isV4 ? 96 + length : length, span);
    }

    private static PatternFault ReadFactorised(ReadOnlySpan<byte> word, int brace, SourceSpan span, List<AddressPattern> into)
    {
        ReadOnlySpan<byte> head = word[..brace];
        ReadOnlySpan<byte> factors = word[(brace + 1)..];
        if (factors.IsEmpty || factors[^1] != (byte)'}' || (head.Length > 0 && head[^1] != (byte)'.'))
        {
            return PatternFault.FactorForm;
        }

        uint network = 0;
        int shift = 24;
        for (; !head.IsEmpty; shift -= 8)
        {
            int dot = head.IndexOf((byte)'.');
            if (shift <= 0 || !TryReadByte(head[..dot], out uint part))
            {
                return PatternFault.FactorForm;
            }

            network |= part << shift;
            head = head[(dot + 1)..];
        }

        int before = into.Count;
        factors = factors[..^1];
        while (true)
        {
            int comma = factors.IndexOf((byte)',');
            ReadOnlySpan<byte> factor = comma < 0 ? factors : factors[..comma];
            if (!TryReadByte(factor, out uint part))
            {
                into.RemoveRange(before, into.Count - before);
                return PatternFault.FactorForm;
            }

            into.Add(AddressPattern.Network(IpAddress.FromV4(network | (part << shift)), 128 - shift, span));
            if (comma < 0)
            {
                return PatternFault.None;
            }

            factors = factors[(comma + 1)..];
        }
    }

    private static bool TryReadByte(ReadOnlySpan<byte> digits, out uint value)
    {
        value = 0;
        foreach (byte c in digits)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + c - '0';
        }

        return digits.Length is > 0 and <= 3 && value <= 255;
    }

    private static PatternFault Add(List<AddressPattern> into, IpAddress address, int length, SourceSpan span)
    {
        UInt128 mask = length == 0 ? 0 : UInt128.MaxValue << (128 - length);
        into.Add(AddressPattern.Network(new(address.Value & mask), length, span));
        return PatternFault.None;
    }
}

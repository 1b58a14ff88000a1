using System;
using System.Globalization;
using Rouse.Config.Addresses;
using Rouse.Linux;

namespace Rouse.Server.Logging;

/// <summary>
/// A log line being written into a buffer on the stack: bytes, no allocation. What does not fit is cut. Bytes that come from a
/// configuration or a peer and could break a line (control bytes) become <c>?</c>.
/// </summary>
public ref struct LogLine(Span<byte> buffer)
{
    public const int Capacity = 1024;

    /// <summary>The most bytes that a peer's address can take: IPv6 in full, and an interface's name.</summary>
    public const int PeerRoom = 46 + 1 + Interfaces.LongestName;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public readonly ReadOnlySpan<byte> Bytes => _buffer[.._length];

    public void Append(scoped ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> fits = text[..Math.Min(text.Length, _buffer.Length - _length)];
        fits.CopyTo(_buffer[_length..]);
        _length += fits.Length;
    }

    public void Append(byte one)
    {
        if (_length < _buffer.Length)
        {
            _buffer[_length++] = one;
        }
    }

    public void Append(long number)
    {
        if (number.TryFormat(_buffer[_length..], out int written, default, CultureInfo.InvariantCulture))
        {
            _length += written;
        }
    }

    /// <summary>A number with a leading zero below ten.</summary>
    public void AppendTwoDigits(int number)
    {
        Append((byte)('0' + (number / 10 % 10)));
        Append((byte)('0' + (number % 10)));
    }

    /// <summary>Text of one char a byte.</summary>
    public void Append(string text)
    {
        foreach (char c in text)
        {
            Append(c is < ' ' or '\x7f' or > '\xff' ? (byte)'?' : (byte)c);
        }
    }

    /// <summary>Bytes of a peer's choice.</summary>
    public void AppendForeign(scoped ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
        {
            Append(c is < (byte)' ' or 0x7f ? (byte)'?' : c);
        }
    }

    /// <summary>A peer's address as the original shows it: IPv4 on an IPv6 socket in its mapped form.</summary>
    public void Append(in SocketAddress peer)
    {
        Span<byte> text = stackalloc byte[PeerRoom];
        Append(text[..FormatPeer(peer, text)]);
    }

    /// <summary>
    /// The numeric address of a peer, a link-local one with its interface (<c>fe80::1%eth0</c>), or the original's words for none; at most
    /// <see cref="PeerRoom"/> bytes.
    /// </summary>
    public static int FormatPeer(in SocketAddress peer, Span<byte> text)
    {
        ReadOnlySpan<byte> none = "<no address>"u8;
        if (peer.Family is AddressFamily.IPv4 or AddressFamily.IPv6)
        {
            int length = new IpAddress(peer.Address).Format(text, asMapped: peer.Family == AddressFamily.IPv6);
            if (peer.ScopeId == 0)
            {
                return length;
            }

            text[length++] = (byte)'%';
            return length + Interfaces.FormatName(peer.ScopeId, text[length..]);
        }

        none.CopyTo(text);
        return none.Length;
    }
}

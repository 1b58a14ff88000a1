using System;

namespace Rouse.Server.Identity;

/// <summary>
/// Reads a line of an identification server (RFC 1413): <c>6193, 23 : USERID : UNIX : joe</c>. What follows the third field belongs to the
/// server, blanks at its end included, and is passed on as it is.
/// </summary>
internal static class IdentReply
{
    /// <param name="line">Without its CR LF.</param>
    /// <param name="peerPort">The port on the asked host.</param>
    /// <param name="identity">Operating system and user: <c>UNIX : joe</c>.</param>
    /// <returns>False for an ERROR line, one about other ports, and anything else.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, ushort peerPort, ushort localPort, out ReadOnlySpan<byte> identity)
    {
        identity = default;
        if (!TakeNumber(ref line, peerPort) || !Take(ref line, ","u8)
            || !TakeNumber(ref line, localPort) || !Take(ref line, ":"u8)
            || !Take(ref line, "USERID"u8) || !Take(ref line, ":"u8))
        {
            return false;
        }

        identity = line.TrimStart(" \t"u8);
        return true;
    }

    private static bool Take(ref ReadOnlySpan<byte> line, ReadOnlySpan<byte> word)
    {
        line = line.TrimStart(" \t"u8);
        bool there = line.StartsWith(word);
        line = there ? line[word.Length..] : line;
        return there;
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> line, int expected)
    {
        line = line.TrimStart(" \t"u8);
        int number = 0;
        int digits = 0;
        while (digits < line.Length && line[digits] is >= (byte)'0' and <= (byte)'9' && number <= ushort.MaxValue)
        {
            number = (number * 10) + line[digits++] - '0';
        }

        line = line[digits..];
        return digits > 0 && number == expected;
    }

    /// <summary>The user in an identity (<c>UNIX : joe</c>), one word as the originals read it; empty where there is none.</summary>
    public static ReadOnlySpan<byte> UserOf(ReadOnlySpan<byte> identity)
    {
        int colon = identity.IndexOf((byte)':');
        if (colon < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> user = identity[(colon + 1)..].TrimStart(" \t"u8);
        int end = user.IndexOfAny(" \t\r\n\0"u8);
        return end < 0 ? user : user[..end];
    }
}

using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>
/// The first field as the inetds of today have it: <c>[addresses:]service</c>, where addresses are separated by commas and <c>*</c> is every
/// one; a path for a UNIX socket; and FreeBSD's <c>:user:group:mode:/path</c>.
/// </summary>
internal static class InetdServiceField
{
    private const int LongestPath = 107; // sockaddr_un of unix(7), with its zero byte.

    public static void Read(InetdParser parser, InetdEntry entry, TextRange word)
    {
        ReadOnlySpan<byte> text = parser.Bytes(word);
        if (text[0] == (byte)'/')
        {
            Path(parser, entry, word);
            return;
        }

        if (text[0] == (byte)':')
        {
            OwnedPath(parser, entry, word);
            return;
        }

        entry.Addresses = parser.Addresses;
        int colon = text.LastIndexOf((byte)':');
        if (colon >= 0)
        {
            entry.HasOwnAddress = true;
            entry.Addresses = parser.Remember(word with { Length = colon });
            word = new TextRange(word.Start + colon + 1, word.Length - colon - 1);
        }

        if (word.Length == 0)
        {
            entry.Fail(
                Codes.InetdAddress,
                entry.Addresses,
                "no service stands after the address and its colon",
                "An address alone on its line, with a colon, holds for the lines after it.");
            entry.Name = entry.Addresses;
            return;
        }

        InetdFields.Service(parser, entry, word);
    }

    private static void Path(InetdParser parser, InetdEntry entry, TextRange word)
    {
        entry.IsLocal = true;
        entry.Name = word;
        entry.SocketMode = parser.Grammar.SocketMode;
        if (word.Length > LongestPath)
        {
            entry.Fail(
                Codes.InetdLocalSocket,
                word,
                $"the path of a UNIX socket has at most {LongestPath} bytes, and this one has {word.Length}",
                "Put the socket where its path is shorter.");
        }
    }

    private static void OwnedPath(InetdParser parser, InetdEntry entry, TextRange word)
    {
        int at = word.Start + 1;
        TextRange user = Part(parser, word, ref at);
        TextRange group = Part(parser, word, ref at);
        TextRange mode = Part(parser, word, ref at);
        TextRange path = new(at, Math.Max(0, word.End - at));
        entry.Name = word;
        entry.IsLocal = true;
        if (path.Length == 0 || parser.Bytes(path)[0] != (byte)'/' || user.Length == 0 || group.Length == 0)
        {
            entry.Fail(
                Codes.InetdLocalSocket,
                word,
                $"{Quoted.Of(parser.Bytes(word))} is no UNIX socket with an owner",
                "Write :user:group:mode:/path, with the mode in octal.");
            return;
        }

        Path(parser, entry, path);
        entry.SocketOwner = user;
        entry.SocketGroup = group;
        entry.SocketMode = Octal(parser.Bytes(mode));
        if (entry.SocketMode < 0)
        {
            entry.Fail(
                Codes.InetdLocalSocket,
                mode.Length > 0 ? mode : word,
                $"{Quoted.Of(parser.Bytes(mode))} is no mode of a socket",
                "Write it in octal, 600 for the owner alone: at most 777.");
        }
    }

    private static TextRange Part(InetdParser parser, TextRange word, ref int at)
    {
        int start = Math.Min(at, word.End);
        int length = parser.Bytes(new TextRange(start, word.End - start)).IndexOf((byte)':');
        at = length < 0 ? word.End : start + length + 1;
        return new TextRange(start, length < 0 ? 0 : length);
    }

    private static int Octal(ReadOnlySpan<byte> digits)
    {
        int mode = digits.Length is > 0 and <= 4 ? 0 : -1;
        for (int i = 0; i < digits.Length && mode >= 0; i++)
        {
            mode = digits[i] is >= (byte)'0' and <= (byte)'7' ? (mode * 8) + digits[i] - '0' : -1;
        }

        return mode > 0x1ff ? -1 : mode;
    }
}

using System;
using System.Buffers.Text;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>What the inetds of today have added to the classic fields; what is left of a word is read as the classic field.</summary>
internal static class InetdDialectFields
{
    /// <summary>NetBSD: <c>stream:filter</c>.</summary>
    public static void SocketType(InetdParser parser, InetdEntry entry, TextRange word)
    {
        ReadOnlySpan<byte> text = parser.Bytes(word);
        if (text.SequenceEqual("on"u8) || text.SequenceEqual("off"u8))
        {
            entry.Fail(
                Codes.InetdKeyValues,
                word,
                "this is NetBSD's notation of keys and values, which no other inetd reads",
                "Read the file in the dialect netbsd, or write the fields in their places: service, socket type, protocol, wait or nowait, user, server, arguments.");
            return;
        }

        int mark = text.IndexOf((byte)':');
        if (mark >= 0)
        {
            entry.Report(
                Codes.InetdAcceptFilter,
                Severity.Notice,
                new TextRange(word.Start + mark + 1, word.Length - mark - 1),
                $"the accept filter {Quoted.Of(text[(mark + 1)..])} has no effect: Linux has none",
                "The server is started when a peer connects, not when it has sent something.");
            word = word with { Length = mark };
        }

        InetdFields.SocketType(parser, entry, word);
    }

    /// <summary><c>unix</c>, and <c>protocol[,sndbuf=size][,rcvbuf=size]</c> of NetBSD and OpenBSD.</summary>
    public static void Protocol(InetdParser parser, InetdEntry entry, TextRange word)
    {
        int end = word.End;
        int comma = parser.Bytes(word).IndexOf((byte)',');
        entry.ProtocolWord = comma < 0 ? word : word with { Length = comma };
        for (int at = entry.ProtocolWord.End + 1; at <= end && comma >= 0;)
        {
            int length = parser.Bytes(new TextRange(at, end - at)).IndexOf((byte)',');
            TextRange option = new(at, length < 0 ? end - at : length);
            at = option.End + 1;
            Buffer(parser, entry, option);
        }

        bool isUnix = parser.Bytes(entry.ProtocolWord).SequenceEqual("unix"u8);
        if (isUnix != entry.IsLocal)
        {
            entry.Fail(
                Codes.InetdLocalSocket,
                entry.ProtocolWord,
                isUnix ? "protocol unix needs the path of its socket in place of a service" : "a path listens with protocol unix only",
                isUnix ? "Write the path, from the root on, as the line's first word." : "Write unix, or the name of a service in place of the path.");
        }

        if (isUnix)
        {
            entry.Protocol = entry.ProtocolWord;
            return;
        }

        InetdFields.Protocol(parser, entry, entry.ProtocolWord);
        if (entry.Family == InetdFamily.Both && parser.Grammar.Six == InetdFamily.Both && parser.Bytes(entry.ProtocolWord)[^1] == (byte)'6')
        {
            entry.Report(
                Codes.InetdFamily,
                Severity.Notice,
                entry.ProtocolWord,
                $"{Quoted.Of(parser.Bytes(entry.ProtocolWord))} lets IPv4 peers in too, as inetutils means it; with other inetds it does not",
                "Write tcp6only or udp6only for IPv6 alone, tcp46 or udp46 for both.");
        }
    }

    /// <summary>
    /// <c>nowait.N</c> (Debian, inetutils) and <c>nowait:N</c> (NetBSD) starts a minute;
    /// <c>nowait/children[/per address and minute[/children per address]]</c> (FreeBSD), where 0 is no limit.
    /// </summary>
    public static void Wait(InetdParser parser, InetdEntry entry, TextRange word)
    {
        ReadOnlySpan<byte> text = parser.Bytes(word);
        int mark = text.IndexOfAny((byte)'.', (byte)':', (byte)'/');
        if (mark >= 0 && text[mark] != parser.Grammar.LimitMark)
        {
            entry.Report(
                Codes.InetdForeignLimit,
                Severity.Notice,
                word,
                $"{Quoted.Of(text)} is another inetd's way to write a limit; it holds, though {parser.Grammar.Name}'s inetd may not see it",
                text[mark] == (byte)'/' ? "After a slash stand children, connections a minute and address, and children an address." :
                    "After a dot or a colon stand starts a minute.");
        }

        if (mark < 0 || text[mark] != (byte)'/')
        {
            InetdFields.Wait(parser, entry, word);
            return;
        }

        InetdFields.Wait(parser, entry, word with { Length = mark });
        Span<int> limits = stackalloc int[3];
        ReadOnlySpan<byte> rest = text[(mark + 1)..];
        for (int i = 0; ; i++)
        {
            int next = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> number = next < 0 ? rest : rest[..next];
            if (i == limits.Length || !Utf8Parser.TryParse(number, out int value, out int used) || used != number.Length || value < 0)
            {
                entry.Fail(
                    Codes.InetdWait,
                    word,
                    i == limits.Length ? $"{Quoted.Of(text)} has more than three limits" : $"{Quoted.Of(number)} is no number",
                    "Write nowait/children/connections a minute and address/children an address; 0 is no limit.");
                return;
            }

            limits[i] = value;
            if (next < 0)
            {
                break;
            }

            rest = rest[(next + 1)..];
        }

        (entry.MostChildren, entry.PerSourcePerMinute, entry.MostPerSource) = (limits[0], limits[1], limits[2]);
    }

    /// <summary>FreeBSD: <c>user[:group][/login-class]</c>.</summary>
    public static void User(InetdParser parser, InetdEntry entry, TextRange word)
    {
        int slash = parser.Bytes(word).IndexOf((byte)'/');
        if (slash >= 0)
        {
            entry.Report(
                Codes.InetdLoginClass,
                Severity.Notice,
                new TextRange(word.Start + slash + 1, word.Length - slash - 1),
                "the login class has no effect: Linux has none",
                "What its limits should be is set by the super-server's own limits, or in an entry of xinetd.conf (rlimit_*, umask).");
            word = word with { Length = slash };
        }

        InetdFields.User(parser, entry, word);
    }

    /// <summary>A number of bytes, or one with k or m after it.</summary>
    public static bool TryReadSize(ReadOnlySpan<byte> text, out int bytes)
    {
        long size = !Utf8Parser.TryParse(text, out int number, out int used) ? -1 : text[used..] switch
        {
            [] => number,
            [(byte)'k' or (byte)'K'] => number * 1024L,
            [(byte)'m' or (byte)'M'] => number * 1024L * 1024,
            _ => -1,
        };
        bytes = size is > 0 and <= int.MaxValue ? (int)size : 0;
        return bytes > 0;
    }

    private static void Buffer(InetdParser parser, InetdEntry entry, TextRange option)
    {
        ReadOnlySpan<byte> text = parser.Bytes(option);
        bool isSend = text.StartsWith("sndbuf="u8);
        if ((isSend || text.StartsWith("rcvbuf="u8)) && TryReadSize(text[7..], out int bytes))
        {
            entry.Buffers = isSend ? entry.Buffers with { Send = bytes } : entry.Buffers with { Receive = bytes };
            return;
        }

        entry.Fail(
            Codes.InetdOption,
            option.Length > 0 ? option : entry.ProtocolWord,
            $"{Quoted.Of(text)} is no option of a protocol",
            "There are sndbuf=SIZE and rcvbuf=SIZE, in bytes or with k or m after the number.");
    }
}

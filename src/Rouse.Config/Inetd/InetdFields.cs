using System;
using System.Buffers.Text;
using Rouse.Config.Attributes;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Config.Inetd;

/// <summary>The readers of the classic fields. What only another host can decide (is there such a user, a protocol) is left to the binder.</summary>
internal static class InetdFields
{
    public static void Service(InetdParser parser, InetdEntry entry, TextRange word)
    {
        ReadOnlySpan<byte> name = parser.Bytes(word);
        int slash = name.IndexOf((byte)'/');
        entry.Name = slash < 0 ? word : word with { Length = slash };
        if (slash < 0)
        {
            entry.IsNumeric = Numbers.AreDigits(name);
            return;
        }

        TextRange rest = new(word.Start + slash + 1, name.Length - slash - 1);
        if (!name[..slash].SequenceEqual("tcpmux"u8))
        {
            entry.Versions = rest;
            return;
        }

        entry.IsTcpmux = true;
        entry.IsTcpmuxPlus = parser.Bytes(rest).StartsWith("+"u8);
        entry.Name = entry.IsTcpmuxPlus ? new TextRange(rest.Start + 1, rest.Length - 1) : rest;
        if (entry.Name.Length == 0)
        {
            entry.Fail(Codes.InetdTcpmuxName, word, "tcpmux/ is not followed by a name", "Write the name that peers ask the multiplexer for.");
        }
    }

    public static void SocketType(InetdParser parser, InetdEntry entry, TextRange word) => entry.SocketType = word;

    public static void Protocol(InetdParser parser, InetdEntry entry, TextRange word)
    {
        ReadOnlySpan<byte> protocol = parser.Bytes(word);
        if (protocol.StartsWith("rpc/"u8))
        {
            entry.IsRpc = true;
            word = new TextRange(word.Start + 4, word.Length - 4);
            protocol = protocol[4..];
        }

        if (protocol.StartsWith("tcp"u8) || protocol.StartsWith("udp"u8))
        {
            InetdFamily? family = protocol[3..] switch
            {
                [] => parser.Grammar.Plain,
                [(byte)'4'] => InetdFamily.IPv4,
                [(byte)'6'] => parser.Grammar.Six,
                [(byte)'4', (byte)'6'] => InetdFamily.Both,
                var digits when !parser.Grammar.IsClassic && digits.SequenceEqual("6only"u8) => InetdFamily.IPv6,
                _ => null,
            };
            entry.Family = family ?? InetdFamily.Any;
            word = family is null ? word : word with { Length = 3 };
        }

        entry.Protocol = word;
        if (entry.IsRpc && entry.Versions.Length == 0)
        {
            entry.Fail(
                Codes.InetdRpcVersions,
                entry.Name,
                $"{Quoted.Of(parser.Bytes(entry.Name))} is an RPC service without its versions",
                "Write them after the name: rstatd/2-4.");
        }
        else if (!entry.IsRpc && entry.Versions.Length > 0)
        {
            entry.Fail(
                Codes.InetdRpcVersions,
                entry.Versions,
                $"{Quoted.Of(parser.Bytes(entry.Name))} has versions, but its protocol is not rpc/tcp or rpc/udp",
                "Only RPC services have them.");
        }
    }

    public static void Wait(InetdParser parser, InetdEntry entry, TextRange word)
    {
        ReadOnlySpan<byte> wait = parser.Bytes(word);
        int mark = wait.IndexOfAny((byte)'.', (byte)':');
        ReadOnlySpan<byte> keyword = mark < 0 ? wait : wait[..mark];
        entry.Wait = keyword.SequenceEqual("wait"u8);
        if (!entry.Wait && !keyword.SequenceEqual("nowait"u8))
        {
            entry.Fail(Codes.InetdWait, word, $"{Quoted.Of(wait)} is neither wait nor nowait", "Write one of the two.");
        }
        else if (mark >= 0)
        {
            if (Utf8Parser.TryParse(wait[(mark + 1)..], out int most, out int used) && used == wait.Length - mark - 1 && most > 0)
            {
                entry.StartsPerMinute = most;
                return;
            }

            entry.Fail(
                Codes.InetdWait,
                word,
                $"{Quoted.Of(wait[(mark + 1)..])} is no number of starts a minute",
                "Write one after the mark, or take it out.");
        }
    }

    public static void User(InetdParser parser, InetdEntry entry, TextRange word)
    {
        ReadOnlySpan<byte> user = parser.Bytes(word);
        int mark = user.IndexOf((byte)':');
        if (mark < 0 && !parser.IsUser(user))
        {
            mark = user.IndexOf((byte)'.');
        }

        entry.User = mark < 0 ? word : word with { Length = mark };
        entry.Group = mark < 0 ? default : new TextRange(word.Start + mark + 1, word.Length - mark - 1);
        if (mark >= 0 && (entry.User.Length == 0 || entry.Group.Length == 0))
        {
            entry.Fail(Codes.InetdUser, word, $"{Quoted.Of(user)} is no user and group", "Write user, user.group or user:group.");
        }
    }

    public static void Server(InetdParser parser, InetdEntry entry, TextRange word)
    {
        entry.Server = word;
        entry.IsInternal = parser.Bytes(word).SequenceEqual("internal"u8);
    }
}

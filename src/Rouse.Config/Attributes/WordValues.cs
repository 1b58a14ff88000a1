using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>Attributes whose values are words of a fixed vocabulary, and lists of ids.</summary>
internal static class WordValues
{
    public static bool Type(Assignment a)
    {
        bool understood = true;
        for (int i = 0; i < a.Count; i++)
        {
            ServiceTypes type = TypeOf(a.Value(i));
            a.Draft.Types |= type;
            if (a.Value(i).Is("SPECIAL"u8))
            {
                a.Warn(Codes.SpecialType, a.Span(i), "type SPECIAL is only for the daemon's own use and is ignored", "Take the word out.");
            }
            else if (type == ServiceTypes.None)
            {
                understood = Unknown(a, i, "RPC, INTERNAL, UNLISTED, TCPMUX, TCPMUXPLUS");
            }
        }

        return understood;
    }

    public static bool Flags(Assignment a)
    {
        bool understood = true;
        for (int i = 0; i < a.Count; i++)
        {
            ServiceFlags flag = FlagOf(a.Value(i));
            a.Draft.Flags |= flag;
            if (flag == ServiceFlags.None)
            {
                understood = Unknown(
                    a, i, "REUSE, INTERCEPT, NORETRY, IDONLY, NAMEINARGS, NODELAY, KEEPALIVE, NOLIBWRAP, SENSOR, IPv4, IPv6, LABELED");
            }
        }

        return understood;
    }

    public static bool SocketType(Assignment a)
    {
        SocketType? type = a.Value(0) switch
        {
            var v when v.Is("stream"u8) => Model.SocketType.Stream,
            var v when v.Is("dgram"u8) => Model.SocketType.Dgram,
            var v when v.Is("raw"u8) => Model.SocketType.Raw,
            var v when v.Is("seqpacket"u8) => Model.SocketType.SeqPacket,
            _ => null,
        };
        a.Draft.SocketType = type;
        return type is not null || Unknown(a, 0, "stream, dgram, raw, seqpacket");
    }

    public static bool Disable(Assignment a) => YesNo(a, out _);

    public static bool Wait(Assignment a)
    {
        bool understood = YesNo(a, out bool yes);
        a.Draft.Wait = yes;
        return understood;
    }

    public static bool Groups(Assignment a)
    {
        bool understood = YesNo(a, out bool yes);
        a.Draft.Groups = yes;
        return understood;
    }

    public static bool V6Only(Assignment a)
    {
        bool understood = YesNo(a, out bool yes);
        a.Draft.V6Only = yes;
        if (a.Draft.IsDefaults)
        {
            if (understood && yes)
            {
                // Differs from xinetd: D-111, see docs/differences.md.
                a.Note(
                    Codes.V6OnlyInDefaults,
                    a.Span(0),
                    "v6only in defaults keeps IPv4 peers from every IPv6 socket; the original does not heed it there",
                    "Write it into the services that it is for, which both heed.");
            }
        }
        else if (understood && !yes)
        {
            // Differs from xinetd: D-056, see docs/differences.md.
            a.Note(
                Codes.V6OnlyNo,
                a.Span(0),
                "v6only = no lets IPv4 peers in; the original keeps them out as soon as there is such a line, whatever it says",
                "Write yes to keep them out; without the line they are let in by both.");
        }

        return understood;
    }

    // The original knows it in one version only; nothing follows from it, so nothing can be wrong with it.
    public static bool Mdns(Assignment a) => a.Row.Id == AttributeId.Mdns;

    public static bool Enabled(Assignment a) => List(a, ref a.Draft.Enabled);

    public static bool Disabled(Assignment a) => List(a, ref a.Draft.Disabled);

    /// <summary>Reports a word that is none of its attribute's.</summary>
    public static bool Unknown(Assignment a, int index, string known) => a.Fail(
        Codes.UnknownWord, a.Span(index), $"{Quoted.Of(a.Value(index))} is no word of {a.Row.Name}", $"It takes: {known}.");

    private static bool YesNo(Assignment a, out bool yes)
    {
        yes = a.Value(0).Is("yes"u8);
        return yes || a.Value(0).Is("no"u8) || a.Fail(
            Codes.NotYesOrNo, a.Span(0), $"{a.Row.Name} is {Quoted.Of(a.Value(0))}, which is neither yes nor no", "Write yes or no.");
    }

    // Like the original, all operators add to these lists.
    private static bool List(Assignment a, ref List<ListedId>? list)
    {
        list ??= [];
        for (int i = 0; i < a.Count; i++)
        {
            list.Add(new(a.Text(i), a.Span(i)));
        }

        return true;
    }

    private static ServiceTypes TypeOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.Is("RPC"u8) => ServiceTypes.Rpc,
        _ when word.Is("INTERNAL"u8) => ServiceTypes.Internal,
        _ when word.Is("UNLISTED"u8) => ServiceTypes.Unlisted,
        _ when word.Is("TCPMUX"u8) => ServiceTypes.Tcpmux,
        _ when word.Is("TCPMUXPLUS"u8) => ServiceTypes.TcpmuxPlus,
        _ => ServiceTypes.None,
    };

    private static ServiceFlags FlagOf(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.Is("REUSE"u8) => ServiceFlags.Reuse,
        _ when word.Is("INTERCEPT"u8) => ServiceFlags.Intercept,
        _ when word.Is("NORETRY"u8) => ServiceFlags.NoRetry,
        _ when word.Is("IDONLY"u8) => ServiceFlags.IdOnly,
        _ when word.Is("NAMEINARGS"u8) => ServiceFlags.NameInArgs,
        _ when word.Is("NODELAY"u8) => ServiceFlags.NoDelay,
        _ when word.Is("KEEPALIVE"u8) => ServiceFlags.KeepAlive,
        _ when word.Is("NOLIBWRAP"u8) => ServiceFlags.NoLibwrap,
        _ when word.Is("SENSOR"u8) => ServiceFlags.Sensor,
        _ when word.Is("IPv4"u8) => ServiceFlags.IPv4,
        _ when word.Is("IPv6"u8) => ServiceFlags.IPv6,
        _ when word.Is("LABELED"u8) => ServiceFlags.Labeled,
        _ => ServiceFlags.None,
    };
}

/// <summary>An id in an enabled or disabled list.</summary>
internal readonly record struct ListedId(string Id, SourceSpan Span);

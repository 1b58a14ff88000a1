using System;
using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>protocol, bind and redirect.</summary>
internal static class NetworkValues
{
    public static bool Protocol(Assignment a)
    {
        bool understood = a.Databases.TryFindProtocol(a.Value(0), out ProtocolEntry protocol);
        a.Draft.Protocol = protocol;
        return understood || a.Fail(
            Codes.UnknownProtocol,
            a.Span(0),
            $"protocol {Quoted.Of(a.Value(0))} is not in /etc/protocols",
            "Write tcp or udp, or add the protocol there.");
    }

    public static bool Bind(Assignment a)
    {
        ReadOnlySpan<byte> word = a.Value(0);
        bool isNumeric = word.Contains((byte)':') || AddressText.IsDigitsAndDots(word);
        if (isNumeric && TryReadScoped(a, word, out IpAddress address, out uint scope))
        {
            a.Draft.BindAddresses = [address];
            a.Draft.BindScope = scope;
        }
        else
        {
            a.Draft.BindAddresses = isNumeric ? [] : Distinct(a.Host.Resolve(a.Text(0)));
        }

        a.Draft.Bind = a.Text(0);
        return a.Draft.BindAddresses.Length > 0 || a.Fail(
            Codes.BadBind,
            a.Span(0),
            isNumeric ? $"{Quoted.Of(word)} is no address" : $"{Quoted.Of(word)} is no address, and no host name that can be resolved",
            "Write an address of this host; the name of a network interface cannot be used.");
    }

    public static bool Redirect(Assignment a) => TryReadTarget(a, out a.Draft.Redirect);

    /// <summary>A host and a port to pass connections on to.</summary>
    public static bool TryReadTarget(Assignment a, out RedirectTarget? target)
    {
        target = null;
        string host = a.Text(0);
        bool wantsV6 = a.Value(0).Contains((byte)':');
        bool found = TryReadScoped(a, a.Value(0), out IpAddress address, out uint scope);
        if (!found && !wantsV6)
        {
            // The first IPv4 address, as the original. Differs from xinetd: D-055 (there a name without one is no target).
            foreach (IpAddress candidate in a.Host.Resolve(host))
            {
                if (!found || (candidate.IsV4 && !address.IsV4))
                {
                    (address, found) = (candidate, true);
                }
            }
        }

        if (!found)
        {
            a.Fail(
                Codes.RedirectTarget,
                a.Span(0),
                $"{Quoted.Of(host)} is neither an address nor a host name that can be resolved",
                "Write the address; a link-local one needs the name of an interface of this host after '%'.");
        }

        ushort port;
        if (Numbers.TryRead(a.Value(1), 1, ushort.MaxValue, out long number))
        {
            port = (ushort)number;
        }
        else if (!a.Databases.TryFindPort(a.Value(1), "tcp"u8, out port))
        {
            return a.Fail(
                Codes.RedirectTarget,
                a.Span(1),
                $"{Quoted.Of(a.Value(1))} is neither a port nor a tcp service of /etc/services",
                "Write the port's number.");
        }

        target = found ? new(host, address, port, scope) : null;
        return found;
    }

    // After '%' an IPv6 address has an interface (RFC 4007 section 11): its number, or the name where the address is link-local.
    private static bool TryReadScoped(Assignment a, ReadOnlySpan<byte> word, out IpAddress address, out uint scope)
    {
        scope = 0;
        int percent = word.IndexOf((byte)'%');
        bool understood = AddressText.TryRead(percent < 0 ? word : word[..percent], out address);
        if (!understood || percent < 0)
        {
            return understood;
        }

        ReadOnlySpan<byte> zone = word[(percent + 1)..];
        if (address.IsLinkLocal)
        {
            scope = a.Host.FindInterface(SourceFile.Decode(zone));
        }

        if (scope == 0 && !address.IsV4 && Numbers.TryRead(zone, 1, uint.MaxValue, out long index))
        {
            scope = (uint)index;
        }

        return scope != 0;
    }

    private static IpAddress[] Distinct(IReadOnlyList<IpAddress> addresses)
    {
        List<IpAddress> distinct = [];
        foreach (IpAddress address in addresses)
        {
            if (!distinct.Contains(address))
            {
                distinct.Add(address);
            }
        }

        return [.. distinct];
    }
}

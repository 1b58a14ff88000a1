using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Text;

namespace Rouse.Access.Doctor;

/// <summary>A network of a list as a range of addresses. Networks are nested or apart, never crossing.</summary>
internal readonly record struct Network(UInt128 First, UInt128 Last, int Length, SourceSpan Span)
{
    public static readonly UInt128 V4First = IpAddress.FromV4(0).Value;
    public static readonly UInt128 V4Last = IpAddress.FromV4(uint.MaxValue).Value;

    public static Network Of(in AddressPattern pattern)
    {
        UInt128 hostBits = pattern.PrefixLength == 0 ? UInt128.MaxValue : (UInt128.One << (128 - pattern.PrefixLength)) - 1;
        UInt128 first = pattern.Address.Value & ~hostBits;
        return new Network(first, first | hostBits, pattern.PrefixLength, pattern.Span);
    }

    /// <summary>The networks of a list, each before those that lie within it; equal ones in the list's order.</summary>
    public static Network[] Sorted(ImmutableArray<AddressPattern> list)
    {
        List<(Network Network, int Order)> networks = [];
        foreach (AddressPattern pattern in list.IsDefault ? [] : list)
        {
            if (pattern.Kind == AddressPatternKind.Network)
            {
                networks.Add((Of(pattern), networks.Count));
            }
        }

        networks.Sort(static (a, b) =>
        {
            int order = a.Network.First.CompareTo(b.Network.First);
            order = order != 0 ? order : b.Network.Last.CompareTo(a.Network.Last);
            return order != 0 ? order : a.Order.CompareTo(b.Order);
        });
        return [.. networks.ConvertAll(static pair => pair.Network)];
    }

    /// <summary>It holds an IPv4 address, which in 128 bits begins with ::ffff:0:0.</summary>
    public bool HoldsV4 => First <= V4Last && Last >= V4First;

    /// <summary>It holds an address that is none of IPv4.</summary>
    public bool HoldsV6 => First < V4First || Last > V4Last;

    /// <summary>Takes the networks off the stack that end before the address; the top one then holds it, if one is left.</summary>
    public static void CloseBefore(Stack<Network> open, UInt128 address)
    {
        while (open.TryPeek(out Network top) && top.Last < address)
        {
            open.Pop();
        }
    }

    /// <summary>The entry as it is written.</summary>
    public static string Word(SourceSpan span) =>
        span.File is { } file ? Quoted.Of(file.Bytes.Slice(span.Start, span.Length)) : "an entry";
}

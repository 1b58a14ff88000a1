using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Access;
using Rouse.Config.Addresses;
using Rouse.Config.Doctor;
using Rouse.Config.Model;

namespace Rouse.Server.Reloading;

/// <summary>How what a service lets in compares with what it let in before.</summary>
internal enum AccessOrder
{
    Same,
    Wider,
    Narrower,
    Other,
}

/// <summary>
/// Compares who may come in under two definitions of a service. Lists of networks are compared exactly: all their ends cut the addresses
/// into ranges whose peers are judged alike, and one of each is judged by both. With names in a list only what can be proven from the
/// entries is said; the rest is <see cref="AccessOrder.Other"/>.
/// </summary>
internal static class AccessChange
{
    private const int MinutesOfDay = 24 * 60;

    private static readonly UInt128 V4First = IpAddress.FromV4(0).Value;

    public static AccessOrder Between(ServiceDefinition before, ServiceDefinition after)
    {
        (ServiceDefinition was, ServiceDefinition willBe) = (AsAsked(before), AsAsked(after));
        return Both(Both(Addresses(was, willBe), Hours(was.AccessTimes, willBe.AccessTimes)), Reach(was, willBe));
    }

    /// <summary>The rules of tcp_wrappers are asked about its peers, as far as these are known.</summary>
    public static bool AsksWrappers(ServiceDefinition service) =>
        (service.Flags & ServiceFlags.NoLibwrap) == ServiceFlags.None && !(HandsOver(service) && service.Start.Kind == StartKind.Resident);

    /// <summary>
    /// A definition with the lists that the gate goes by. It knows no peer where the server of a stream service gets the socket and accepts
    /// for itself: only_from refuses everybody then, no_access nobody, whatever is in them. A resident server's socket it never looks at.
    /// </summary>
    public static ServiceDefinition AsAsked(ServiceDefinition service)
    {
        if (!HandsOver(service))
        {
            return service;
        }

        if (service.Start.Kind == StartKind.Resident)
        {
            return service with { OnlyFrom = default, NoAccess = default, AccessTimes = default };
        }

        return service.IsStream() ? service with { OnlyFrom = service.OnlyFrom.IsDefault ? default : [], NoAccess = default } : service;
    }

    // Before a backend the daemon keeps the socket, whatever wait says.
    private static bool HandsOver(ServiceDefinition service) => service.HandsSocketOver() && service.Start.Kind != StartKind.OnDemandResident;

    // Of a socket that is handed over only the first peer is judged: as long as its server runs, everybody reaches it.
    private static AccessOrder Reach(ServiceDefinition before, ServiceDefinition after)
    {
        if (HandsOver(before) == HandsOver(after))
        {
            return AccessOrder.Same;
        }

        return HandsOver(after)
            ? IsLoose(after) && HasLists(before) ? AccessOrder.Wider : AccessOrder.Same
            : IsLoose(before) && HasLists(after) ? AccessOrder.Narrower : AccessOrder.Same;
    }

    // Somebody can start its server, and not everybody.
    private static bool IsLoose(ServiceDefinition service) => HasLists(service) && (service.OnlyFrom.IsDefault || service.OnlyFrom.Length > 0);

    private static bool HasLists(ServiceDefinition service) =>
        !service.OnlyFrom.IsDefault || !service.NoAccess.IsDefaultOrEmpty || !service.AccessTimes.IsDefaultOrEmpty;

    private static AccessOrder Addresses(ServiceDefinition before, ServiceDefinition after)
    {
        if (before.OnlyFrom.IsDefault == after.OnlyFrom.IsDefault && SameEntries(before.OnlyFrom, after.OnlyFrom)
            && SameEntries(before.NoAccess, after.NoAccess))
        {
            return AccessOrder.Same;
        }

        return HasNames(before.OnlyFrom) || HasNames(before.NoAccess) || HasNames(after.OnlyFrom) || HasNames(after.NoAccess)
            ? ByEntries(before, after)
            : ByRanges(before, after);
    }

    private static AccessOrder ByRanges(ServiceDefinition before, ServiceDefinition after)
    {
        AddressSetPool pool = new();
        AccessPolicy was = AccessPolicy.Compile(before, pool);
        AccessPolicy willBe = AccessPolicy.Compile(after, pool);
        List<UInt128> starts = [UInt128.Zero, V4First, V4First + uint.MaxValue + 1];
        AddEnds(before.OnlyFrom, starts);
        AddEnds(before.NoAccess, starts);
        AddEnds(after.OnlyFrom, starts);
        AddEnds(after.NoAccess, starts);
        starts.Sort(static (a, b) => a.CompareTo(b));
        AccessOrder order = AccessOrder.Same;
        for (int i = 0; i < starts.Count && order != AccessOrder.Other; i++)
        {
            if (i > 0 && starts[i] == starts[i - 1])
            {
                continue;
            }

            AccessRequest request = new(new IpAddress(starts[i]), 0, PeerName.Unknown);
            order = Both(
                order,
                Step(AccessControl.DecideAddress(request, was).Allowed, AccessControl.DecideAddress(request, willBe).Allowed));
        }

        return order;
    }

    /// <summary>
    /// An entry more in only_from lets at most more in, one more in no_access at most fewer. Between no list and a list that is so only
    /// where no_access is empty, as an entry of only_from may also open what no_access closes.
    /// </summary>
    private static AccessOrder ByEntries(ServiceDefinition before, ServiceDefinition after)
    {
        AccessOrder only;
        if (before.OnlyFrom.IsDefault != after.OnlyFrom.IsDefault)
        {
            if (!before.NoAccess.IsDefaultOrEmpty || !after.NoAccess.IsDefaultOrEmpty)
            {
                return AccessOrder.Other;
            }

            only = after.OnlyFrom.IsDefault ? AccessOrder.Wider : AccessOrder.Narrower;
        }
        else
        {
            only = Entries(before.OnlyFrom, after.OnlyFrom);
        }

        AccessOrder no = Entries(before.NoAccess, after.NoAccess) switch
        {
            AccessOrder.Wider => AccessOrder.Narrower,
            AccessOrder.Narrower => AccessOrder.Wider,
            AccessOrder other => other,
        };
        return Both(only, no);
    }

    private static AccessOrder Entries(ImmutableArray<AddressPattern> before, ImmutableArray<AddressPattern> after)
    {
        bool keepsAll = HoldsAll(after, before);
        bool addsNone = HoldsAll(before, after);
        if (keepsAll && addsNone)
        {
            return AccessOrder.Same;
        }

        if (keepsAll)
        {
            return AccessOrder.Wider;
        }

        return addsNone ? AccessOrder.Narrower : AccessOrder.Other;
    }

    private static bool HoldsAll(ImmutableArray<AddressPattern> list, ImmutableArray<AddressPattern> entries)
    {
        HashSet<string> held = [];
        foreach (AddressPattern pattern in list.IsDefault ? [] : list)
        {
            held.Add(Text(pattern));
        }

        foreach (AddressPattern pattern in entries.IsDefault ? [] : entries)
        {
            if (!held.Contains(Text(pattern)))
            {
                return false;
            }
        }

        return true;
    }

    private static string Text(AddressPattern pattern) =>
        pattern.Kind == AddressPatternKind.Network ? $"{pattern.Address.ToText(asMapped: true)}/{pattern.PrefixLength}" : pattern.Name;

    private static AccessOrder Hours(ImmutableArray<AccessHours> before, ImmutableArray<AccessHours> after)
    {
        if (SameHours(before, after))
        {
            return AccessOrder.Same;
        }

        AccessOrder order = AccessOrder.Same;
        for (int minute = 0; minute < MinutesOfDay && order != AccessOrder.Other; minute++)
        {
            order = Both(order, Step(IsOpen(before, minute), IsOpen(after, minute)));
        }

        return order;
    }

    // As it is nearly always; a walk through the day for each of a thousand services would be half of the time that a reload takes.
    private static bool SameHours(ImmutableArray<AccessHours> before, ImmutableArray<AccessHours> after)
    {
        ReadOnlySpan<AccessHours> were = before.IsDefault ? [] : before.AsSpan();
        ReadOnlySpan<AccessHours> willBe = after.IsDefault ? [] : after.AsSpan();
        bool same = were.Length == willBe.Length;
        for (int i = 0; same && i < were.Length; i++)
        {
            same = were[i].FromMinute == willBe[i].FromMinute && were[i].ToMinute == willBe[i].ToMinute;
        }

        return same;
    }

    private static bool IsOpen(ImmutableArray<AccessHours> hours, int minute)
    {
        foreach (AccessHours span in hours.IsDefault ? [] : hours)
        {
            if (minute >= span.FromMinute && minute <= span.ToMinute)
            {
                return true;
            }
        }

        return hours.IsDefaultOrEmpty;
    }

    private static AccessOrder Step(bool was, bool willBe) =>
        was == willBe ? AccessOrder.Same : willBe ? AccessOrder.Wider : AccessOrder.Narrower;

    private static AccessOrder Both(AccessOrder a, AccessOrder b)
    {
        if (a == b || b == AccessOrder.Same)
        {
            return a;
        }

        return a == AccessOrder.Same ? b : AccessOrder.Other;
    }

    private static bool HasNames(ImmutableArray<AddressPattern> patterns)
    {
        foreach (AddressPattern pattern in patterns.IsDefault ? [] : patterns)
        {
            if (pattern.Kind != AddressPatternKind.Network)
            {
                return true;
            }
        }

        return false;
    }

    private static bool SameEntries(ImmutableArray<AddressPattern> a, ImmutableArray<AddressPattern> b)
    {
        int length = a.IsDefault ? 0 : a.Length;
        if (length != (b.IsDefault ? 0 : b.Length))
        {
            return false;
        }

        for (int i = 0; i < length; i++)
        {
            // Where an entry stands in the files is no part of what it says.
            if (a[i].Kind != b[i].Kind || a[i].Address.Value != b[i].Address.Value || a[i].PrefixLength != b[i].PrefixLength
                || a[i].Name != b[i].Name)
            {
                return false;
            }
        }

        return true;
    }

    private static void AddEnds(ImmutableArray<AddressPattern> patterns, List<UInt128> starts)
    {
        foreach (AddressPattern pattern in patterns.IsDefault ? [] : patterns)
        {
            UInt128 hostBits = pattern.PrefixLength == 0 ? UInt128.MaxValue : (UInt128.One << (128 - pattern.PrefixLength)) - 1;
            UInt128 last = pattern.Address.Value | hostBits;
            starts.Add(pattern.Address.Value & ~hostBits);
            if (last != UInt128.MaxValue)
            {
                starts.Add(last + 1);
            }
        }
    }
}

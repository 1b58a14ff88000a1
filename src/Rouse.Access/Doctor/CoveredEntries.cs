using System.Collections.Generic;
using System.Collections.Immutable;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Doctor;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Access.Doctor;

/// <summary>
/// Entries of only_from and no_access that lie within another one of their list, so that everything would be as it is without them. One
/// sweep over both lists in the order of addresses, with a stack of the networks that are open.
/// </summary>
internal sealed class CoveredEntries
{
    private readonly IdleEntries<(string List, bool IsSame, SourceSpan Other)> _idle = new(Codes.ListEntryCovered);

    public static void Look(Examination e)
    {
        CoveredEntries entries = new();
        HashSet<AccessLists> seen = [];
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            AccessLists lists = AccessLists.Of(service);
            if (!lists.AreEmpty && AccessLists.AreAsked(service) && seen.Add(lists))
            {
                Network[] only = Network.Sorted(lists.OnlyFrom);
                Network[] no = Network.Sorted(lists.NoAccess);
                entries.Sweep(only, no, lists.NoAccess, "only_from");
                entries.Sweep(no, only, lists.OnlyFrom, "no_access");
            }
        }

        entries._idle.Tell(e, static (entry, why) => why.IsSame
            ? $"{Network.Word(entry)} is in {why.List} twice ({why.Other}). Take one of the two out."
            : $"{Network.Word(entry)} adds nothing to {why.List}, as {Network.Word(why.Other)} ({why.Other}) holds it. Take one of the two out.");
    }

    /// <summary>
    /// Without the entry, the next wider one of its list decides in its place. That matters only where an entry of the opposite list stands
    /// between the two in its length: for one of no_access also one as long as the entry itself, as equal ones refuse. Names rank like
    /// whole addresses, domains like the widest networks of a family.
    /// </summary>
    private void Sweep(Network[] list, Network[] opposite, ImmutableArray<AddressPattern> oppositeList, string name)
    {
        bool refuses = name == "no_access";
        bool hasDomains = AccessLists.Has(oppositeList, AddressPatternKind.Domain);
        bool hasHosts = refuses && AccessLists.Has(oppositeList, AddressPatternKind.HostName);
        Stack<Network> open = new();
        Stack<Network> against = new();
        int next = 0;
        foreach (Network entry in list)
        {
            for (; next < opposite.Length && IsBefore(opposite[next], entry, refuses); next++)
            {
                Network.CloseBefore(against, opposite[next].First);
                against.Push(opposite[next]);
            }

            Network.CloseBefore(open, entry.First);
            Network.CloseBefore(against, entry.First);
            bool isCovered = open.TryPeek(out Network wider);
            bool isSame = isCovered && wider.Length == entry.Length;
            int between = against.TryPeek(out Network other) ? other.Length : -1;
            bool matters = !isSame && (
                (refuses ? between > wider.Length : between >= wider.Length)
                || (hasDomains && wider.Length <= 96) || (hasHosts && entry.Length == 128));
            _idle.Judge(entry.Span, isIdle: isCovered && !matters, (name, isSame, wider.Span));
            open.Push(entry);
        }
    }

    // In the order of the sweep, in which a network comes before those within it; an equal one only where it is to count.
    private static bool IsBefore(in Network other, in Network entry, bool equalCounts)
    {
        int order = other.First.CompareTo(entry.First);
        order = order != 0 ? order : entry.Last.CompareTo(other.Last);
        return order < 0 || (order == 0 && equalCounts);
    }
}

using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Doctor;
using Rouse.Config.Model;

namespace Rouse.Access.Doctor;

/// <summary>
/// Entries of no_access that refuse nobody, because only_from lets none of their peers in anyway. The no_access of the defaults is for all
/// services, whatever only_from a single one has, and is not told for that.
/// </summary>
internal static class OutsideEntries
{
    public static void Look(Examination e)
    {
        IdleEntries<string> idle = new(Codes.ListEntryOutside);
        HashSet<AccessLists> seen = [];
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            AccessLists lists = AccessLists.Of(service);
            if (!lists.NoAccess.IsDefaultOrEmpty && AccessLists.AreAsked(service) && seen.Add(lists))
            {
                Sweep(e, service, lists, idle);
            }
        }

        idle.Tell(e, static (entry, service) => $"{Network.Word(entry)} of no_access refuses nobody, as only_from of service {Quoted.Of(service)} lets "
            + "none of its peers in. Take it out, or correct one of the two lists.");
    }

    private static void Sweep(Examination e, ServiceDefinition service, AccessLists lists, IdleEntries<string> idle)
    {
        bool letsMoreIn = lists.OnlyFrom.IsDefault || AccessLists.Has(lists.OnlyFrom, AddressPatternKind.HostName)
            || AccessLists.Has(lists.OnlyFrom, AddressPatternKind.Domain);
        bool isOwnOnlyFrom = e.Places.Of(service, "only_from") is not null;
        Network[] only = Network.Sorted(lists.OnlyFrom);
        Stack<Network> open = new();
        int next = 0;
        foreach (Network entry in Network.Sorted(lists.NoAccess))
        {
            for (; next < only.Length && only[next].First <= entry.First; next++)
            {
                Network.CloseBefore(open, only[next].First);
                open.Push(only[next]);
            }

            Network.CloseBefore(open, entry.First);
            bool meets = open.Count > 0 || (next < only.Length && only[next].First <= entry.Last);
            bool mayBeMeant = letsMoreIn || only.Length == 0 || (isOwnOnlyFrom && !e.Places.IsOwn(service, entry.Span));
            idle.Judge(entry.Span, isIdle: !meets && !mayBeMeant, service.Id);
        }
    }
}
